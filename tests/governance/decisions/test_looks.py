"""Everyone asked about at person grain is told of each look, unless a legal request delays it (issue 4, item 6; S141)."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audits.ledger.models import Entry, Payload
from audits.ledger.states import Visibility
from governance.decisions import queries, scans
from governance.decisions.models import DecisionRecord, DelayedNotice
from governance.decisions.permissions import check_can_see_decision
from governance.decisions.services import access_notices, give_notice
from governance.notices.models import Notice
from governance.people.models import Person
from ground import calendar, clock
from ground.errors import BadInput, NotFound
from tests import factories
from tests.governance.decisions.looks import LOOK, look, people
from tests.governance.decisions.test_answer import ask

__all__ = ["people"]

LEGAL = {**LOOK, "decision": "legal_request", "accountable": "manager"}


def give() -> int:
    """How many delayed notices a pass of their scan gave."""
    return scans.DELAYED_NOTICES.once(by=factories.system())["notices given"]


@pytest.fixture
def seen(people):
    """Somebody of the team, with an account."""
    return factories.an_account("seen", person=Person.objects.get(external_id="payments-2"))


def notices(user) -> list[Notice]:
    return list(Notice.objects.filter(to=user, kind="decisions.look"))


def payload(kind: str) -> dict:
    return json.loads(bytes(Payload.objects.get(entry__kind=kind).body))


def test_who_is_looked_at_is_told_who_what_when_and_what_for(people, seen):
    """Issue 4, 6: notified of each look, in its transaction, with the way to the receipt."""
    given = look(people.manager, "payments-2", reason="We talk on Friday")
    assert given.verdict.permits
    (notice,) = notices(seen)
    assert notice.subject == "Manager looked at your values of lead time by person"
    assert "on 14 April 2026, 12:00, for team coaching" in notice.text
    assert (notice.path, notice.given_by) == (f"/receipts/{given.receipt.id}", people.manager)
    assert queries.get_decision_of_entry(given.receipt.id, by=seen).request["reason"] == "We talk on Friday"


def test_each_look_is_told(people, seen):
    """Issue 4, 6: of each look, not of each day."""
    look(people.manager, "payments-2")
    look(people.manager, "payments-2")
    assert len(notices(seen)) == 2


def test_the_hour_is_that_of_the_programme(people, seen):
    """DESIGN, Ground rules: UTC inside, the programme's zone at the edge."""
    factories.move_programme("Asia/Tokyo")
    look(people.manager, "payments-2")
    assert "14 April 2026, 21:00" in notices(seen)[0].text


def test_where_nothing_was_seen_nobody_is_told(people, seen):
    """Issue 4, 6: a refusal and a check are no looks, nor is one's own value, nor that of a team."""
    assert not look(people.manager, "payments-2", export=True).verdict.permits
    assert look(people.manager, "payments-2", rows=False).verdict.permits
    assert look(people.manager, "payments-3").verdict.permits
    assert ask(people.manager).verdict.permits
    assert not ask(people.manager, LOOK, persons=["payments-2", "payments-3"]).verdict.permits
    assert not Notice.objects.filter(kind="decisions.look").exists()


def test_who_has_no_account_stands_on_the_decision(people):
    """Issue 4, 6: nothing to notify, but it is recorded."""
    given = look(people.manager, "payments-3")
    assert DecisionRecord.objects.get(pk=given.id).subjects == ["payments-3"]


def test_a_closed_account_is_told_nothing(people, seen):
    """Issue 4, 6: nobody would read it."""
    factories.change(seen, is_active=False)
    assert look(people.manager, "payments-2").verdict.permits
    assert notices(seen) == []


def test_no_notice_no_rows(people, seen, monkeypatch):
    """DESIGN, The line: what cannot be told in the same transaction is not shown."""

    def fails(**_):
        raise BadInput("no")

    monkeypatch.setattr(access_notices, "notify", fails)
    with pytest.raises(BadInput):
        look(people.manager, "payments-2")
    assert not DecisionRecord.objects.exists()


def test_long_names_fit(people, seen):
    """Issue 4, 6: a notice is given whatever its asker is called."""
    factories.change(people.manager, name="M" * 200)
    assert look(people.manager, "payments-2").verdict.permits
    assert len(notices(seen)) == 1


# ── a legal request ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_legal_request_delays_the_notice_and_that_is_logged(people, seen):
    """Issue 4, 6: except where a legal request delays it, which is itself logged."""
    given = ask(people.manager, LEGAL)
    assert given.verdict.permits and notices(seen) == []
    waiting = DelayedNotice.objects.get()
    assert (waiting.person, waiting.due_at) == ("payments-2", clock.now() + timedelta(days=90))
    assert Entry.objects.get(kind="decisions.notice.delayed").visibility == Visibility.RESTRICTED
    said = payload("decisions.notice.delayed")
    assert (said["decision"], said["receipt"]) == (str(given.id), str(given.receipt.id))
    assert said["persons"] == ["payments-2"] and said["until"].startswith("2026-07-13")


