"""A long log: the sequencer alone, proofs from the database, a copy of it, and its whole audit by charter-verify.

ENTRIES says how many entries it has; they are written past the services by the owner, with leaves and payloads as those write them.
A million takes some four minutes where nothing else runs.
"""

import json
import os
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from uuid import UUID

import psycopg

from tests import databases
from tests.benchmarks import harness
from tests.benchmarks.processor import Spent, spent

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
PROOFS = 500
KIND = "people.password.changed"
TABLES = {
    "ledger_entry (id, at, leaf, leaf_hash, kind, visibility)": ("uuid", "timestamptz", "bytea", "bytea", "text", "text"),
    "ledger_payload (entry_id, actor, body, key)": ("uuid", "text", "bytea", "bytea"),
    "ledger_outbox (entry_id, queued_at, about)": ("uuid", "timestamptz", "text"),
}  # fmt: skip


def run() -> list[dict]:
    """20,000 entries a second placed, proofs under 10 ms at p99, and the audit of a million entries under 15 seconds."""
    with harness.installation() as address:
        _fill(address)
        return [*_measure_sequencer(), *_measure_proofs(), *_measure_audit()]


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": f"log: {name}", "value": value, "unit": unit, "aim": aim, "holds": holds}


def _fill(address: str) -> None:
    """So many entries that wait, with what they say."""
    columns = list(zip(*_make_entries(), strict=True))
    with psycopg.connect(harness.owner_address(address), autocommit=True) as owner:
        for (table, types), rows in zip(TABLES.items(), columns, strict=True):
            _copy(owner, table, types, rows)
        owner.execute("VACUUM ANALYZE")


def _make_entries() -> Iterator[tuple[tuple, tuple, tuple]]:
    """A row of each table for each entry, as `services.append` writes them."""
    from audits.ledger.leaf import encode_leaf
    from audits.ledger.packing import pack
    from audits.ledger.tree import leaf_hash
    from ground import clock

    begun = clock.now() - timedelta(seconds=ENTRIES // 100)
    for number in range(ENTRIES):
        name = UUID(bytes=secrets.token_bytes(16), version=4)
        key, at = secrets.token_bytes(32), begun + timedelta(milliseconds=10 * number)
        body = b'{"by":"user:1","user":"%s"}' % str(name).encode()
        leaf = encode_leaf(entry=name, kind=KIND, at=at, body=body, key=key)
        entry = (name, at, pack(leaf), leaf_hash(leaf), KIND, "open")
        yield entry, (name, "user:1", body, key), (name, at, "")


def _copy(owner: psycopg.Connection, table: str, types: tuple[str, ...], rows: tuple[tuple, ...]) -> None:
    """Rows at once, past the table's triggers and foreign keys, as they are what those would let pass."""
    with (
        harness.bare(owner, table.split()[0]),
        owner.cursor() as cursor,
        cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _tell(spent: Spent) -> list[dict]:
    """Processor time beside what the clock said, for whoever reads a busy machine's numbers."""
    return [
        _line("… processor time of its process", spent.ours, "s"),
        _line("… processor time of PostgreSQL", spent.theirs, "s"),
    ]


def _measure_sequencer() -> list[dict]:
    from audits.ledger import sequencer

    done, begun = 0, spent()
    while placed := sequencer.place_batch():
        done += placed
        sequencer.sign_state()
    took = spent().since(begun)
    rate = done / took.clock
    return [
        _line(f"sequencer alone, {done:,} entries", rate, "1/s", "at least 20,000", rate >= 20_000),
        *_tell(took),
        _line("… entries a second of processor time", done / took.processor, "1/s"),
    ]


def _measure_proofs() -> list[dict]:
    from audits.ledger import store
    from audits.ledger.models import LogPlace

    places = range(0, ENTRIES, ENTRIES // PROOFS)
    entries = list(LogPlace.objects.filter(number__in=places).values_list("entry", flat=True))
    taken, before = [], spent()
    for entry in entries:
        begun = time.perf_counter()
        assert store.find_inclusion(entry)
        taken.append((time.perf_counter() - begun) * 1000)
    late, worked = quantiles(taken, n=100)[98], spent().since(before)
    return [
        _line(f"proof at {ENTRIES:,} entries, p99", late, "ms", "under 10", late < 10),
        _line("… processor time of its process, mean", worked.ours / len(taken) * 1000, "ms"),
        _line("… processor time of PostgreSQL, mean", worked.theirs / len(taken) * 1000, "ms"),
    ]


def _measure_audit() -> list[dict]:
    from audits.ledger.exporting import export_log
    from audits.ledger.keys import list_verifiers
    from audits.ledger.models import SignedCheckpoint

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "copy"
        begun = spent()
        export_log(folder, payloads=True, say=lambda _: None, by="installation")
        copied = spent().since(begun)
        command = [
            sys.executable,
            "verifier/charter_verify.py",
            str(folder),
            "--key",
            list_verifiers()[-1].format(),
            "--json",
        ]
        begun, busy = spent(), _children()
        told = subprocess.run(command, cwd=databases.PROJECT, capture_output=True, check=True)
        audited, auditing = spent().since(begun).clock, _children() - busy
    assert json.loads(told.stdout)["payloads"] == ENTRIES
    states = SignedCheckpoint.objects.count()
    return [
        _line(f"export of {ENTRIES:,} entries with what they say", copied.clock, "s"),
        *_tell(copied),
        _line(
            f"audit of them and {states:,} checkpoints by charter-verify",
            audited,
            "s",
            "under 15",
            audited < 15,
        ),
        _line("… processor time of all its processes", auditing, "s"),
    ]


def _children() -> float:
    """Processor seconds of the processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
