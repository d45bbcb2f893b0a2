"""A copy of the log as it is handed on, and that those who verify it find it whole."""

import json

import pytest
from charter_verify import parse_key, verify
from django.core.management import CommandError, call_command
from django.db import transaction

from audits.ledger import sequencer, services
from audits.ledger.keys import list_verifiers
from tests.audits.ledger.test_append import OPEN
from tests.factories import as_owner
from tests.layers import founded

__all__ = ["founded"]

pytestmark = pytest.mark.usefixtures("committed_db")


def look(folder):
    return verify(folder, trusted=[parse_key(each.format()) for each in list_verifiers()])


def test_a_copy_of_what_tests_stand_on_holds(founded, tmp_path):
    """What tests write past the services is logged with true leaves, so that a test may verify whatever it stands on."""
    sequencer.sequence()
    call_command("ledger", "export", str(tmp_path / "copy"), "--with-payloads", verbosity=0)
    report = look(tmp_path / "copy")
    assert report.faults == [] and report.payloads == report.entries > 20


def test_a_copy_holds_with_and_without_what_entries_say(tmp_path):
    """Issue 13, 5: what `ledger export` writes is what `charter-verify` reads; a touched database is found out."""
    for _ in range(2):
        with transaction.atomic():
            for _ in range(3):
                services.append(OPEN, by="user:1")
        sequencer.sequence()
    whole, bare, touched = (tmp_path / name for name in ("whole", "bare", "touched"))
    call_command("ledger", "export", str(whole), "--with-payloads", verbosity=0)
    report = look(whole)
    assert report.faults == [] and (report.entries, report.payloads, report.checkpoints) == (6, 6, 2)
    call_command("ledger", "export", str(bare), verbosity=0)
    assert look(bare).holds and "user:1" not in (bare / "entries.ndjson").read_text()
    with pytest.raises(CommandError, match="not empty"):
        call_command("ledger", "export", str(whole), verbosity=0)
    lines = [json.loads(line) for line in (whole / "entries.ndjson").read_text().splitlines()]
    name = json.loads(lines[4]["leaf"])["id"]
    as_owner(f"UPDATE ledger_payload SET body = '{{}}' WHERE entry_id = '{name}'")
    call_command("ledger", "export", str(touched), "--with-payloads", verbosity=0)
    assert look(touched).faults == ["Entry 4 says something else than what was logged."]
