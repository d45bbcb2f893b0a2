"""Erasure: payload and key go together, the tree stays, and whoever verifies tells it from a hole."""

import uuid

import charter_verify
import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from audits.ledger import sequencer, services
from audits.ledger.erasing import erase_payload
from audits.ledger.events import SigningKeyMade
from audits.ledger.keys import list_verifiers
from audits.ledger.models import Entry, Payload
from audits.ledger.states import ErasureBasis
from ground.errors import Conflict, NotFound, NotPermitted
from tests.audits.ledger.test_append import append
from tests.factories import as_owner
from tests.governance.decisions.screens.test_receipts import place_all

WHY = {"basis": ErasureBasis.REQUEST, "reference": "DP-2026-14", "by": "user:hr"}
GOVERNED = SigningKeyMade(key_id="a", public_key="b", instead_of="")


def look(folder) -> charter_verify.Report:
    call_command("ledger", "export", str(folder), "--with-payloads", verbosity=0)
    trusted = [charter_verify.parse_key(each.format()) for each in list_verifiers()]
    return charter_verify.verify(folder, trusted=trusted)


def test_a_lawful_erasure_is_told_from_a_hole(committed_db, tmp_path):
    """Issue 13, 7: destroyed together, an entry itself, and the tree does not change."""
    erased, kept = append(), append()
    sequencer.sequence()
    told = erase_payload(entry=erased.pk, **WHY)
    assert not Payload.objects.filter(entry=erased).exists() and Entry.objects.filter(pk=erased.pk).exists()
    assert services.read_payload(told.payload).count(str(erased.pk).encode()) == 1
    sequencer.sequence()
    report = look(tmp_path / "lawful")
    assert report.faults == [] and report.erased == 1
    as_owner("ALTER TABLE ledger_payload DISABLE TRIGGER USER")
    as_owner(f"DELETE FROM ledger_payload WHERE entry_id = '{kept.pk}'")
    assert (
        "What entry 1 says is missing, and no entry tells that it was erased."
        in look(tmp_path / "hole").faults
    )


@pytest.mark.django_db
def test_what_may_not_be_erased_is_not():
    """Issue 13, 7: what is in force rests on it, waits for its place, is one's own act, or is gone already."""
    governed, fresh, own, twice = (append(event) for event in (GOVERNED, *[append.__defaults__[0]] * 3))
    with pytest.raises(Conflict) as refused:
        erase_payload(entry=fresh.pk, **WHY)
    assert refused.value.code == "not_sequenced"
    place_all()
    with pytest.raises(Conflict) as refused:
        erase_payload(entry=governed.pk, **WHY)
    assert refused.value.code == "kept_for_good"
    with pytest.raises(NotPermitted):
        erase_payload(entry=own.pk, **{**WHY, "by": "user:1"})
    with pytest.raises(NotFound):
        erase_payload(entry=uuid.uuid4(), **WHY)
    erase_payload(entry=twice.pk, **WHY)
    with pytest.raises(Conflict) as refused:
        erase_payload(entry=twice.pk, **WHY)
    assert refused.value.code == "erased_before"


def test_nothing_is_erased_past_the_log(committed_db):
    """Issue 13, 7: the database looks for the entry that tells so, whoever deletes."""
    first, second = append(), append()
    sequencer.sequence()
    for about in (None, second):
        with pytest.raises(DatabaseError, match="no entry of the log"), transaction.atomic():
            if about is not None:
                erase_payload(entry=about.pk, **WHY)
            Payload.objects.filter(entry=first).delete()
    assert Payload.objects.count() == 2
