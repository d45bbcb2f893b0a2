"""Writers of the log, with the queue and the sequencer beside them, against plain inserts of the same rows and a chain under a lock.

Writers are processes of their own, each transaction of theirs on the disk; SECONDS says for how long each is measured.
"""

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from statistics import quantiles
from uuid import uuid4

import psycopg

from tests import databases
from tests.benchmarks import harness

SECONDS = float(os.environ.get("SECONDS", "8"))
WRITERS, PROCESSES = (1, 8, 32), 4
PLAIN, LOG, CHAIN = "plain inserts", "log", "hash chain"
# What the owner makes for the two that the log is held against.
TABLES = """
CREATE TABLE bench_chain (one int PRIMARY KEY DEFAULT 1, hash bytea NOT NULL);
INSERT INTO bench_chain VALUES (1, '');
GRANT SELECT, UPDATE ON bench_chain TO mc_runtime
"""
WITHOUT_QUEUE = """
WITH entry AS (
    INSERT INTO ledger_entry (id, kind, at, leaf, leaf_hash, visibility)
    VALUES (%(id)s, %(kind)s, %(at)s, %(leaf)s, %(leaf_hash)s, %(visibility)s)
)
INSERT INTO ledger_payload (entry_id, actor, body, key) VALUES (%(id)s, %(actor)s, %(body)s, %(key)s)
"""
LINK = "UPDATE bench_chain SET hash = sha256(hash || %(leaf_hash)s)"


def run() -> list[dict]:
    """Entries a second at 1, 8 and 32 writers (aim: 75 % of plain inserts at 32), and what the slowest hundredth waits longer."""
    with harness.installation() as address:
        with psycopg.connect(harness.owner_address(address), autocommit=True) as owner:
            owner.execute(TABLES)
        return _measure_writers()


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": f"log: {name}", "value": value, "unit": unit, "aim": aim, "holds": holds}


def _measure_writers() -> list[dict]:
    lines = []
    for count in WRITERS:
        taken = {kind: _write_at_once(kind, count) for kind in (PLAIN, LOG, CHAIN)}
        rate = {kind: len(times) / SECONDS for kind, times in taken.items()}
        late = {kind: quantiles(times, n=100)[98] for kind, times in taken.items()}
        share = rate[LOG] / rate[PLAIN]
        aim = "at least 0.75" if count == WRITERS[-1] else ""
        lines += [_line(f"{count} writers, {kind}", rate[kind], "1/s") for kind in taken]
        lines += [
            _line(
                f"{count} writers, log against plain inserts", share, "ratio", aim, not aim or share >= 0.75
            ),
            _line(f"{count} writers, p99 added to a plain insert", late[LOG] - late[PLAIN], "ms"),
        ]
    return lines


def _write_at_once(kind: str, count: int) -> list[float]:
    """Milliseconds of each transaction of so many writers, the sequencer beside them where the log is measured."""
    processes = min(count, PROCESSES)
    code = f"from tests.benchmarks.log_writers import write; write({kind!r}, {count // processes})"
    command = [sys.executable, "-c", code]
    with _sequencer() if kind == LOG else nullcontext():
        running = [
            subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=databases.PROJECT
            )
            for _ in range(processes)
        ]
        for process in running:
            process.stdout.readline()  # all are ready before the first begins
        for process in running:
            process.stdin.write("go\n")
            process.stdin.flush()
        return [each for process in running for each in json.loads(process.communicate()[0])]


@contextmanager
def _sequencer() -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "ledger", "sequence"], cwd=databases.PROJECT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def write(kind: str, threads: int) -> None:
    """Write in so many threads, once told to, for as long as is measured; prints how long each transaction took."""
    import django

    django.setup()
    act = _act_of(kind)
    taken: list[list[float]] = [[] for _ in range(threads)]
    ready = threading.Barrier(threads + 1)
    writers = [threading.Thread(target=_write_on, args=(act, ready, each)) for each in taken]
    for each in writers:
        each.start()
    ready.wait()
    print("ready", flush=True)
    sys.stdin.readline()
    ready.wait()
    for each in writers:
        each.join()
    print(json.dumps([time for each in taken for time in each]))


def _act_of(kind: str) -> Callable[[], object]:
    from audits.ledger import services
    from governance.people.events import PasswordChanged
    from ground import statements

    event = PasswordChanged(user=uuid4())
    if kind != LOG:
        services._APPEND = WITHOUT_QUEUE

    def act() -> None:
        if kind == CHAIN:  # the row is locked from here to the commit, as every chain over all rows has it
            statements.run(LINK, {"leaf_hash": secrets.token_bytes(32)})
        services.append(event, by="user:1")

    return act


def _write_on(act: Callable[[], object], ready: threading.Barrier, taken: list[float]) -> None:
    from django.db import connection, transaction

    connection.ensure_connection()
    ready.wait()
    ready.wait()
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        begun = time.perf_counter()
        with transaction.atomic():
            act()
        taken.append((time.perf_counter() - begun) * 1000)
    connection.close()
