"""A check over HTTP against a bare REST view with one insert: the same server, token, clients and disk."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg

from tests import web_server
from tests.benchmarks import harness
from tests.benchmarks.load import Load, load, together

BARE_TABLE = "CREATE TABLE bare_note (id uuid PRIMARY KEY, body jsonb NOT NULL)"
CLIENTS = 16
SECONDS = 10.0
TURNS = 5


def run() -> list[dict]:
    """Rates of both, and their ratio (aim: at least 0.6)."""
    with harness.installation() as address:
        with psycopg.connect(harness.owner_address(address), autocommit=True) as owner:
            owner.execute(BARE_TABLE)
            owner.execute("GRANT SELECT, INSERT ON bare_note TO mc_runtime")
        token, body = _prepare()
        with server() as (port, _process):
            floor, checks = _in_turns(port, ["/bare", "/api/v1/checks"], body, token)
    ratio = checks.rate / floor.rate
    return [
        _line("bare view: rate", floor.rate, "1/s"),
        _line("bare view: p50", floor.quantile(0.5), "ms"),
        _line("bare view: p99", floor.quantile(0.99), "ms"),
        _line("check: rate", checks.rate, "1/s"),
        _line("check: p50", checks.quantile(0.5), "ms"),
        _line("check: p99", checks.quantile(0.99), "ms"),
        _line(
            "check: answers that were not 200",
            checks.failed + floor.failed,
            "",
            "none",
            not checks.failed + floor.failed,
        ),
        {**_line("check against bare view: rate", ratio, "ratio", "at least 0.60", ratio >= 0.6)},
    ]


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}


def _prepare() -> tuple[str, bytes]:
    """A small governed programme; gives its manager's token and a permitted question."""

    from governance.people import cohorts
    from governance.people.models import GrantedRole
    from governance.training import services as training
    from ground import calendar
    from tests import factories

    factories.an_active_charter("lead-time-for-changes")
    team = factories.a_team("payments", people=9)
    cohorts.register_tree(on=calendar.today(), minimum=5, by=factories.system())
    manager = factories.an_account("manager")
    factories.a_role(manager, GrantedRole.MANAGER, team=team)
    training.acknowledge(rulebook_version=factories.the_rules(), by=manager)
    token = factories.a_token(manager)
    return token, json.dumps(_question(calendar.today())).encode()


def _question(today: date) -> dict[str, object]:
    """Last whole month's lead time of the team, for a retrospective."""
    end = today.replace(day=1)
    start = (end - timedelta(days=1)).replace(day=1)
    return {
        "decision": "retrospective",
        "metrics": ["lead-time-for-changes"],
        "grain": "team",
        "cohorts": ["team:payments"],
        "window": {"from": start.isoformat(), "to": end.isoformat()},
        "period": "month",
    }


@contextmanager
def server() -> Iterator[tuple[int, Any]]:
    """The web server as the demo runs it: its port and its process."""
    log = harness.FOLDER.parent / "bench-web.log"
    with web_server.started(os.environ["DATABASE_URL"], log=log) as started:
        yield started


def _in_turns(port: int, paths: list[str], body: bytes, token: str) -> list[Load]:
    """Each path for ten seconds in all, two at a time in turns, so that a busy machine is unkind to both alike."""
    seen: dict[str, list[Load]] = {path: [] for path in paths}
    for turn in range(TURNS + 1):
        for path in paths:
            seconds = SECONDS / TURNS if turn else 1.0
            one = load(port=port, path=path, body=body, token=token, clients=CLIENTS, seconds=seconds)
            if turn:  # the first is to warm up
                seen[path].append(one)
    return [together(seen[path]) for path in paths]
