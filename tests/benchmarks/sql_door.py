"""The SQL door against PostgreSQL itself, and against a relay that looks at nothing: the same statements, as the same role, in turns.

The relay is the floor of whatever stands between the two: it wakes as many processes as the door does, and does nothing else.
"""

import json
import os
import subprocess
import sys
import tempfile
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
_BLIND = """
import socket, sys, threading
here = socket.socket(socket.AF_UNIX)
here.bind(sys.argv[1])
here.listen()
print("open", flush=True)
def pump(one, other):
    while data := one.recv(262144):
        other.sendall(data)
while True:
    client, _ = here.accept()
    there = socket.socket(socket.AF_UNIX)
    there.connect(sys.argv[2])
    for pair in ((client, there), (there, client)):
        threading.Thread(target=pump, args=pair, daemon=True).start()
"""
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
                _blind_relay() as folder,
                psycopg.connect(direct_url, host=folder, autocommit=True) as blind,
                psycopg.connect(**says, sslmode="disable", autocommit=True) as door,
            ):
                _release(door, direct)
                _release(door, blind)
                one, rows, many, group = (
                    _in_turns((direct, blind, door), statement, times)
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


def _told(name: str, found: tuple[float, float, float], *, aim: float = 0) -> Iterator[dict]:
    direct, blind, door = found
    yield _line(f"{name}: p50 direct", direct * 1000, "ms")
    yield _line(f"{name}: p50 by a relay that looks at nothing", blind * 1000, "ms")
    yield _line(f"{name}: p50 by the door", door * 1000, "ms")
    if aim:
        yield _line(
            f"{name}, against a direct connection",
            door / direct,
            "ratio",
            f"at most {aim}",
            door / direct <= aim,
        )
        yield _line(f"{name}, against that relay", door / blind, "ratio")


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


def _in_turns(clients: tuple[psycopg.Connection, ...], statement: str, times: int) -> tuple[float, ...]:
    """Seconds of half of the times, by each of the connections."""
    found: list[list[float]] = [[] for _ in clients]
    for _ in range(times):
        for place, each in enumerate(clients):
            found[place].append(_time(each, statement))
    return tuple(map(median, found))


@contextmanager
def _blind_relay() -> Iterator[str]:
    """A relay to PostgreSQL in a process of its own, two threads a connection; gives the folder of its socket."""
    with tempfile.TemporaryDirectory(prefix="mc-") as folder:
        name = f".s.PGSQL.{cluster.PORT}"
        command = [sys.executable, "-c", _BLIND, f"{folder}/{name}", str(harness.FOLDER / "run" / name)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
            try:
                started.stdout.readline()
                yield folder
            finally:
                started.kill()


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
