"""Claims on files of tools: every statement is found and expanded, and what is broken is told by name while the rest is scanned."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from charter.panels.examining import examine, expand
from charter.panels.panel import MacroLanguage, PanelVariable, SqlPanel
from charter.panels.reaching import ReachKind
from charter.panels.reading.files import read_paths
from charter.panels.tables import gather_tables
from tests.charter.panels import exports

pytestmark = pytest.mark.stands_on()
TABLES = gather_tables()


def reach(panel: SqlPanel) -> set[str]:
    return {each.reach.value for each in examine(panel, TABLES).reached if each.severity == "error"}


def read(path: Path) -> dict[str, SqlPanel]:
    found = read_paths([path])
    assert found.faults == ()
    return {panel.name: panel for panel in found.panels}


def macro(sql: str, language: MacroLanguage = MacroLanguage.GRAFANA, **variables: PanelVariable) -> SqlPanel:
    return SqlPanel("a", 1, "d", "p", sql, "mysql", language, variables)


def test_a_dashboard_of_grafana_gives_panels_rows_and_variables(tmp_path):
    panels = read(exports.write_json(tmp_path / "g.json", exports.GRAFANA))
    assert set(panels) == {"variable team", "Top committers", "Deployments a day", "By choice", "Lead time"}
    assert {"grouped", "projected", "ranked"} <= reach(panels["Top committers"])
    assert reach(panels["Deployments a day"]) == reach(panels["Lead time"]) == set()
    assert panels["Lead time"].dialect == "postgres"


def test_each_choice_of_a_viewer_is_looked_at(tmp_path):
    panel = read(exports.write_json(tmp_path / "g.json", exports.GRAFANA))["By choice"]
    assert len(expand(panel).statements) == 2
    assert {"grouped", "projected"} <= reach(panel)


def test_a_panel_says_its_line(tmp_path):
    path = exports.write_json(tmp_path / "g.json", exports.GRAFANA)
    line = read(path)["Top committers"].line
    assert "SELECT author_name" in path.read_text(encoding="utf-8").splitlines()[line - 1]


def test_the_second_schema_of_grafana_is_read_too(tmp_path):
    sql = "SELECT author_name FROM commits"
    query = {"kind": "DataQuery", "group": "mysql", "spec": {"rawSql": sql}}
    panel = {
        "kind": "Panel",
        "spec": {"title": "P", "data": {"spec": {"queries": [{"spec": {"query": query}}]}}},
    }
    document = {"kind": "Dashboard", "spec": {"title": "T", "elements": {"panel-1": panel}, "layout": {}}}
    (found,) = read(exports.write_json(tmp_path / "g.json", document)).values()
    assert (found.dashboard, found.name, found.dialect, found.sql) == ("T", "P", "mysql", sql)


@pytest.mark.parametrize(
    ("sql", "made"),
    [
        ("SELECT 1 WHERE $__timeFilter(t.at)", "SELECT 1 WHERE t.at BETWEEN '2024-01-01' AND '2025-01-01'"),
        ("SELECT $__timeGroup(f(a, ')'), '1h')", "SELECT CAST(f(a, ')') AS DATE)"),
        ("SELECT 1 WHERE x = '$team'", "SELECT 1 WHERE x = 'a'"),
        ("SELECT 1 WHERE x IN (${team:sqlstring})", "SELECT 1 WHERE x IN ('a','b')"),
        ("SELECT 1 WHERE x IN ($team)", "SELECT 1 WHERE x IN ('a','b')"),
        ("SELECT 1 WHERE x = [[team]]", "SELECT 1 WHERE x = 'a','b'"),
        ("SELECT 1 WHERE x IN ($nobody_said)", "SELECT 1 WHERE x IN ('any')"),
        (
            "SELECT $__interval_ms, ${__from}, ${__from:date:iso}",
            "SELECT 86400000, 1704067200000, 1704067200000",
        ),
    ],
)
def test_macros_of_grafana(sql, made):
    team = PanelVariable(("a", "b"), ("a", "b"), multi=True)
    assert expand(macro(sql, team=team)).statements == (made,)


@pytest.mark.parametrize(
    "sql", ["SELECT $col FROM commits", "SELECT $__unheardOf(sha) FROM commits", "SELECT 1 FROM $table"]
)
def test_what_a_macro_may_be_counts_as_reached(sql):
    assert "unresolved" in reach(macro(sql))


@pytest.mark.parametrize(
    "panel",
    [
        macro("SELECT $a", a=PanelVariable(("$b",)), b=PanelVariable(("$a",))),
        macro("SELECT $a", a=PanelVariable(("$a $a",))),
        macro("SELECT $a", a=PanelVariable(("$a",))),
        macro("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", MacroLanguage.SUPERSET),
        macro(
            "SELECT {{snippet: s}}",
            MacroLanguage.METABASE,
            **{"snippet: s": PanelVariable(("{{snippet: s}}",))},
        ),
        macro("SELECT $__timeFilter(a"),
    ],
)
def test_a_macro_that_never_ends_counts_as_reached(panel):
    (found,) = examine(panel, TABLES).reached
    assert found.reach is ReachKind.UNREADABLE


def test_a_template_may_not_reach_out():
    escape = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    assert examine(macro(escape, MacroLanguage.SUPERSET), TABLES).denied


def test_both_sides_of_an_if_are_looked_at():
    sql = "SELECT {% if current_user.is_boss %}author_name{% else %}1{% endif %} FROM commits"
    assert "projected" in reach(macro(sql, MacroLanguage.SUPERSET))
    sql = "SELECT {% if current_user.is_boss %}1{% else %}author_name{% endif %} FROM commits"
    assert "projected" in reach(macro(sql, MacroLanguage.SUPERSET))


def zip_files(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"export/{name}", text)
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_an_export_of_superset_is_read_from_a_folder_and_an_archive(tmp_path, packed):
    folder = exports.write_files(tmp_path / "s", exports.SUPERSET)
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in exports.SUPERSET}
    panels = read(zip_files(tmp_path / "s.zip", texts) if packed else folder)
    assert {"grouped", "projected", "ranked"} <= reach(panels["Top committers"])
    assert panels["Top committers"].dashboard == "Health"
    assert reach(panels["Who merged"]) == {"grouped", "projected"}  # through the dataset's own names
    assert reach(panels["Late"]) == {"hours"}  # a column that the dataset works out
    assert reach(panels["Merged a month"]) == reach(panels["merged"]) == set()
    assert reach(panels["filter Person"]) == {"filtered", "projected"}
    assert reach(panels["Names"]) == {"projected"}


def test_questions_of_metabase_are_read_as_serialised_and_as_the_api_gives_them(tmp_path):
    panels = read(exports.write_files(tmp_path / "m", exports.METABASE))
    assert reach(panels["Who closed it"]) == {"filtered"}  # in an optional part
    assert reach(panels["Opened a month"]) == reach(panels["A model"]) == set()
    assert {"grouped", "projected", "ranked"} == reach(panels["Top closers"])
    assert panels["Top closers"].dashboard == "The board"
    given = read(exports.write_json(tmp_path / "api.json", exports.METABASE_API))
    assert reach(given["By numbers"]) == {"unresolved"}
    assert reach(given["In stages"]) == {"projected"}


def test_models_of_dbt_are_read_with_their_macros(tmp_path):
    panels = read(exports.write_files(tmp_path / "d", exports.DBT))
    assert set(panels) == {"stg_commits", "per_k", "by_month", "top"}
    assert reach(panels["stg_commits"]) == set()  # a model may hold who; what reads it is looked at
    assert any("lower(author_name)" in sql for sql in expand(panels["stg_commits"]).statements)


def test_what_a_manifest_has_compiled_stands_before_the_template(tmp_path):
    folder = exports.write_files(tmp_path / "d", exports.DBT)
    node = {"original_file_path": "models/marts/per_k.sql", "compiled_code": "select email from users"}
    document = {"metadata": {"adapter_type": "duckdb"}, "nodes": {"model.lake.per_k": node}}
    exports.write_json(folder / "target" / "manifest.json", document)
    panel = read(folder)["per_k"]
    assert (panel.sql, panel.dialect) == ("select email from users", "duckdb")


BROKEN = {
    "half.json": b'{"panels": [',
    "latin.sql": "SELECT 'ü'".encode("latin-1"),
    "deep.json": b"[" * 100_000 + b"]" * 100_000,
    "deep.yaml": b"[" * 1_000 + b"]" * 1_000,
    "odd.yaml": b"a: b: c: [",
    "laughs.yaml": b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
    "tagged.yaml": b"!!python/object/apply:os.system [ls]\n",
    "no.zip": b"PK\x03\x04 not an archive",
    "shape.json": b'{"panels": [{"targets": 7, "title": {"a": 1}, "rawSql": ["x"]}], "templating": {"list": [7, {"name": "x", "options": 3}]}}',
}


def test_what_is_broken_is_told_by_name_and_the_rest_is_scanned(tmp_path):
    for name, content in BROKEN.items():
        (tmp_path / name).write_bytes(content)
    with (tmp_path / "large.json").open("wb") as large:
        large.truncate(50_000_000)
    (tmp_path / "good.sql").write_text("SELECT name FROM users", encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"{number}.json", b" " * 19_000_000)
    found = read_paths([tmp_path, tmp_path / "nowhere"])
    told = {Path(fault.file).name for fault in found.faults}
    assert told == {*BROKEN, "large.json", "bomb.zip", "nowhere"} | {
        "0.json",
        "1.json",
        "2.json",
        "3.json",
        "4.json",
    }
    assert [panel.name for panel in found.panels] == ["good.sql"]
    assert all(fault.text.endswith(".") for fault in found.faults)


def test_an_archive_that_lies_of_its_size_is_read_no_further_than_it_may_be(tmp_path):
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 30_000_000)
    (tmp_path / "a.zip").write_bytes(plain.getvalue())
    (fault,) = read_paths([tmp_path]).faults
    assert fault.file.endswith("a.zip/a.json") and "20 MB" in fault.text


def test_json_of_no_tool_is_passed_over(tmp_path):
    (tmp_path / "package.json").write_text(
        json.dumps({"name": "x", "scripts": {"sql": "SELECT 1"}}), encoding="utf-8"
    )
    found = read_paths([tmp_path])
    assert (found.panels, found.faults, found.files) == ((), (), 1)
