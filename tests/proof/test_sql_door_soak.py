"""Sixty-four dashboards at the SQL door at once: ten minutes in `make proof`, some seconds otherwise."""

import threading
import time
from collections import Counter

import psycopg
import pytest

from governance.decisions.models import DecisionRecord
from ground.rates import parse_rate
from tests.governance.decisions.conftest import governed, house, stopped
from tests.governance.sql_door.conftest import LEAD_TIME, opened
from tests.proof import whole_or_short

__all__ = ["governed", "house", "opened", "stopped"]

pytestmark = [pytest.mark.proof(alone=True), pytest.mark.committed]

CLIENTS = 64
QUERY = f"SELECT value FROM {LEAD_TIME} WHERE cohort = %s ORDER BY period"
VALUES = [(20.0,), (None,), (20.0,)]


def test_nothing_is_wrong_and_every_statement_has_its_entry(opened, settings):
    """Issue 20, Measured: 64 clients, 0 wrong and 0 lost entries; every fourth may see nothing, and is refused each time."""
    settings.API_RATE = settings.COST_RATE = parse_rate("100000000/s", setting="API_RATE")
    ends, seen, lock = time.monotonic() + whole_or_short(600, 10), Counter[str](), threading.Lock()

    def ask(number: int) -> None:
        name = "manager" if number % 4 else "stranger"
        with opened.connect(name) as client:
            while time.monotonic() < ends:
                told = judge(client, name)
                with lock:
                    seen[told] += 1

    threads = [threading.Thread(target=ask, args=[number]) for number in range(CLIENTS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(seen) == {"permit", "deny"}, seen
    entries = {each: DecisionRecord.objects.filter(door="sql", verdict=each).count() for each in seen}
    assert entries == seen


def judge(client: psycopg.Connection, name: str) -> str:
    """Ask once; in which way it was answered, or how it is wrong."""
    try:
        found = client.execute(QUERY, ["team:payments"]).fetchall()
    except psycopg.errors.InsufficientPrivilege as refused:
        return "deny" if name == "stranger" and "AR14" in refused.diag.message_detail else str(refused)
    return "permit" if name == "manager" and found == VALUES else f"{name} was told {found}"
