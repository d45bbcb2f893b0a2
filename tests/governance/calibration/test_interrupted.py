"""A round that is interrupted at any statement of any step goes on from where it stood (issue 17, bad input)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from audits.fairness import services as fairness
from audits.fairness.models import FairnessAudit
from audits.fairness.states import HarmAnswer, HarmHypothesis
from governance.calibration import services
from governance.calibration.models import CalibrationItem, Challenge, LevelProposal
from governance.calibration.states import NoteKind, ProposalKind, RoundState
from governance.notices.models import Notice
from governance.people.models import User
from ground import clock
from tests.governance.calibration.conftest import (
    NOON,
    OPENS,
    ask_unseen,
    draft,
    item_of,
    list_items,
    propose,
    the_round,
    write,
)
from tests.proof import whole_or_short

WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")
TABLES = ("calibration", "fairness", "ledger", "notices", "evidence", "people")


pytestmark = pytest.mark.proof


@contextmanager
def cut(at: int, monkeypatch) -> Iterator[None]:
    """Lose the connection at the statement of this number that writes, whoever sends it."""
    send, sent = psycopg.Cursor.execute, 0

    def send_or_lose(self, query, *given, **named):
        nonlocal sent
        text = query if isinstance(query, str) else query.as_string(self) if query else ""
        if text.lstrip().upper().startswith(WRITES):
            sent += 1
            if sent == at:
                raise psycopg.OperationalError("the connection is lost")
        return send(self, query, *given, **named)

    # What is seen by Django goes by cursors, all of it.
    seen = connection.execute_wrapper(lambda execute, *given: execute(*given))
    with monkeypatch.context() as patch, seen:
        patch.setattr(psycopg.Cursor, "execute", send_or_lose)
        yield


def read_all() -> dict[str, str]:
    """What every table of those that a round writes holds, as a hash a table."""
    read = " UNION ALL ".join(
        f"SELECT '{each}', md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {each} t"
        for each in connection.introspection.table_names()
        if each.startswith(TABLES)
    )
    with connection.cursor() as cursor:
        cursor.execute(read)
        return dict(cursor.fetchall())


def interrupt(step: Callable[[], object], monkeypatch) -> None:
    """Lose the connection at each statement of a step in turn, see each time that nothing of it stands, and let it go on.

    The suite looks at every fifteenth statement, the proof at all.
    """
    before, at = read_all(), 1
    while True:
        try:
            with cut(at, monkeypatch):
                step()
        except DatabaseError as lost:
            assert "the connection is lost" in str(lost)
            assert read_all() == before, f"half of it stands, interrupted at statement {at}"
            at += whole_or_short(1, 15)
        else:
            break
    assert at > 1, "it was interrupted nowhere"


def test_a_round_interrupted_at_each_step_ends_as_one_that_was_not(with_round, monkeypatch):
    """Every step is done whole or not at all, and once: levels, notices and entries are those of a round that went straight on."""
    accounts: dict[str, User] = with_round
    hr, manager, auditor = accounts["hr"], accounts["manager"], accounts["second-auditor"]

    def step(act: Callable[[], object]) -> None:
        interrupt(act, monkeypatch)

    with clock.stopped_at(NOON):
        step(lambda: draft(accounts, name="Summer"))
        summer = type(the_round()).objects.get(name="Summer")
        step(lambda: services.announce(calibration=summer, by=hr))
        assert Notice.objects.filter(to=accounts["rated"], kind="calibration.announced").count() == 2
    with clock.stopped_at(OPENS):
        step(lambda: services.open_round(calibration=summer, by=hr))
        item = item_of("payments-2")
        record = write(item, by=manager)
        ask_unseen(item, but=[NoteKind.MENTORING, NoteKind.DESIGN_REVIEW], by=manager)
        step(lambda: services.write_note(item=item, kind=NoteKind.DESIGN_REVIEW, text="None.", by=manager))
        said = {"item": item, "reasons": "As in the example.", "evidence": [record.pk], "by": manager}
        step(lambda: services.propose(level=3, **said))
        step(lambda: services.challenge(item=item, text="It reads as the second.", by=hr))
        raised = Challenge.objects.get()
        step(lambda: services.answer_challenge(raised=raised, text="It does.", by=manager))
        step(lambda: services.propose(level=2, change="The challenge holds.", **said))
        other = item_of("payments-3")
        step(lambda: services.name_answerer(item=other, accountable=hr, by=accounts["hr-two"]))
        step(lambda: services.set_aside(item=other, reason="On leave.", by=hr))
        for each in list_items():
            if each.pk != other.pk and not each.proposals.exists():
                propose(each.person.external_id)
        step(lambda: services.hand_in(calibration=the_round(), by=hr))
        step(lambda: fairness.run_audit(outcomes=the_round().outcomes, by=auditor))
        audit = FairnessAudit.objects.get()
        for hypothesis in HarmHypothesis:
            answered: dict[str, Any] = {
                "hypothesis": hypothesis,
                "answer": HarmAnswer.UNKNOWN,
                "evidence": "Nobody asked.",
            }
            step(partial(fairness.answer_harm, audit=audit, by=auditor, **answered))
        step(lambda: fairness.conclude_audit(audit=audit, by=auditor))
        step(lambda: services.publish(calibration=the_round(), by=hr))
        step(lambda: services.acknowledge(item=item_of("payments-2"), by=accounts["rated"]))
        step(lambda: services.propose(level=3, change="Read again.", **said))
    with clock.stopped_at(OPENS + timedelta(days=31)):
        step(lambda: services.close_round(calibration=the_round(), by=hr))
    assert the_round().state == RoundState.CLOSED
    kinds = LevelProposal.objects.filter(item=item).order_by("number").values_list("kind", flat=True)
    assert list(kinds) == [ProposalKind.FIRST, ProposalKind.CHANGED, ProposalKind.CORRECTED]
    told = Notice.objects.filter(to=accounts["rated"], kind__startswith="calibration.").values_list(
        "kind", flat=True
    )
    assert sorted(told) == ["calibration.announced"] * 2 + ["calibration.corrected", "calibration.published"]
    assert CalibrationItem.objects.filter(round=the_round(), acknowledged_at__isnull=False).count() == 1
