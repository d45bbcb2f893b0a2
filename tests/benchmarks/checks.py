"""A check over HTTP against a bare REST view with one insert: the same server, token, clients and disk."""

import json
import os
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg

from ground.guard import spawn
from tests.benchmarks import harness
from tests.benchmarks.load import Load, load, together

BARE_TABLE = "CREATE TABLE bare_note (id uuid PRIMARY KEY, body jsonb NOT NULL)"
CLIENTS = 16
SECONDS = 10.0
TURNS = 5


def run() -> list[dict]:
    """Rates of both, and their ratio (aim: at least 0.6)."""
    with harness.house() as address:
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
    """A small governed house; gives its manager's token and a permitted question."""
    from knox.models import AuthToken

    from governance.people import cohorts
    from governance.people.models import Role
    from governance.training import services as training
    from ground import clock
    from tests import factories

    factories.an_active_charter("lead-time-for-changes")
    team = factories.a_team("payments", people=9)
    cohorts.register_tree(on=clock.today(), minimum=5, by=factories.system())
    manager = factories.an_account("manager")
    factories.a_role(manager, Role.MANAGER, team=team)
    training.acknowledge(rulebook_version=factories.the_rules(), by=manager)
    token = AuthToken.objects.create(user=manager)[1]
    return token, json.dumps(_question(clock.today())).encode()


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
    """The web server as the demo runs it, one worker, one thread: its port and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
        "--blocking-threads",
        "1",
        "--no-access-log",
        "governance.config.wsgi:application",
    ]
    environment = {**os.environ, "LOG_LEVEL": "WARNING"}
    process = spawn(command, env=environment, log=harness.FOLDER.parent / "bench-web.log")
    try:
        _wait_for(port)
        yield port, process
    finally:
        process.stop()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The web server did not start; see var/bench-web.log.")


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
