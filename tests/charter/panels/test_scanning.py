"""Claims on a scan as a whole: time caps, models, reports, baselines, exit codes, proposals; and that no database is needed."""

import argparse
import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import duckdb
import jsonschema
import msgspec
import pytest
import yaml

from charter.panels import cli
from charter.panels.baseline import Baseline, accept_known, make_baseline
from charter.panels.comparing import compare
from charter.panels.examining import examine
from charter.panels.isolating import Examiner
from charter.panels.offers import find_answers, make_offers, offer_starters
from charter.panels.panel import MacroLanguage, ScanFault, SqlPanel
from charter.panels.reaching import Reached, ReachKind
from charter.panels.reading.files import read_paths
from charter.panels.reading.superset import write_chart
from charter.panels.reports.pages import format_html
from charter.panels.reports.sarif import format_sarif
from charter.panels.reports.texts import format_github, format_json, format_text
from charter.panels.rewriting import rewrite
from charter.panels.scanning import PanelFindings, ScanReport, scan
from charter.panels.shapes import PanelShape
from charter.panels.tables import gather_tables
from charter.registry.catalogue import read_starter_charters
from charter.rules.vocabulary import Grain
from governance.sql_door.naming import map_views
from tests.charter.panels import exports

pytestmark = pytest.mark.stands_on()
PROJECT = Path(__file__).resolve().parents[3]
TABLES = gather_tables()
LEAD = """SELECT date_trunc('month', merged_date) AS time, base_repo_id AS repo,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM merged_date - created_date) / 3600) AS hours
FROM pull_requests GROUP BY 1, 2 ORDER BY 1"""
OFFERS = offer_starters()


def plain(sql: str, name: str = "p", **more: object) -> SqlPanel:
    return SqlPanel(f"{name}.sql", 1, f"{name}.sql", name, sql, "postgres", **more)


def test_what_takes_too_long_or_too_much_is_ended_and_the_next_is_looked_at():
    slow = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    large = "{% set a = 'x' * 9999999999 %}{{ a }}"
    panels = [
        plain("SELECT name FROM users"),
        plain(slow, language=MacroLanguage.SUPERSET),
        plain(large, language=MacroLanguage.SUPERSET),
        plain("SELECT 1"),
    ]
    with Examiner(TABLES, seconds=1.5) as examiner:
        found = [[each.reach for each in findings.reached] for _, findings in examiner.examine_all(panels)]
    assert found == [[ReachKind.PROJECTED], [ReachKind.TOO_SLOW], [ReachKind.UNREADABLE], []]


@pytest.fixture(scope="module")
def all_exports(tmp_path_factory):
    """A scan of one export of each tool, and a file that is broken."""
    folder = tmp_path_factory.mktemp("exports")
    exports.write_json(folder / "grafana.json", exports.GRAFANA)
    exports.write_files(folder / "superset", exports.SUPERSET)
    exports.write_files(folder / "metabase", exports.METABASE)
    exports.write_files(folder / "dbt", exports.DBT)
    (folder / "broken.json").write_text("{", encoding="utf-8")
    found = read_paths([folder])
    return scan(found.panels, found.faults, TABLES, offers=OFFERS)


def reached(report: ScanReport, name: str) -> set[str]:
    return {
        each.reach.value
        for found in report.panels
        if found.panel.name == name
        for each in found.reached
        if each.severity == "error"
    }


def test_who_a_model_holds_is_told_where_it_is_read(all_exports):
    assert reached(all_exports, "stg_commits") == set()
    assert reached(all_exports, "per_k") == {"grouped"}
    assert reached(all_exports, "top") == {"projected", "ranked"}
    assert reached(all_exports, "by_month") == set()
    assert reached(all_exports, "Over a model") == {"projected", "grouped"}


def test_models_that_read_each_other_are_told_and_end():
    models = [
        plain("select * from b", "a", makes="a", is_model=True),
        plain("select * from a", "b", makes="b", is_model=True),
    ]
    (fault,) = scan(models, (), TABLES).faults
    assert "circle" in fault.text


def test_each_dashboard_has_a_score(all_exports):
    scores = {title: score for (_, title), score in all_exports.scores.items()}
    assert scores["Team health"] == 55  # of five statements two are lost, and a quarter of one
    assert scores["The board"] == 0


def test_sarif_has_a_rule_a_result_and_a_place_for_each(all_exports):
    document = json.loads(format_sarif(all_exports))
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert document["version"] == "2.1.0" and len(run["results"]) == sum(
        len(each.reached) for each in all_exports.panels
    )
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] and place["region"]["startLine"] >= 1
    assert run["invocations"][0]["executionSuccessful"] is False  # a file was not looked at
    assert len({json.dumps(each["partialFingerprints"]) for each in run["results"]}) == len(run["results"])