def test_it_is_given_once_when_its_time_is_over_however_late(people, seen):
    """Issue 4, 6: by a scan that run twice does nothing the second time, and late catches up."""
    given = ask(people.manager, LEGAL)
    with clock.stopped_at(clock.now() + timedelta(days=89, hours=23)):
        assert give() == 0
    with clock.stopped_at(clock.now() + timedelta(days=120)):
        assert [give(), give()] == [1, 0]
    (notice,) = notices(seen)
    assert "on 14 April 2026, 12:00, for legal request. " in notice.text
    assert notice.text.endswith("You are told only now, as it was a legal request.")
    assert notice.path == f"/receipts/{given.receipt.id}"
    assert payload("decisions.notice.given")["told"] is True
    assert DelayedNotice.objects.get().given_at is not None


def test_a_notice_is_not_given_before_its_time_or_twice_whoever_asks(people, seen):
    """Issue 4, 6: the service holds its own condition, for two scans at once."""
    ask(people.manager, LEGAL)
    stale = DelayedNotice.objects.get()
    assert not give_notice(notice=stale, by=factories.system())
    with clock.stopped_at(stale.due_at):
        assert give_notice(notice=stale, by=factories.system())
        assert not give_notice(notice=stale, by=factories.system())
    assert len(notices(seen)) == 1


def test_who_has_no_account_by_then_is_not_waited_for(people):
    """Issue 4, 6: there is nobody to tell; the log says that too."""
    ask(people.manager, LEGAL)
    with clock.stopped_at(clock.now() + timedelta(days=90)):
        assert give() == 0
        assert not queries.list_due_notices(clock.now()).exists()
    assert payload("decisions.notice.given")["told"] is False


def test_how_long_it_is_delayed_is_the_programmes_to_set(people, seen):
    """Requirements: numbers that the product chooses are settings."""
    factories.settings(notice_delay_days=10)
    ask(people.manager, LEGAL)
    assert DelayedNotice.objects.get().due_at == clock.now() + timedelta(days=10)


def test_nobody_who_serves_requests_can_put_a_notice_off(people):
    """DESIGN, Ground rules: the runtime role may note that it was given, and nothing else."""
    ask(people.manager, LEGAL)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        DelayedNotice.objects.update(due_at=clock.now() + timedelta(days=9000))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        DelayedNotice.objects.all().delete()


# ── who may see the receipt ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "rows", "may"),
    [
        (LOOK, True, {"manager", "auditor", "seen"}),
        (LOOK, False, {"manager", "auditor"}),  # a check showed nothing
        ({**LOOK, "export": True}, True, {"manager", "auditor"}),  # nor did a refusal
        (LEGAL, True, {"manager", "auditor"}),  # not yet
    ],
    ids=["look", "check", "refusal", "legal request"],
)
def test_who_may_see_the_receipt_of_a_look(people, seen, question, rows, may):
    """S141: truth table; to all others it is not there."""
    decision = DecisionRecord.objects.get(pk=ask(people.manager, question, rows=rows).id)
    colleague = factories.an_account("colleague", person=Person.objects.get(external_id="payments-3"))
    members = factories.a_board()
    for user in (
        people.manager,
        people.auditor,
        people.stranger,
        people.employee,
        seen,
        colleague,
        *members.values(),
    ):
        if user.username in may:
            check_can_see_decision(user=user, decision=decision, on=calendar.today())
        else:
            with pytest.raises(NotFound):
                check_can_see_decision(user=user, decision=decision, on=calendar.today())


def test_after_a_delayed_notice_the_receipt_opens(people, seen):
    """S141: who is told late sees all the same."""
    decision = DecisionRecord.objects.get(pk=ask(people.manager, LEGAL).id)
    with pytest.raises(NotFound):
        check_can_see_decision(user=seen, decision=decision, on=calendar.today())
    with clock.stopped_at(clock.now() + timedelta(days=90)):
        give()
        check_can_see_decision(user=seen, decision=decision, on=calendar.today())


@pytest.mark.committed
def test_what_a_look_and_its_notice_cost(people, seen):
    """Issue 2, Measured: eight statements for the look, one to find the person and two to tell them; no savepoints.

    At most twelve is what we aim at for an answer with all that belongs to it.
    """
    look(people.manager, "payments-2")
    look(people.manager, "payments-3")
    assert cost(people.manager, "payments-3") == 8 + 1  # nobody to tell
    assert cost(people.manager, "payments-2") == 8 + 1 + 2


def cost(by, person: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert look(by, person).verdict.permits
    return len(captured)
