"""dbt projects: models and analyses with the macros of the project, or as the manifest has them compiled. Pure."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from charter.panels.expanding.dbt import MACROS, VARIABLES, name_relation
from charter.panels.panel import MacroLanguage, PanelVariable, SqlPanel
from charter.panels.reading.decoding import (
    UnreadableFileError,
    decode_json,
    decode_text,
    decode_yaml,
    text_of,
)

PROJECT, MANIFEST = "dbt_project.yml", os.path.join("target", "manifest.json")
_ADAPTERS = {
    "postgres": "postgres", "mysql": "mysql", "sqlserver": "tsql", "bigquery": "bigquery", "snowflake": "snowflake", "redshift": "redshift",
    "clickhouse": "clickhouse", "trino": "trino", "athena": "athena", "databricks": "databricks", "spark": "spark", "duckdb": "duckdb",
    "sqlite": "sqlite",
}  # fmt: skip


class DbtFile(Struct, frozen=True):
    """A file of a project, by its name from where the scan began."""

    name: str
    content: bytes


class DbtProject(Struct, frozen=True):
    """A project's folder, and its files."""

    root: str
    files: tuple[DbtFile, ...]

    def find(self, name: str) -> DbtFile | None:
        """The file at a path below the project's folder."""
        wanted = os.path.join(self.root, name) if self.root else name
        return next((file for file in self.files if file.name == wanted), None)


def read_dbt(project: DbtProject, dialect: str) -> Iterator[SqlPanel]:
    """Every model and analysis of a project. UnreadableFileError where its settings cannot be read."""
    settings = _settings(project)
    compiled, adapter = _compiled(project)
    spoken = dialect or adapter
    shared = {
        MACROS: PanelVariable(tuple(_texts(project, _paths(settings, "macro-paths", "macros")))),
        VARIABLES: _variables(settings),
    }
    for key, fallback, is_model in (("model-paths", "models", True), ("analysis-paths", "analyses", False)):
        for file in _below(project, _paths(settings, key, fallback)):
            name = os.path.splitext(os.path.basename(file.name))[0]
            ready = compiled.get(os.path.relpath(file.name, project.root or "."))
            yield SqlPanel(
                file.name,
                1,
                f"{text_of(settings.get('name'), 'dbt')} ({'models' if is_model else 'analyses'})",
                name,
                ready or decode_text(file.content),
                spoken,
                MacroLanguage.NONE if ready else MacroLanguage.DBT,
                {} if ready else shared,
                is_model=is_model,
                makes=name_relation(name) if is_model else "",
                shown_in=os.path.join(project.root, PROJECT),
            )


def _settings(project: DbtProject) -> Mapping[str, Any]:
    file = project.find(PROJECT)
    found = decode_yaml(file.content) if file else {}
    if not isinstance(found, dict):
        raise UnreadableFileError("It holds no settings of a dbt project.")
    return found


def _paths(settings: Mapping[str, Any], key: str, fallback: str) -> Sequence[str]:
    found = settings.get(key)
    return [str(each) for each in found] if isinstance(found, list) and found else [fallback]


def _below(project: DbtProject, folders: Sequence[str]) -> Iterator[DbtFile]:
    starts = tuple(os.path.join(project.root, folder, "") for folder in folders)
    yield from (file for file in project.files if file.name.endswith(".sql") and file.name.startswith(starts))


def _texts(project: DbtProject, folders: Sequence[str]) -> Iterator[str]:
    yield from (decode_text(file.content) for file in _below(project, folders))


def _variables(settings: Mapping[str, Any]) -> PanelVariable:
    found = settings.get("vars")
    plain = {
        str(name): value
        for scope in ([found, *found.values()] if isinstance(found, dict) else ())
        if isinstance(scope, dict)
        for name, value in scope.items()
        if isinstance(value, str | int | float)
    }
    return PanelVariable(tuple(str(value) for value in plain.values()), tuple(plain))


def _compiled(project: DbtProject) -> tuple[Mapping[str, str], str]:
    """What the manifest has compiled, by the path of each model, and the dialect of its adapter."""
    file = project.find(MANIFEST)
    found = decode_json(file.content) if file else {}
    nodes = found.get("nodes") if isinstance(found, dict) else None
    listed = [each for each in nodes.values() if isinstance(each, dict)] if isinstance(nodes, dict) else []
    ready = {
        str(each.get("original_file_path")): code
        for each in listed
        if isinstance(code := each.get("compiled_code") or each.get("compiled_sql"), str)
    }
    meta = found.get("metadata") if isinstance(found, dict) else None
    adapter = _ADAPTERS.get(str(meta.get("adapter_type")), "") if isinstance(meta, dict) else ""
    return ready, adapter