def test_sarif_is_as_its_schema_wants_it(all_exports):
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    known = accept_known(all_exports, msgspec.json.decode(make_baseline(all_exports), type=Baseline))
    for report in (all_exports, known, ScanReport((), ())):
        jsonschema.validate(json.loads(format_sarif(report)), schema)


def test_a_model_of_a_name_that_another_has_takes_nothing_from_it():
    models = [
        plain("SELECT author_name AS k FROM commits", "a", makes="m", is_model=True),
        plain("SELECT sha AS k FROM commits", "b", makes="m", is_model=True),
        plain("SELECT k FROM m", "c"),
    ]
    for order in (models, [models[1], models[0], models[2]]):
        assert "projected" in reached(scan(order, (), TABLES), "c")


def test_reports_say_the_same_and_leave_nothing_out(all_exports):
    told = json.loads(format_json(all_exports))
    assert told["errors"] == sum(
        len([r for r in p["reached"] if r["severity"] == "error"]) for p in told["panels"]
    )
    assert "broken.json" in format_text(all_exports) and "broken.json" in format_github(all_exports)
    page = format_html(all_exports)
    assert "broken.json" in page and all(rule in page for rule in ("AR03", "AR04", "AR05"))


def test_a_page_and_an_annotation_show_a_text_and_run_none():
    odd = SqlPanel(
        "a,b:c.sql", 1, "<script>alert(1)</script>", "<img src=x>\n::error::", "SELECT '</pre><script>'"
    )
    found = PanelFindings(odd, (Reached(ReachKind.PROJECTED, "<b>%\n"),))
    report = ScanReport((found,), (ScanFault("<i>", "odd"),))
    assert (
        "<script>" not in format_html(report)
        and "<b>" not in format_html(report)
        and "<img" not in format_html(report)
    )
    assert format_github(report).count("\n::error::") == 0


def run_cli(*arguments: object) -> int:
    return cli.main([str(each) for each in arguments])


def test_exit_codes_and_a_baseline(tmp_path, capsys):
    (tmp_path / "a.sql").write_text("SELECT name FROM users", encoding="utf-8")
    baseline = tmp_path / "known" / ".." / "baseline.txt"
    baseline = tmp_path / "baseline.txt"
    assert run_cli(tmp_path / "a.sql") == 1
    assert run_cli(tmp_path / "a.sql", "--baseline", baseline, "--write-baseline") == 0
    (tmp_path / "a.sql").write_text("SELECT  name\n FROM users", encoding="utf-8")  # laid out anew: the same
    assert run_cli(tmp_path / "a.sql", "--baseline", baseline) == 0
    (tmp_path / "a.sql").write_text("SELECT email FROM users", encoding="utf-8")
    assert run_cli(tmp_path / "a.sql", "--baseline", baseline) == 1
    assert "reached no more" in capsys.readouterr().err
    assert run_cli(tmp_path / "nowhere") == 2
    assert run_cli(tmp_path / "a.sql", "--write-baseline") == 2
    baseline.write_text("[]", encoding="utf-8")
    assert run_cli(tmp_path / "a.sql", "--baseline", baseline) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ("--seconds", "nan"),
        ("--seconds", "-1"),
        ("--window", "2026-01-01"),
        ("--window", "x/y"),
        ("--charters", "nowhere"),
    ],
)
def test_an_option_that_says_nothing_is_refused_in_a_sentence(tmp_path, capsys, wrong):
    (tmp_path / "a.sql").write_text("SELECT 1", encoding="utf-8")
    assert run_cli(tmp_path / "a.sql", *wrong) == 2
    assert capsys.readouterr().err.strip().endswith(".")


def test_a_described_source_in_a_file_is_used(tmp_path):
    (tmp_path / "a.sql").write_text("SELECT plugh, COUNT(*) FROM widgets GROUP BY 1", encoding="utf-8")
    (tmp_path / "widgets.yaml").write_text(
        "slug: widgets\nname: Widgets\nkind: monitoring\ndescription: Parts.\nowner: us\ncadence: P1D\nregion: EU\n"
        "columns:\n  plugh: {type: TEXT}\n  at: {type: TIMESTAMP, means: time}\n",
        encoding="utf-8",
    )
    assert run_cli(tmp_path / "a.sql") == 1
    assert run_cli(tmp_path / "a.sql", "--sources", tmp_path / "widgets.yaml") == 0
    assert run_cli(tmp_path / "a.sql", "--sources", tmp_path / "nowhere.yaml") == 2


