"""The SQL door against PostgreSQL itself, by the same transport: the same statements, as the same role, in turns.

By sockets beside two relays that look at nothing, the floors of whatever stands between the two; by TCP; and behind TLS where PostgreSQL
knows it, which the embedded one does not: `POSTGRES_BIN=/usr/lib/postgresql/15/bin make bench ARGS=sql_door`.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import psycopg
from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict

from ground import embedded
from ground.embedded import cluster
from ground.embedded.binaries import server_user
from tests import databases, web_server
from tests.benchmarks import harness, relays
from tests.benchmarks.checks import _line, _prepare

VIEW = "governed.lead_time_for_changes__team"
ONE_GROUP = f"SELECT * FROM {VIEW} WHERE cohort = 'team:payments'"
MANY = f"SELECT v.*, g FROM {VIEW} v CROSS JOIN generate_series(1, 10000) g WHERE v.cohort = 'team:payments'"
ROWS = "SELECT g, repeat('x', 80) FROM generate_series(1, 10000) g"
ASKED = (
    ("select 1", "SELECT 1", 1_000, 2.0),
    ("10,000 rows that no decision is needed for", ROWS, 40, 1.2),
    ("10,000 rows of a governed view, with its decision", MANY, 40, 1.2),
    ("one group's rows, with its decision", ONE_GROUP, 100, 0.0),
)
ENTRY = "CREATE TABLE bare_entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body jsonb NOT NULL)"
CLIENTS, SECONDS = 64, float(os.environ.get("SQL_DOOR_SECONDS", "15"))
# A folder is of one version of PostgreSQL.
FOLDER = databases.PROJECT / "var" / f"bench-sql-door{'-other' if os.environ.get('POSTGRES_BIN') else ''}"
Client = psycopg.Connection[tuple[Any, ...]]


class Spent(Struct):
    """Seconds of a statement by one connection, half of the times less; and of the door's processor."""

    waited: float
    worked: float = 0.0


def run() -> list[dict]:
    """Half-way times of each statement, by each transport; and 64 clients for a while, with none wrong."""
    with _listening(), harness.installation(FOLDER) as address, ExitStack() as until:
        token, _ = _prepare()
        name = address.split("?")[0].rsplit("/", 1)[1]
        governed = cluster.address(FOLDER, cluster.READER, name)
        direct = {**conninfo_to_dict(governed), "autocommit": True}
        by_tcp = {**direct, "host": "127.0.0.1", "sslmode": "disable"}
        says = {"user": "manager", "password": token, "dbname": "retrospective", "autocommit": True}
        lines = [_line("a row that is inserted and committed", _time_entries(address), "ms")]
        for transport, there, options in (
            ("sockets", direct, ["--host", until.enter_context(_a_folder())]),
            ("TCP", by_tcp, []),
            ("TLS", {**by_tcp, "sslmode": "require"}, ["--certificate", str(FOLDER / "data/server.crt"), "--key", str(FOLDER / "data/server.key")]),
        ):  # fmt: skip
            if transport == "TLS" and not _has_tls(by_tcp):
                continue
            with _door(governed, options) as (door, process):
                here = {**says, **door, "sslmode": there.get("sslmode", "disable")}
                lines += _measure(transport, there, here, process)
                if transport == "TCP":
                    lines += _tell_load(here)
    return lines


def _measure(
    transport: str, there: Mapping[str, Any], here: Mapping[str, Any], process: int
) -> Iterator[dict]:
    with ExitStack() as until:
        clients = {"direct": until.enter_context(psycopg.connect(**there))}
        if transport == "sockets":
            for name, relay in (("a relay in C", relays.in_c), ("a relay in Python", relays.in_python)):
                if folder := until.enter_context(relay(FOLDER / "run" / f".s.PGSQL.{cluster.PORT}")):
                    clients[name] = until.enter_context(psycopg.connect(**{**there, "host": folder}))
        clients["the door"] = until.enter_context(psycopg.connect(**here))
        _release(clients)
        for name, statement, times, aim in ASKED:
            yield from _tell(f"{transport}, {name}", _in_turns(clients, statement, times, process), aim)


def _tell(name: str, found: Mapping[str, Spent], aim: float) -> Iterator[dict]:
    for by, spent in found.items():
        yield _line(
            f"{name}: p50 by {by}" if by != "direct" else f"{name}: p50 direct", spent.waited * 1000, "ms"
        )
    yield _line(f"{name}: processor time of the door", found["the door"].worked * 1000, "ms")
    for by in found.keys() - {"direct", "the door"}:
        yield _line(f"{name}: {by}, against direct", found[by].waited / found["direct"].waited, "ratio")
    ratio = found["the door"].waited / found["direct"].waited
    yield _line(
        f"{name}: the door, against direct", ratio, "ratio", f"at most {aim}" if aim else "", ratio <= aim
    )


