"""A database that somebody with the owner's rights has touched: the copy of it fails in each way, the untouched one passes."""

import json
from collections.abc import Callable
from pathlib import Path

import charter_verify
import pytest
from django.conf import settings as installed
from django.core.management import call_command
from django.db import transaction

from audits.ledger import keyfiles, keys, notes, sequencer, services, signing, tree
from audits.ledger.models import Entry, LogPlace, SignedCheckpoint
from audits.ledger.packing import pack
from tests.audits.ledger.test_append import OPEN, append
from tests.factories import as_owner

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.proof(alone=True)]

SHIFT = (
    "UPDATE ledger_logplace SET number = number + 1000000 + {1} WHERE number >= {0}",
    "UPDATE ledger_logplace SET number = number - 1000000 WHERE number >= 1000000",
)


@pytest.fixture
def signed(settings, tmp_path) -> Path:
    """Nine entries under three checkpoints, signed by a key of this test's own."""
    settings.LEDGER_SIGNING_KEY_FILE = tmp_path / "ledger.pem"
    keyfiles.place(tmp_path / "ledger.pem", signing.make_key())
    for _ in range(3):
        with transaction.atomic():
            for _ in range(3):
                services.append(OPEN, by="user:1")
        sequencer.sequence()
    return tmp_path


def look(folder: Path, *receipts: Path, **more) -> charter_verify.Report:
    copy = folder / "copy"
    call_command("ledger", "export", str(copy), "--with-payloads", verbosity=0)
    trusted = [charter_verify.parse_key(each.format()) for each in keys.list_verifiers()]
    return charter_verify.verify(copy, receipts, trusted=trusted, **more)


def run(*statements: str) -> None:
    """As the owner, past every trigger."""
    tables = ("entry", "payload", "outbox", "logplace", "signedcheckpoint")
    for table in tables:
        as_owner(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
    for statement in statements:
        as_owner(statement)


def entry_at(number: int) -> str:
    return str(LogPlace.objects.get(number=number).entry_id)


def edits() -> None:
    """Packed anew, and with the hash that fits."""
    name = entry_at(4)
    leaf = bytes(Entry.objects.get(pk=name).leaf).replace(b'"v":1', b'"v":2')
    says = pack(leaf).hex(), tree.leaf_hash(leaf).hex()
    run("UPDATE ledger_entry SET leaf = '\\x{}', leaf_hash = '\\x{}' WHERE id = '{}'".format(*says, name))


def edits_what_it_says() -> None:
    run(f"UPDATE ledger_payload SET body = '{{}}' WHERE entry_id = '{entry_at(4)}'")


def deletes() -> None:
    name = entry_at(4)
    run(
        f"DELETE FROM ledger_logplace WHERE entry_id = '{name}'",
        f"DELETE FROM ledger_payload WHERE entry_id = '{name}'",
        f"DELETE FROM ledger_entry WHERE id = '{name}'",
        *(each.format(4, -1) for each in SHIFT),
    )


def inserts() -> None:
    new = append()
    run(
        f"DELETE FROM ledger_outbox WHERE entry_id = '{new.pk}'",
        *(each.format(4, 1) for each in SHIFT),
        f"INSERT INTO ledger_logplace (number, entry_id) VALUES (4, '{new.pk}')",
    )


def takes_out_what_it_says() -> None:
    run(f"DELETE FROM ledger_payload WHERE entry_id = '{entry_at(4)}'")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (edits, "not of these 6 entries"),
        (edits_what_it_says, "says something else"),
        (deletes, "not of these 6 entries"),
        (inserts, "not of these 6 entries"),
        (takes_out_what_it_says, "no entry tells that it was erased"),
    ],
)
def test_what_was_touched_is_found(signed, act: Callable[[], None], said):
    """Issue 13, faults: a DBA who edits, deletes or inserts."""
    act()
    assert said in "\n".join(look(signed).faults)


def test_the_untouched_one_passes(signed):
    assert look(signed).faults == []


def test_a_past_signed_with_a_stolen_old_key_is_found(signed):
    """Issue 13, faults: all of it rewritten and signed anew, with a key that another has taken the place of."""
    stolen = signing.parse_key((signed / "ledger.pem").read_bytes(), signed / "ledger.pem")
    keys.rotate_signing_key(by="installation")
    sequencer.sequence()
    edits()
    for each in SignedCheckpoint.objects.all():
        hashes = [
            bytes(digest)
            for digest in LogPlace.objects.values_list("entry__leaf_hash", flat=True)[: each.size]
        ]
        state = notes.Checkpoint(installed.LEDGER_ORIGIN, each.size, tree.root(hashes))
        note = notes.sign_checkpoint(state, stolen).format()
        run(
            f"UPDATE ledger_signedcheckpoint SET root = '\\x{state.root.hex()}', note = $note${note}$note$ WHERE size = {each.size}"
        )
    assert any("an older one alone vouches" in fault for fault in look(signed).faults)


def test_an_entry_that_was_dropped_from_the_queue_is_found_by_its_receipt(signed):
    """Issue 13, faults: out with it before it is sequenced, though its receipt is out."""
    dropped = append()
    promise = signed / "promise.json"
    receipt = services.sign(dropped, {})
    told = {
        "leaf": bytes(dropped.leaf).decode(),
        "receipt": {"text": receipt.text, "signature": receipt.signature},
    }
    promise.write_text(json.dumps(told))
    run(*(f"DELETE FROM ledger_{table} WHERE {column} = '{dropped.pk}'" for table, column in (
        ("outbox", "entry_id"), ("payload", "entry_id"), ("entry", "id"))))  # fmt: skip
    assert any("is not in this copy" in remark for remark in look(signed, promise).remarks)


def test_an_older_backup_is_found_by_a_kept_checkpoint(signed):
    """Issue 13, faults: by itself it looks well; whoever kept a checkpoint sees it."""
    kept = SignedCheckpoint.objects.latest("size").note
    run(
        "DELETE FROM ledger_signedcheckpoint WHERE size > 6",
        "DELETE FROM ledger_logplace WHERE number >= 6",
        "DELETE FROM ledger_payload WHERE entry_id NOT IN (SELECT entry_id FROM ledger_logplace)",
        "DELETE FROM ledger_entry WHERE id NOT IN (SELECT entry_id FROM ledger_logplace)",
    )
    assert look(signed, known=[kept]).faults == ["Kept checkpoint 1 is of 9 entries, and the copy has 6."]