def test_it_needs_no_django_and_no_database(tmp_path):
    (tmp_path / "a.sql").write_text("SELECT name FROM users", encoding="utf-8")
    script = (
        "import sys\n"
        "for name in ('django', 'rest_framework', 'ibis', 'duckdb', 'numpy', 'psycopg'): sys.modules[name] = None\n"
        "if __name__ == '__main__':\n"
        "    from charter.panels.cli import main\n"
        "    sys.exit(main(sys.argv[1:]))\n"
    )
    path = tmp_path / "run.py"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, path, tmp_path / "a.sql"],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(PROJECT)},
        check=False,
    )
    assert done.returncode == 1 and "users.name" in done.stdout, done.stderr


def test_the_view_that_answers_is_the_one_of_the_same_tables_made_alike():
    views = {answer.view for answer in find_answers(examine(plain(LEAD), TABLES).shape, OFFERS)}
    assert views == {"governed.lead_time_for_changes__team"}
    overall = plain("SELECT avg(resolution_date - created_date) FROM incidents")
    (answer,) = find_answers(examine(overall, TABLES).shape, OFFERS)
    assert (answer.view, answer.grain) == ("governed.time_to_restore_service__org", Grain.ORG)
    assert any("median" in each for each in answer.differs)
    assert find_answers(examine(plain("SELECT count(*) FROM users"), TABLES).shape, OFFERS) == ()


def test_views_are_called_as_the_sql_door_calls_them():
    at_the_door = map_views(offer.metric for offer in OFFERS)
    offered = {offer.name_view(grain) for offer in OFFERS for grain in offer.grains}
    assert offered and offered <= {f"governed.{name}" for name in at_the_door}


def test_every_starter_charter_of_groups_offers_views():
    offered = {offer.metric for offer in make_offers(read_starter_charters().values())}
    assert {"deployment-frequency", "lead-time-for-changes"} <= offered


def test_a_panel_of_team_values_is_proposed_over_the_view_under_its_own_names():
    panel = plain(LEAD)
    found = examine(panel, TABLES)
    proposed = rewrite(panel, found.shape, found.reached, find_answers(found.shape, OFFERS))
    assert proposed.sql.splitlines() == [
        "SELECT starts_on AS time, cohort AS repo, value AS hours",
        "FROM governed.lead_time_for_changes__team",
        "WHERE withheld IS NULL",
        "ORDER BY starts_on, cohort",
    ]
    assert examine(plain(proposed.sql), TABLES).reached == ()  # what is proposed reaches nothing


def test_a_chart_of_superset_is_proposed_under_its_own_labels():
    """Issue 20, 5: a metric of the chart's own, whose label is the column that its drawing reads."""
    hours = {
        "expressionType": "SQL",
        "sqlExpression": "percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM merged_date - created_date) / 3600)",
        "label": "hours",
    }
    params = {
        "x_axis": "merged_date",
        "time_grain_sqla": "P1M",
        "groupby": ["base_repo_id"],
        "metrics": [hours],
    }
    panel = plain(write_chart(params, {"table_name": "pull_requests"}, "chart"))
    found = examine(panel, TABLES)
    proposed = rewrite(panel, found.shape, found.reached, find_answers(found.shape, OFFERS))
    assert proposed.view == "governed.lead_time_for_changes__team" and "value AS hours" in proposed.sql
    assert found.shape.period == "merged_date" and "date_trunc('month', merged_date)" in panel.sql


def test_where_no_view_answers_small_groups_are_left_out():
    panel = plain("SELECT base_repo_id, COUNT(DISTINCT author_id) FROM pull_requests GROUP BY 1")
    found = examine(panel, TABLES)
    proposed = rewrite(panel, found.shape, found.reached, ())
    assert "HAVING" in proposed.sql and examine(plain(proposed.sql), TABLES).reached == ()


def test_what_reaches_people_has_no_governed_answer():
    panel = plain("SELECT author_id, COUNT(DISTINCT id) FROM pull_requests GROUP BY 1")
    found = examine(panel, TABLES)
    assert rewrite(panel, found.shape, found.reached, find_answers(found.shape, OFFERS)) is None


