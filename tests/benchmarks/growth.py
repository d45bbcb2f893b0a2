"""What a check costs as decisions pile up: the same questions among ten thousand recorded decisions, and among a million.

Decisions are copies of real ones, of many accounts, written past the log by the owner; DECISIONS says how many at the end.
Processor time of our process and of the database's, since a busy machine disturbs it least.
"""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import process_time

import psycopg

from tests.benchmarks import harness
from tests.benchmarks.access_log import COPIES, ENTRIES, MADE, TABLE
from tests.benchmarks.checks import CHECKS, _differing, _prepare

DECISIONS = int(os.environ.get("DECISIONS", "1000000"))
FEW, ACCOUNTS, TURNS, ASKED = 10_000, 200, 9, 60
AIM = 1.3


def run() -> list[dict]:
    """Milliseconds of processor time of a check and of a batch of a hundred, by decisions recorded (aim: at most 1.3 times)."""
    with (
        harness.installation() as address,
        psycopg.connect(harness.owner_address(address), autocommit=True) as owner,
    ):
        token, question = _prepare()
        measure = _make_measure(token, [json.dumps(each) for each in _differing(question)])
        _fill(owner, FEW)
        few = measure()
        _fill(owner, DECISIONS - FEW)
        many = measure()
    return [
        line
        for place, name in enumerate(("check", "batch of 100 checks"))
        for line in _told(name, few[place], many[place])
    ]


def _told(name: str, few: float, many: float) -> list[dict]:
    ratio = many / few
    return [
        {"name": f"growth: {name}, {FEW:,} decisions", "value": few, "unit": "ms", "aim": "", "holds": True},
        {"name": f"growth: {name}, {DECISIONS:,} decisions", "value": many, "unit": "ms", "aim": "", "holds": True},
        {"name": f"growth: {name}, how many times", "value": ratio, "unit": "ratio", "aim": f"at most {AIM}", "holds": ratio <= AIM},
    ]  # fmt: skip


def _make_measure(token: str, bodies: Sequence[str]) -> Callable[[], tuple[float, float]]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"Authorization": f"Token {token}"})
    batch = f'{{"requests": [{", ".join(bodies[:100])}]}}'

    def post(body: str) -> None:
        answered = client.post(CHECKS, body, content_type="application/json")
        assert answered.status_code == 200, answered.content

    def take(some: Sequence[str]) -> float:
        before = process_time() + _of_server(connection.connection.info.backend_pid)
        for body in some:
            post(body)
        return process_time() + _of_server(connection.connection.info.backend_pid) - before

    def measure() -> tuple[float, float]:
        for body in bodies:
            post(body)
        single = [take(bodies[:ASKED]) / ASKED * 1000 for _ in range(TURNS)]
        return median(single), median(take([batch]) * 1000 for _ in range(TURNS))

    return measure


def _of_server(pid: int) -> float:
    """Seconds of processor time that the database's process of our connection has had."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def _fill(owner: psycopg.Connection, many: int) -> None:
    """Copy a recorded decision so many times, with an entry of the log each."""
    from governance.decisions.models import DecisionRecord, Door
    from governance.decisions.services import answer
    from governance.people.models import User
    from governance.ui.questions import read_request
    from ground import calendar, clock
    from tests import factories
    from tests.benchmarks.checks import _question

    manager = User.objects.get(username="manager")
    answer(request=read_request(_question(calendar.today())), by=manager, door=Door.API)
    names = [f"asker-{number}" for number in range(ACCOUNTS)]
    found = dict(User.objects.filter(username__in=names).values_list("username", "pk"))
    actors = [found.get(name) or factories.an_account(name).pk for name in names]
    given = {"rows": many, "now": clock.now(), "actors": [*actors[1:], manager.pk], "accounts": ACCOUNTS}
    owner.execute("SET maintenance_work_mem = '512MB'")
    owner.execute("DROP TABLE IF EXISTS bench_made")
    owner.execute(MADE, given)
    for table, statement in (("ledger_entry", ENTRIES), (TABLE, COPIES)):
        with harness.bare(owner, table):
            owner.execute(statement)
        owner.execute(f"VACUUM ANALYZE {table}")
    assert DecisionRecord.objects.count() > many
