"""What is packed reads as it was, to the byte, with the dictionaries that stand here for good."""

import hashlib
import json

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from audits.ledger import packing, services
from audits.ledger.events import Event
from audits.ledger.models import Entry, Payload
from audits.ledger.packing import is_packed, pack, unpack
from audits.ledger.states import Visibility
from audits.ledger.ties import told
from audits.ledger.tree import leaf_hash
from governance.decisions.events import QuestionChecked
from tests.audits.ledger.test_append import append
from tests.factories import as_owner

# Whoever changes a dictionary loses what was packed with it: write a new one under the next number instead.
DICTIONARIES = {1: "956204c88b61a5537ffbcc0a1dcfb9f50f6bcec6ed12b5f7620ac0da9e19e10b"}


def test_no_dictionary_was_changed():
    found = packing._read_dictionaries()
    assert {number: hashlib.sha256(text).hexdigest() for number, text in found.items()} == DICTIONARIES


@given(
    st.binary(max_size=5_000)
    | st.text(max_size=2_000).map(lambda text: json.dumps({"reason": text}).encode())
)
def test_there_and_back(body):
    if not is_packed(body):
        assert unpack(pack(body)) == body
        assert len(pack(body)) <= len(body)


def test_what_was_packed_by_an_earlier_version_is_read():
    packed = bytes.fromhex("007a0120489d0000587061796d656e7473225d7d01002228e90001")
    assert unpack(packed) == b'{"about":[],"accountable":null,"affirms":[],"cohorts":["team:payments"]}'


@pytest.mark.parametrize("broken", [b"\x00z", b"\x00z\x07abc", b"\x00z\x01abc"])
def test_what_is_broken_is_said_to_be(broken):
    with pytest.raises(ValueError, match="cannot be read"):
        unpack(broken)


@pytest.mark.parametrize("size", [packing._LARGEST + 1, 2**40, 2**64 - 1])
def test_what_says_that_it_is_huge_is_not_unpacked(size):
    """A frame is given the room that it asks for: one that somebody forged may not take all memory of who verifies."""
    with pytest.raises(ValueError, match="packed"):
        unpack(packing.MARK + b"\x01" + b"\xe0" + size.to_bytes(8, "little") + b"\x01\x00\x00")


def test_nothing_is_packed_that_is_larger_than_what_is_read(monkeypatch):
    monkeypatch.setattr(packing, "_LARGEST", 1_000)
    assert unpack(pack(b"a" * 1_000)) == b"a" * 1_000
    assert pack(b"a" * 1_001) == b"a" * 1_001


def test_what_was_added_behind_it_is_seen():
    """Else two rows that differ would both fit one hash."""
    packed = pack(b"a" * 1_000)
    with pytest.raises(ValueError, match="cannot be read"):
        unpack(packed + b"more")


@pytest.mark.django_db
def test_a_leaf_is_packed_and_hashed_as_it_was():
    """S55: the hash stands over the exact bytes, whatever lies in the table."""
    entry = Entry.objects.get(pk=append().pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(leaf) FROM ledger_entry WHERE id = %s", [entry.pk])
        assert cursor.fetchone()[0] < len(entry.leaf)
    assert bytes(entry.leaf_hash) == leaf_hash(bytes(entry.leaf))


@pytest.mark.django_db
def test_what_somebody_broke_does_not_fit_its_hash():
    entry = append()
    as_owner(f"UPDATE ledger_entry SET leaf = '\\x007a0100'::bytea WHERE id = '{entry.pk}'")
    as_owner(f"UPDATE ledger_payload SET body = '\\x007a01ff'::bytea WHERE entry_id = '{entry.pk}'")
    assert leaf_hash(bytes(Entry.objects.get(pk=entry.pk).leaf)) != bytes(entry.leaf_hash)
    assert bytes(Payload.objects.get(entry=entry).body) == b"\x00z\x01\xff"


def test_the_database_is_not_asked_to_read_what_is_packed():
    with pytest.raises(TypeError, match="packed"):
        told(QuestionChecked, about="", says={"door": "NEW.door"})


@pytest.mark.django_db
def test_what_is_sealed_never_reads_as_packed(monkeypatch):
    """Its first bytes are random: one that begins as something packed is sealed once more."""
    tried = iter([packing.MARK + b"\x01 and so on", b"sealed"])
    monkeypatch.setattr("audits.ledger.services.sealing.seal", lambda *_: next(tried))
    assert services._seal(b"{}") == b"sealed"


def test_only_what_nobody_ties_by_its_words_is_packed():
    from audits.ledger.events import registered

    packed = {kind for kind, event in registered().items() if event.packed}
    assert packed == {"decisions.answered", "decisions.checked"}
    assert not any(registered()[kind].visibility == Visibility.SEALED for kind in packed)
    assert Event.packed is False