@pytest.fixture
def both(tmp_path):
    """A warehouse, and governed views that say the same of it but for one value, which is withheld."""
    with duckdb.connect(str(tmp_path / "w.duckdb")) as lake:
        lake.execute(
            "CREATE TABLE pull_requests AS SELECT 'r' || (i % 2) AS base_repo_id, 'p' || (i % 7) AS author_id, "
            "TIMESTAMP '2024-01-03' + INTERVAL (i) HOUR AS created_date, "
            "TIMESTAMP '2024-01-03' + INTERVAL (i + i % 13) HOUR AS merged_date FROM range(2000) t(i)"
        )
        values = lake.execute(LEAD).fetchall()
    with duckdb.connect(str(tmp_path / "g.duckdb")) as governed:
        governed.execute("CREATE SCHEMA governed")
        governed.execute(
            "CREATE TABLE governed.lead_time_for_changes__team (starts_on DATE, cohort TEXT, value DOUBLE, withheld TEXT)"
        )
        for number, (at, repo, hours) in enumerate(values):
            row = [
                at.date(),
                f"team:{repo}",
                None if number == 0 else hours,
                "small" if number == 0 else None,
            ]
            governed.execute("INSERT INTO governed.lead_time_for_changes__team VALUES (?, ?, ?, ?)", row)
    return [f"duckdb:///{tmp_path}/{name}.duckdb" for name in "wg"], len(values)


def test_both_statements_are_run_where_connections_are_given(tmp_path, both, capsys):
    (warehouse, governed), count = both
    (tmp_path / "lead.sql").write_text(LEAD, encoding="utf-8")
    asked = ("--rewrite", "--dialect", "postgres", "--warehouse", warehouse, "--governed", governed)
    assert run_cli(tmp_path / "lead.sql", *asked) == 0
    said = f"Both were run: {count - 1} of {count} values are the same, 0 differ, 1 are in one of them alone."
    assert said in capsys.readouterr().out


def test_without_connections_it_is_said_that_nothing_was_run(tmp_path, capsys):
    (tmp_path / "lead.sql").write_text(LEAD, encoding="utf-8")
    assert run_cli(tmp_path / "lead.sql", "--rewrite", "--format", "json") == 0
    (panel,) = json.loads(capsys.readouterr().out)["panels"]
    assert panel["proposed"]["says"][-1].startswith("Not compared: no connection")
    assert panel["proposed"]["compared"] == []


def test_weeks_are_not_compared_with_months():
    shape = PanelShape(frozenset(), period="time", value="v", columns=("time", "v"))
    weeks = [("2024-01-01", 1.0), ("2024-01-08", 2.0)]
    assert "several values a month" in compare(shape, weeks, [("2024-01-01", 1.0)]).summarize()


def test_a_value_that_differs_is_told():
    shape = PanelShape(frozenset(), period="time", value="v", columns=("time", "v"))
    found = compare(
        shape, [("2024-01-01", 1.0), ("2024-02-01", 2.0)], [("2024-01-01", 1.0), ("2024-02-01", 3.0)]
    )
    assert [each.same for each in found.rows] == [True, False]
    assert "1 of 2 values are the same, 1 differ" in found.summarize()


HOW_TO = PROJECT / "docs" / "how-to" / "scan-your-dashboards.md"


def test_the_how_to_names_options_that_there_are_and_its_pipeline_runs(tmp_path, monkeypatch):
    text = HOW_TO.read_text(encoding="utf-8")
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) <= set(parser._option_string_actions)
    (workflow,) = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(name:.*?)```", text, re.DOTALL))
    runs = [step["run"] for step in workflow["jobs"]["scan"]["steps"] if "run" in step]
    assert runs[0] == "pip install ./metric-charter/scanner"
    monkeypatch.chdir(exports.write_json(tmp_path / "dashboards" / "g.json", exports.GRAFANA).parents[1])
    assert run_cli(*shlex.split(runs[1])[1:]) == 1
    assert json.loads((tmp_path / "scan.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]


def test_the_package_brings_all_that_it_imports():
    settings = tomllib.loads((PROJECT / "scanner" / "pyproject.toml").read_text(encoding="utf-8"))
    brought = set(settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"].values())
    script = (
        "import sys; sys.modules['django'] = None\n"
        "import charter.panels.cli\n"
        "print(*(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=PROJECT, check=True
    )
    files = [Path(line) for line in done.stdout.splitlines()]
    own = [
        file.relative_to(PROJECT)
        for file in files
        if file.is_relative_to(PROJECT) and "site-packages" not in file.parts
    ]
    assert own and all(
        any({str(file), *map(str, file.parents)} & {place} for place in brought) for file in own
    )
    packages = {
        file.parts[file.parts.index("site-packages") + 1] for file in files if "site-packages" in file.parts
    }
    named = {re.split(r"[~<>=\[]", each)[0].lower() for each in settings["project"]["dependencies"]}
    needed = {"yaml": "pyyaml", "dateutil": "python-dateutil"}
    # What those bring themselves, and what a Python of this project has beside.
    others = {
        "markupsafe",
        "six.py",
        "typing_extensions.py",
        "mypy_extensions.py",
        "_distutils_hack",
        "_virtualenv.py",
    }
    found = {
        needed.get(name, name).lower()
        for name in packages
        if not name.endswith(".so") and "mypyc" not in name
    } - others
    assert found <= named
