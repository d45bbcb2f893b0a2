"""The faults that the log survives (docs/reference/log-faults.md): that each has its test, and those that have no other place."""

import re
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from audits.ledger import sequencing
from audits.ledger.models import FullTile, LogPlace, Outbox
from tests.audits.ledger.test_sequencer import check_signed, fill

TESTS = Path(__file__).parents[2]
LIST = TESTS.parent / "docs/reference/log-faults.md"
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", LIST.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
def test_what_the_list_names_is_there(file, name):
    """Issue 13, faults: each is a test."""
    assert f"\ndef {name}(" in (TESTS / file).read_text(encoding="utf-8")


def test_every_fault_has_its_test():
    rows = [line for line in LIST.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15 and all("::test_" in row for row in rows)


@pytest.mark.usefixtures("committed_db")
def test_a_full_disk_of_the_database_loses_nothing(monkeypatch):
    """Issue 13, faults: disk full. A batch that could not be written whole is not written, and the process goes on."""
    ends, left = threading.Event(), [2]

    @contextmanager
    def ending():
        yield ends

    def full_twice(tiles, made=FullTile.objects.bulk_create):
        if left[0]:
            left[0] -= 1
            assert LogPlace.objects.count() == 300  # its places stand in the transaction that fails
            raise OperationalError("could not extend file: No space left on device")
        return made(tiles)

    monkeypatch.setattr(sequencing, "ending", ending)
    monkeypatch.setattr(sequencing, "AWAY_SECONDS", 0)
    monkeypatch.setattr(sequencing, "_publish_tiles", ends.set)
    monkeypatch.setattr(FullTile.objects, "bulk_create", full_twice)
    fill(300)
    queued = list(Outbox.objects.order_by("queued_at", "entry").values_list("entry", flat=True))
    sequencing.run(once=False, say=lambda _: None)
    assert left == [0] and [each.entry_id for each in LogPlace.objects.all()] == queued
    assert check_signed().size == 300 and not Outbox.objects.exists()
    connection.close()
