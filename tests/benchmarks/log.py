"""A long log: the sequencer alone, proofs from the database, a copy of it, and its whole audit by charter-verify.

ENTRIES says how many entries it has; they are written past the services by the owner, with leaves and payloads as those write them.
"""

import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from uuid import uuid4

import psycopg

from tests import databases
from tests.benchmarks import harness

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
PROOFS = 500
SIGNED_EVERY = 1000  # entries: how many checkpoints an audit finds
KIND = "people.password.changed"


def run() -> list[dict]:
    """20,000 entries a second placed, proofs under 10 ms at p99, and the audit of a million entries under 15 seconds."""
    with harness.installation() as address:
        _fill(address)
        return [*_measure_sequencer(), *_measure_proofs(), *_measure_audit()]


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": f"log: {name}", "value": value, "unit": unit, "aim": aim, "holds": holds}


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

    done, begun, busy = 0, time.perf_counter(), time.process_time()
    while placed := sequencer.place_batch():
        done += placed
        if done % SIGNED_EVERY < placed:
            sequencer.sign_state()
    sequencer.sign_state()
    rate = done / (time.perf_counter() - begun)
    return [
        _line(f"sequencer alone, {done:,} entries", rate, "1/s", "at least 20,000", rate >= 20_000),
        _line("the same, processor time of its process", time.process_time() - busy, "s"),
    ]


def _measure_proofs() -> list[dict]:
    from audits.ledger import store
    from audits.ledger.models import LogPlace

    places = range(0, ENTRIES, ENTRIES // PROOFS)
    entries = list(LogPlace.objects.filter(number__in=places).values_list("entry", flat=True))
    taken, worked = [], []
    for entry in entries:
        begun, busy = time.perf_counter(), time.process_time()
        assert store.find_inclusion(entry)
        taken.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    late = quantiles(taken, n=100)[98]
    return [
        _line(f"proof at {ENTRIES:,} entries, p99", late, "ms", "under 10", late < 10),
        _line("the same, processor time of this process", quantiles(worked, n=100)[98], "ms"),
    ]


def _measure_audit() -> list[dict]:
    from audits.ledger.exporting import export_log
    from audits.ledger.keys import list_verifiers
    from audits.ledger.models import SignedCheckpoint

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "copy"
        begun, busy = time.perf_counter(), time.process_time()
        export_log(folder, payloads=True, say=lambda _: None, by="installation")
        copied, copying = time.perf_counter() - begun, time.process_time() - busy
        command = [
            sys.executable,
            "verifier/charter_verify.py",
            str(folder),
            "--key",
            list_verifiers()[-1].format(),
            "--json",
        ]
        begun, busy = time.perf_counter(), _children()
        told = subprocess.run(command, cwd=databases.PROJECT, capture_output=True, check=True)
        audited, auditing = time.perf_counter() - begun, _children() - busy
    assert json.loads(told.stdout)["payloads"] == ENTRIES
    states = SignedCheckpoint.objects.count()
    return [
        _line(f"export of {ENTRIES:,} entries with what they say", copied, "s"),
        _line("the same, processor time of this process", copying, "s"),
        _line(
            f"audit of them and {states:,} checkpoints by charter-verify",
            audited,
            "s",
            "under 15",
            audited < 15,
        ),
        _line("the same, processor time of all its processes", auditing, "s"),
    ]


def _children() -> float:
    """Processor seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
