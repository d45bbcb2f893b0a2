"""Questions of Metabase: as they are serialised (YAML) and as the API gives them (JSON), native ones and built ones. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from charter.panels.expanding.metabase import SNIPPET, name_card
from charter.panels.panel import MacroLanguage, PanelVariable, SqlPanel
from charter.panels.reading.built_questions import name_field, write_question
from charter.panels.reading.decoding import text_of, walk_objects
from charter.panels.reading.superset import NamedDocument

_ENGINES = {
    "postgres": "postgres", "mysql": "mysql", "sqlserver": "tsql", "bigquery-cloud-sdk": "bigquery", "snowflake": "snowflake",
    "redshift": "redshift", "clickhouse": "clickhouse", "presto-jdbc": "presto", "starburst": "trino", "athena": "athena",
    "databricks": "databricks", "sqlite": "sqlite", "oracle": "oracle", "duckdb": "duckdb", "sparksql": "spark", "druid": "druid",
}  # fmt: skip


def is_metabase(document: Any) -> bool:
    """Whether a document holds a question, a dashboard of questions, a snippet or a database of Metabase."""
    if isinstance(document, dict) and (
        {"dataset_query", "dashcards", "ordered_cards"} & set(document) or _is_snippet(document)
    ):
        return True
    if isinstance(document, dict) and "engine" in document and "serdes/meta" in document:
        return True
    several = document.get("data", document.get("items")) if isinstance(document, dict) else document
    return isinstance(several, list) and any(
        isinstance(each, dict) and "dataset_query" in each for each in several
    )


def _is_snippet(document: Mapping[str, Any]) -> bool:
    meta = document.get("serdes/meta")
    labels = [each.get("model") for each in meta if isinstance(each, dict)] if isinstance(meta, list) else []
    return "NativeQuerySnippet" in labels


def read_metabase(documents: Sequence[NamedDocument]) -> Iterator[SqlPanel]:
    """Every question, on the dashboards that show it."""
    snippets = {
        f"{SNIPPET} {each.value.get('name')}": PanelVariable((str(each.value.get("content") or ""),))
        for each in documents
        if _is_snippet(each.value)
    }
    engines = {
        str(each.value.get("name")): str(each.value["engine"]) for each in documents if "engine" in each.value
    }
    dashboards = dict(_place_cards(documents))
    for document in documents:
        for way, card in walk_objects(document.value):
            if isinstance(card.get("dataset_query"), dict):
                shown = dashboards.get(str(card.get("entity_id") or card.get("id")))
                yield _read_card(document, way, card, shown, snippets, engines)


def _place_cards(documents: Sequence[NamedDocument]) -> Iterator[tuple[str, str]]:
    """The dashboard of each question, by the question's id."""
    for document in documents:
        for _, found in walk_objects(document.value):
            for each in found.get("dashcards") or found.get("ordered_cards") or ():
                if isinstance(each, dict) and each.get("card_id"):
                    yield str(each["card_id"]), text_of(found.get("name"), document.file)


def _read_card(
    document: NamedDocument,
    way: tuple[str, ...],
    card: Mapping[str, Any],
    shown: str | None,
    snippets: Mapping[str, PanelVariable],
    engines: Mapping[str, str],
) -> SqlPanel:
    query = card["dataset_query"]
    dashboard = shown or (text_of(document.value.get("name")) if way else "") or "Questions on no dashboard"
    sql, tags = _native(query)
    language = MacroLanguage.METABASE
    if not sql:
        sql = write_question(query, card.get("result_metadata"))
    number = card.get("entity_id") or card.get("id")
    return SqlPanel(
        document.file,
        document.lines.find(sql),
        dashboard,
        text_of(card.get("name"), "/".join(way) or document.file),
        sql,
        _ENGINES.get(str(query.get("engine") or engines.get(str(query.get("database")), "")), ""),
        language,
        {**snippets, **{name: _variable(tag) for name, tag in tags.items() if isinstance(tag, dict)}},
        is_model=card.get("type") == "model",
        makes=name_card(number) if number is not None else "",
        shown_in="Metabase",
    )


def _native(query: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The SQL of a question that was written by hand, and its parameters; in the older form and in that of stages."""
    native = query.get("native")
    stages = query.get("stages")
    if isinstance(stages, list) and stages and isinstance(stages[0], dict):
        native = {"query": stages[0].get("native"), "template-tags": stages[0].get("template-tags")}
    if not isinstance(native, dict) or not isinstance(native.get("query"), str):
        return "", {}
    tags = native.get("template-tags")
    return native["query"], tags if isinstance(tags, dict) else {}


def _variable(tag: Mapping[str, Any]) -> PanelVariable:
    kind = text_of(tag.get("type"), "text")
    if kind != "dimension":
        return PanelVariable(kind=kind)
    widget = text_of(tag.get("widget-type"))
    column = name_field(tag.get("dimension"), {})
    chosen = (column,) if column and not column.startswith("field_") else ()
    return PanelVariable(chosen, kind="dimension date" if widget.startswith("date") else "dimension")
