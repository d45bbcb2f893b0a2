"""What a scan of dashboards costs: 1,000 panels of all four tools, read, expanded and looked at in the process that can be ended.

Wall time, as it is waited for, and the processor time of both processes; the panels are written here, each with another statement, so that nothing is remembered.
"""

import os
import tempfile
from pathlib import Path
from time import perf_counter

from charter.panels.offers import offer_starters
from charter.panels.reading.files import read_paths
from charter.panels.scanning import scan
from charter.panels.tables import gather_tables
from tests.charter.panels import exports

PANELS = 1_000
A_DASHBOARD = 20
AIM = 60.0  # seconds
SHAPES = (
    "SELECT author_name, count(*) AS c{n} FROM commits WHERE $__timeFilter(authored_date) GROUP BY 1 ORDER BY 2 DESC LIMIT {n}",
    "WITH x{n} AS (SELECT base_repo_id AS r, author_id AS k, merged_date AS m, created_date AS o FROM pull_requests), "
    "y{n} AS (SELECT r, k, count(*) AS n, avg(extract(epoch FROM m - o)) AS s FROM x{n} GROUP BY r, k) "
    "SELECT r, avg(s), sum(n) FROM y{n} GROUP BY r HAVING count(DISTINCT k) >= 5 ORDER BY r",
    "SELECT $__timeGroupAlias(finished_date, '1w'), count(*) AS d{n} FROM cicd_deployment_commits "
    "WHERE $__timeFilter(finished_date) AND cicd_scope_id IN (${{team:sqlstring}}) GROUP BY 1 ORDER BY 1",
    "SELECT t.name, percentile_cont(0.5) WITHIN GROUP (ORDER BY pr.merged_date - pr.created_date) AS h{n} FROM pull_requests pr "
    "JOIN user_accounts ua ON ua.account_id = pr.author_id JOIN team_users tu ON tu.user_id = ua.user_id "
    "JOIN teams t ON t.id = tu.team_id WHERE $__timeFilter(pr.merged_date) GROUP BY 1",
    "SELECT ${{by}}, count(*) AS c{n} FROM pull_requests WHERE extract(isodow FROM created_date) > 5 GROUP BY 1",
)


def run() -> list[dict]:
    """1,000 panels of Grafana (aim: under a minute), and the exports of the other tools as many times as they make 1,000."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(PANELS // A_DASHBOARD):
            exports.write_json(folder / f"{number}.json", _make_dashboard(number))
        lines = _time(folder, f"{PANELS:,} panels of Grafana")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(PANELS // 17):
            for tool, files in (("s", exports.SUPERSET), ("m", exports.METABASE), ("d", exports.DBT)):
                exports.write_files(folder / f"{number}" / tool, files)
        return [*lines, *_time(folder, "other tools")]


def _make_dashboard(number: int) -> dict:
    panels = [
        {
            "title": f"Panel {at}",
            "datasource": {"type": "postgres"},
            "targets": [{"rawSql": SHAPES[at % len(SHAPES)].format(n=number * A_DASHBOARD + at + 1)}],
        }
        for at in range(A_DASHBOARD)
    ]
    return {**exports.GRAFANA, "title": f"Dashboard {number}", "panels": panels}


def _time(folder: Path, name: str) -> list[dict]:
    begun, worked = perf_counter(), _read_processor_time()
    found = read_paths([folder])
    read = perf_counter() - begun
    report = scan(found.panels, found.faults, gather_tables(), offers=offer_starters())
    took = perf_counter() - begun
    reached = sum(bool(each.reached) for each in report.panels)
    return [
        _line(f"{name}: statements", len(report.panels), ""),
        _line(f"{name}: of them reach something", reached, ""),
        _line(f"{name}: reading files", read, "s"),
        _line(f"{name}: processor time", _read_processor_time() - worked, "s"),
        {
            "name": f"{name}: all of it",
            "value": took,
            "unit": "s",
            "aim": f"under {AIM:g}",
            "holds": took < AIM,
        },
    ]


def _read_processor_time() -> float:
    """Of this process and of those that it has ended."""
    return sum(os.times()[:4])


def _line(name: str, value: float, unit: str) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": "", "holds": True}
