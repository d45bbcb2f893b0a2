"""The log: entries, payloads, outbox and receipts."""

import hashlib
import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
from cryptography.exceptions import InvalidTag
from django.db import DatabaseError, connection, transaction
from msgspec.structs import replace

from audits.ledger import services, signing
from audits.ledger.models import Entry, Outbox, Payload
from audits.ledger.receipts import format_receipt, verify_receipt
from audits.ledger.states import Visibility
from governance.people.events import PasswordChanged
from governance.training.events import AttemptBegun

SOMEBODY = uuid.UUID("a" * 32)
OPEN = PasswordChanged(user=SOMEBODY)
SEALED = AttemptBegun(attempt=SOMEBODY)


def append(event=OPEN, by="user:1"):
    with transaction.atomic():
        return services.append(event, by=by)


@pytest.mark.django_db
def test_an_entry_stands_with_its_payload_and_its_place_in_the_queue():
    """Issue 2, 8: entry, erasable payload and outbox are written together."""
    entry = append()
    payload = Payload.objects.get(entry=entry)
    assert json.loads(bytes(payload.body)) == {"by": "user:1", "user": str(SOMEBODY)}
    assert payload.actor == "user:1"
    assert Outbox.objects.filter(entry=entry).exists()


@pytest.mark.django_db
def test_several_entries_stand_as_each_would_by_itself(django_assert_num_queries):
    """Issue 12, measured: one statement for what several values under review leave on the log, open and sealed alike."""
    with transaction.atomic(), django_assert_num_queries(1):
        entries = services.append_all([OPEN, SEALED, OPEN], by="user:1")
    assert services.append_all([], by="user:1") == []
    assert [each.kind for each in entries] == [OPEN.kind, SEALED.kind, OPEN.kind]
    for entry in entries:
        payload = Payload.objects.get(entry=entry)
        leaf = json.loads(bytes(Entry.objects.get(pk=entry.pk).leaf))
        assert leaf["payload_hmac"] == hmac.digest(bytes(payload.key), bytes(payload.body), "sha256").hex()
        assert payload.actor == ("" if entry.visibility == Visibility.SEALED else "user:1")
        assert Outbox.objects.get(entry=entry).about == (
            SEALED.row if entry.kind == SEALED.kind else OPEN.row
        )


@pytest.mark.django_db
def test_the_leaf_is_canonical_and_binds_the_payload_without_naming_anybody():
    """DESIGN, Ledger: RFC 8785 bytes with an HMAC of the payload, and no pseudonym that would outlive erasure."""
    entry = append(by="user:somebody")
    payload = Payload.objects.get(entry=entry)
    leaf = json.loads(bytes(entry.leaf))
    assert bytes(entry.leaf) == rfc8785.dumps(leaf)
    assert leaf["payload_hmac"] == hmac.digest(bytes(payload.key), bytes(payload.body), "sha256").hex()
    assert set(leaf) == {"v", "id", "kind", "at", "payload_hmac"}
    assert b"somebody" not in bytes(entry.leaf)
    assert bytes(entry.leaf_hash) == hashlib.sha256(b"\x00" + bytes(entry.leaf)).digest()


@pytest.mark.django_db
def test_equal_payloads_have_unequal_leaves():
    """DESIGN, Ledger: a random key each, so that a leaf cannot be guessed from its payload."""
    first, second = (append() for _ in range(2))
    hashes = {json.loads(bytes(each.leaf))["payload_hmac"] for each in (first, second)}
    assert len(hashes) == 2


@pytest.mark.django_db
def test_a_sealed_payload_cannot_be_found_by_its_actor():
    """DESIGN, Ledger: sealed payloads are not searchable by actor."""
    entry = append(SEALED)
    assert entry.visibility == Visibility.SEALED
    assert Payload.objects.get(entry=entry).actor == ""


@pytest.mark.django_db
def test_a_sealed_payload_is_read_with_the_key_alone():
    """DESIGN, Ledger: sealed payloads are encrypted; one changed bit and they do not open."""
    payload = Payload.objects.get(entry=append(SEALED))
    assert str(SOMEBODY).encode() not in bytes(payload.body) and b"user:1" not in bytes(payload.body)
    assert json.loads(services.read_payload(payload)) == {"by": "user:1", "attempt": str(SOMEBODY)}
    payload.body = bytes(payload.body)[:-1] + bytes([payload.body[-1] ^ 1])
    with pytest.raises(InvalidTag):
        services.read_payload(payload)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table", ["ledger_entry", "ledger_payload", "ledger_outbox", "decisions_decisionrecord"]
)
@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}", "TRUNCATE {0}", "ALTER TABLE {0} DISABLE TRIGGER ALL"],
)
def test_the_runtime_role_can_only_insert(table, statement):
    """Issue 2, 8: runtime role INSERT only; what waits leaves the queue for its place, and not otherwise."""
    append()
    column = "id" if table in {"ledger_entry", "decisions_decisionrecord"} else "entry_id"
    with (
        pytest.raises(
            DatabaseError,
            match=r"permission denied|must be owner|for its place in the log|no entry of the log",
        ),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table, column))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Entry.objects.exists()


def test_nothing_is_appended_outside_a_transaction(committed_db):
    """DESIGN, Ledger: in the caller's own transaction, or not at all."""
    with pytest.raises(RuntimeError, match="transaction"):
        services.append(OPEN, by="user:1")
    assert not Entry.objects.exists()


def test_an_entry_goes_when_what_it_records_is_rolled_back(committed_db):
    """DESIGN, Ledger: entry and write commit together or not at all."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.append(OPEN, by="user:1")
        _ = 1 / 0
    assert not Entry.objects.exists() and not Outbox.objects.exists()


@pytest.mark.django_db
def test_a_receipt_verifies_with_the_public_key_alone(settings):
    """DESIGN, Ledger: a receipt is signed at once; one changed digit and it does not verify."""
    receipt = services.sign(append(), {"verdict": "deny"})
    public = signing.public_key(settings.LEDGER_SIGNING_KEY_FILE)
    assert verify_receipt(receipt, public)
    for changes in (
        {"leaf_hash": receipt.leaf_hash[:-1] + "x"},
        {"id": uuid.uuid4()},
        {"at": receipt.at + timedelta(seconds=1)},
        {"text": receipt.text.replace("deny", "permit")},
        {"text": "[]"},
        {"signature": "00" * 64},
    ):
        assert not verify_receipt(replace(receipt, **changes), public), changes


def test_what_a_receipt_says_takes_the_place_of_no_part_of_its_proof():
    """Issue 9: the text names the entry, whatever is to be said of it."""
    entry, at = uuid.uuid4(), datetime(2026, 4, 14, tzinfo=UTC)
    text = format_receipt(entry=entry, leaf_hash="ab", at=at, says={"entry": "x", "verdict": "permit"})
    assert json.loads(text) == {
        "type": "metric-charter receipt v2", "entry": str(entry), "leaf_hash": "ab",
        "at": "2026-04-14T00:00:00.000000+00:00", "verdict": "permit",
    }  # fmt: skip


@pytest.mark.django_db
def test_the_same_entry_gives_the_same_receipt():
    """DESIGN, Ledger: a receipt can be shown again."""
    entry = append()
    assert services.sign(entry, {}) == services.sign(Entry.objects.get(pk=entry.pk), {})
