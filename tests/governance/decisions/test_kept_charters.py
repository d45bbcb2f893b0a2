"""What charters say is kept once for all decisions made under them, whatever became of the transaction that wrote it first."""

import msgspec
import pytest
from django.db import IntegrityError, transaction
from msgspec.structs import replace

from charter.rules.facts import Facts
from charter.rules.request import Request
from governance.decisions.models import DecisionRecord, Door, KeptCharter
from governance.decisions.models.kept_charters import complete, list_met, shorten
from governance.decisions.services import answer
from tests.factories import as_owner
from tests.governance.decisions.test_answer import LEAD_TIME


def ask(house) -> DecisionRecord:
    given = answer(request=msgspec.convert(LEAD_TIME, Request), by=house.manager, door=Door.API, rows=False)
    return DecisionRecord.objects.get(pk=given.id)


def read(record: DecisionRecord) -> list[Facts]:
    return [msgspec.convert({**each, "request": record.request}, Facts) for each in record.facts]


def test_many_decisions_keep_one_text(house):
    """Issue 14, 6: facts that repeat are kept once."""
    first, second = ask(house), ask(house)
    assert KeptCharter.objects.count() == 1
    assert [replace(each, at=read(first)[0].at) for each in read(second)] == read(first)
    assert set(first.own_facts[0]["charter"]) == {"standing", "in_force", "kept_from", "kept"}


def test_what_is_shortened_is_completed(house):
    facts = read(ask(house))
    own = msgspec.json.decode(msgspec.json.encode([shorten(each) for each in facts]))
    assert [msgspec.convert({**each, "request": facts[0].request}, Facts) for each in complete(own)] == facts


def test_what_another_undid_is_written_again(house):
    """A process that met a text does not believe it to be there: its first writer may have been rolled back."""
    point = transaction.savepoint()
    ask(house)
    transaction.savepoint_rollback(point)
    assert list_met(["lead-time-for-changes"]) and not KeptCharter.objects.exists()
    assert read(ask(house))
    assert KeptCharter.objects.count() == 1


def test_the_database_holds_a_text_to_its_hash(house):
    ask(house)
    with pytest.raises(IntegrityError, match="keptcharter_is_its_hash"), transaction.atomic():
        as_owner("UPDATE decisions_keptcharter SET facts = '{}'::bytea")
    with pytest.raises(IntegrityError, match="keptcharter_is_its_hash"), transaction.atomic():
        KeptCharter.objects.create(hash="0" * 64, facts=b"{}")