def _tell_load(says: Mapping[str, Any]) -> Iterator[dict]:
    before = _count_entries()
    asked, wrong, seconds = _all_at_once(says)
    lost = before + asked - _count_entries()
    yield _line(f"{CLIENTS} clients: statements with their decisions", asked / seconds, "1/s")
    yield _line(f"{CLIENTS} clients: wrong answers", wrong, "", "none", not wrong)
    yield _line(f"{CLIENTS} clients: entries that are not there", lost, "", "none", not lost)


# PostgreSQL, listening on this machine's own address and behind TLS


@contextmanager
def _listening() -> Iterator[None]:
    """Have the embedded server listen on TCP, at a free port, with a certificate beside its data."""
    port = web_server.free_port()
    told = {"listen_addresses": "127.0.0.1", "port": str(port)}
    with (
        mock.patch.dict(embedded.SETTINGS, told),
        mock.patch.object(embedded, "PORT", port),
        mock.patch.object(cluster, "PORT", port),
    ):
        server = embedded.start(FOLDER)
        try:
            _let_in()
            yield
        finally:
            embedded.stop(server)


def _let_in() -> None:
    rules = FOLDER / "data" / "pg_hba.conf"
    line = "host all all 127.0.0.1/32 scram-sha-256\n"
    if not rules.read_text().startswith(line):
        rules.write_text(line + rules.read_text())
    _make_certificate(FOLDER / "data")
    with psycopg.connect(cluster.address(FOLDER, cluster.SUPERUSER), autocommit=True) as superuser:
        with suppress(psycopg.errors.InvalidParameterValue):  # it was built without
            superuser.execute("ALTER SYSTEM SET ssl = on")
        superuser.execute("SELECT pg_reload_conf()")


def _make_certificate(folder: Path) -> None:
    files = [folder / "server.key", folder / "server.crt"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", files[0], "-out", files[1]], check=True, capture_output=True)
    for file in files:
        file.chmod(0o600)
        if user := server_user():
            shutil.chown(file, user)


def _has_tls(says: Mapping[str, Any]) -> bool:
    try:
        psycopg.connect(**{**says, "sslmode": "require"}).close()
    except psycopg.OperationalError:
        return False
    return True


def _time_entries(address: str) -> float:
    """Milliseconds of a bare insert with its commit: the least that an entry costs on this disk."""
    name = address.split("?")[0].rsplit("/", 1)[1]
    with psycopg.connect(cluster.address(FOLDER, cluster.OWNER, name), autocommit=True) as owner:
        owner.execute(ENTRY)
        found = [_time(owner, "INSERT INTO bare_entry (body) VALUES ('{}') RETURNING id") for _ in range(200)]
    return median(found) * 1000


# The door


@contextmanager
def _a_folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mc-") as folder:
        yield folder


@contextmanager
def _door(url: str, options: list[str]) -> Iterator[tuple[dict[str, Any], int]]:
    """Where a door listens, and its process."""
    environment = {**os.environ, "GOVERNED_DATABASE_URL": url}
    host = options[1] if options[:1] == ["--host"] else "127.0.0.1"
    port = web_server.free_port()
    command = [sys.executable, "manage.py", "sql_door", "--port", str(port), *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as started:
        try:
            started.stdout.readline()
            yield {"host": host, "port": port}, started.pid
        finally:
            started.terminate()


def _release(clients: Mapping[str, Client]) -> None:
    """Let the views of the others hold the same rows, as the door sets them."""
    (rows,) = (
        clients["the door"]
        .execute(f"SELECT json_agg(v) FROM {VIEW} v WHERE cohort = 'team:payments'")
        .fetchone()
    )
    for name, client in clients.items():
        if name != "the door":
            client.execute("SELECT set_config(%s, %s, false)", [VIEW, json.dumps(rows)])


def _in_turns(clients: Mapping[str, Client], statement: str, times: int, process: int) -> dict[str, Spent]:
    found: dict[str, list[float]] = {name: [] for name in clients}
    worked = _read_processor_time(process)
    for _ in range(times):
        for name, client in clients.items():
            found[name].append(_time(client, statement))
    spent = {name: Spent(median(each)) for name, each in found.items()}
    spent["the door"].worked = (_read_processor_time(process) - worked) / times
    return spent


def _read_processor_time(process: int) -> float:
    """Seconds that all threads of a process have run, as Linux counts them."""
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in tasks) / 1e9


def _time(client: Client, statement: str) -> float:
    begun = time.perf_counter()
    client.execute(statement).fetchall()
    return time.perf_counter() - begun


def _all_at_once(says: Mapping[str, Any]) -> tuple[int, int, float]:
    """How many statements were answered, how many of them wrongly, and in how many seconds."""
    counted, ends = [0, 0], time.monotonic() + SECONDS
    lock = threading.Lock()

    def ask() -> None:
        with psycopg.connect(**says) as client:
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
