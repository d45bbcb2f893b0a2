"""The SQL door against PostgreSQL itself: the same statements, as the same role, in turns."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import psycopg

from ground.embedded import cluster
from tests.benchmarks import harness
from tests.benchmarks.checks import _line, _prepare

VIEW = "governed.lead_time_for_changes__team"
ONE_GROUP = f"SELECT * FROM {VIEW} WHERE cohort = 'team:payments'"
MANY = f"SELECT v.*, g FROM {VIEW} v CROSS JOIN generate_series(1, 10000) g WHERE v.cohort = 'team:payments'"
ROWS = "SELECT g, repeat('x', 80) FROM generate_series(1, 10000) g"
CLIENTS, SECONDS = 64, float(os.environ.get("SQL_DOOR_SECONDS", "15"))


def run() -> list[dict]:
    """Half-way times of `select 1`, of 10,000 rows and of one group's rows; and 64 clients for a while, with none wrong."""
    with harness.installation() as address:
        token, _ = _prepare()
        name = address.split("?")[0].rsplit("/", 1)[1]
        direct_url = cluster.address(harness.FOLDER, cluster.READER, name)
        with _door(direct_url) as port:
            says = {
                "host": "127.0.0.1",
                "port": port,
                "user": "manager",
                "password": token,
                "dbname": "retrospective",
            }
            with (
                psycopg.connect(direct_url, autocommit=True) as direct,
                psycopg.connect(**says, sslmode="disable", autocommit=True) as door,
            ):
                _release(door, direct)
                one, rows, many, group = (
                    _in_turns(direct, door, statement, times)
                    for statement, times in (("SELECT 1", 1000), (ROWS, 40), (MANY, 40), (ONE_GROUP, 100))
                )
            asked, wrong, seconds = _all_at_once(says)
        lost = asked + 40 + 100 + 1 - _count_entries()
    return [
        *_told("select 1", one, aim=2.0),
        *_told("10,000 rows that no decision is needed for", rows, aim=1.2),
        *_told("10,000 rows of a governed view, with its decision", many, aim=1.2),
        *_told("one group's rows, with its decision", group),
        _line(f"{CLIENTS} clients: statements with their decisions", asked / seconds, "1/s"),
        _line(f"{CLIENTS} clients: wrong answers", wrong, "", "none", not wrong),
        _line(f"{CLIENTS} clients: entries that are not there", lost, "", "none", not lost),
    ]


def _told(name: str, found: tuple[float, float], *, aim: float = 0) -> Iterator[dict]:
    direct, door = found
    yield _line(f"{name}: p50 direct", direct * 1000, "ms")
    yield _line(f"{name}: p50 by the door", door * 1000, "ms")
    if aim:
        yield _line(
            f"{name}, against a direct connection",
            door / direct,
            "ratio",
            f"at most {aim}",
            door / direct <= aim,
        )


@contextmanager
def _door(url: str) -> Iterator[int]:
    environment = {**os.environ, "GOVERNED_DATABASE_URL": url}
    command = [sys.executable, "manage.py", "sql_door", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as started:
        try:
            yield int(started.stdout.readline().rpartition(":")[2].rstrip(".\n"))
        finally:
            started.terminate()


def _release(door: psycopg.Connection, direct: psycopg.Connection) -> None:
    """Let the direct connection's view hold the same rows, as the door sets them."""
    (rows,) = door.execute(f"SELECT json_agg(v) FROM {VIEW} v WHERE cohort = 'team:payments'").fetchone()

    direct.execute("SELECT set_config(%s, %s, false)", [VIEW, json.dumps(rows)])


def _in_turns(
    direct: psycopg.Connection, door: psycopg.Connection, statement: str, times: int
) -> tuple[float, float]:
    """Seconds of half of the times, direct and by the door."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for place, each in enumerate((direct, door)):
            found[place].append(_time(each, statement))
    return median(found[0]), median(found[1])


def _time(client: psycopg.Connection, statement: str) -> float:
    begun = time.perf_counter()
    client.execute(statement).fetchall()
    return time.perf_counter() - begun


def _all_at_once(says: dict[str, object]) -> tuple[int, int, float]:
    """How many statements were answered, how many of them wrongly, and in how many seconds."""
    counted, ends = [0, 0], time.monotonic() + SECONDS
    lock = threading.Lock()

    def ask() -> None:
        with psycopg.connect(**says, sslmode="disable", autocommit=True) as client:
            while time.monotonic() < ends:
                rows = client.execute("SELECT cohort FROM " + ONE_GROUP.partition(" FROM ")[2]).fetchall()
                with lock:
                    counted[0] += 1
                    counted[1] += rows != [("team:payments",)]

    begun = time.monotonic()
    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return counted[0], counted[1], time.monotonic() - begun


def _count_entries() -> int:
    from governance.decisions.models import DecisionRecord

    return DecisionRecord.objects.filter(door="sql", verdict="permit").count()
