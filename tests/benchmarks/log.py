"""The log: writers against plain inserts, the sequencer alone, proofs and a whole audit of a long one.

ENTRIES says how many the long one has; they are written past the services by the owner, with leaves and payloads as those write
them. Writers are processes of their own, each transaction of theirs on the disk.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import psycopg

from tests import databases
from tests.benchmarks import harness

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
SECONDS, PROOFS, WRITERS, PROCESSES = 8.0, 500, (1, 8, 32), 4
SIGNED_EVERY = 1000  # entries: how many checkpoints an audit finds
KIND = "people.password.changed"
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
    """Entries a second (aim: 75 % of plain inserts at 32 writers), 20,000 a second placed, proofs and the audit in their time."""
    with harness.installation() as address:
        with psycopg.connect(harness.owner_address(address), autocommit=True) as owner:
            owner.execute(TABLES)
        lines = _measure_writers()
    with harness.installation() as address:
        _fill(address)
        lines += _measure_sequencer()
        lines += _measure_proofs()
        lines += _measure_audit()
    return lines


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": f"log: {name}", "value": value, "unit": unit, "aim": aim, "holds": holds}


# Writers


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
    code = f"from tests.benchmarks.log import write; write({kind!r}, {count // processes})"
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


# A long log


def _fill(address: str) -> None:
    """So many entries that wait, with what they say."""
    from audits.ledger.leaf import encode_leaf
    from audits.ledger.tree import leaf_hash
    from ground import clock

    begun = clock.now() - timedelta(seconds=ENTRIES // 100)
    rows = []
    for number in range(ENTRIES):
        name, key, at = uuid4(), secrets.token_bytes(32), begun + timedelta(milliseconds=10 * number)
        body = b'{"by":"user:1","user":"%s"}' % str(name).encode()
        leaf = encode_leaf(entry=name, kind=KIND, at=at, body=body, key=key)
        rows.append((name, at, leaf, leaf_hash(leaf), body, key))
    with psycopg.connect(harness.owner_address(address), autocommit=True) as owner:
        for table, values in (
            (
                "ledger_entry (id, at, leaf, leaf_hash, kind, visibility)",
                lambda row: (*row[:4], KIND, "open"),
            ),
            ("ledger_payload (entry_id, actor, body, key)", lambda row: (row[0], "user:1", *row[4:])),
            ("ledger_outbox (entry_id, queued_at, about)", lambda row: (*row[:2], "")),
        ):
            with owner.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(values(row))
        owner.execute("VACUUM ANALYZE")


def _measure_sequencer() -> list[dict]:
    from audits.ledger import sequencer

    done, begun = 0, time.perf_counter()
    while placed := sequencer.place_batch():
        done += placed
        if done % SIGNED_EVERY < placed:
            sequencer.sign_state()
    sequencer.sign_state()
    rate = done / (time.perf_counter() - begun)
    return [_line(f"sequencer alone, {done:,} entries", rate, "1/s", "at least 20,000", rate >= 20_000)]


def _measure_proofs() -> list[dict]:
    from audits.ledger import store
    from audits.ledger.models import LogPlace

    places = range(0, ENTRIES, ENTRIES // PROOFS)
    entries = list(LogPlace.objects.filter(number__in=places).values_list("entry", flat=True))
    taken = []
    for entry in entries:
        begun = time.perf_counter()
        assert store.find_inclusion(entry)
        taken.append((time.perf_counter() - begun) * 1000)
    late = quantiles(taken, n=100)[98]
    return [_line(f"proof at {ENTRIES:,} entries, p99", late, "ms", "under 10", late < 10)]


def _measure_audit() -> list[dict]:
    from audits.ledger.exporting import export_log
    from audits.ledger.keys import list_verifiers
    from audits.ledger.models import SignedCheckpoint

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "copy"
        begun = time.perf_counter()
        export_log(folder, payloads=True, say=lambda _: None, by="installation")
        copied = time.perf_counter() - begun
        command = [
            sys.executable,
            "verifier/charter_verify.py",
            str(folder),
            "--key",
            list_verifiers()[-1].format(),
            "--json",
        ]
        begun = time.perf_counter()
        told = subprocess.run(command, cwd=databases.PROJECT, capture_output=True, check=True)
        audited = time.perf_counter() - begun
    assert json.loads(told.stdout)["payloads"] == ENTRIES
    states = SignedCheckpoint.objects.count()
    return [
        _line(f"export of {ENTRIES:,} entries with what they say", copied, "s"),
        _line(
            f"audit of them and {states:,} checkpoints by charter-verify",
            audited,
            "s",
            "under 15",
            audited < 15,
        ),
    ]
