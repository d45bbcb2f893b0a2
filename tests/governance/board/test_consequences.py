"""A case about unintended consequences acts: keep, revise by a day, suspend, retire (S49, S51; issue 16)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.board import services
from governance.board.models import Case, ConsequencesProposal
from governance.board.states import CaseKind, ConsequenceAct, SeatKind, Vote
from ground import calendar, clock
from ground.errors import BadInput
from tests import factories, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

AGAINST = dict.fromkeys(SeatKind, Vote.REJECT)


@snapshots.fixture
def charter(founded) -> CharterVersion:
    return factories.an_active_charter()


def put(charter: CharterVersion | None, **details) -> Case:
    return services.open_case(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=charter,
        subject="What it has led to",
        question="May it stay?",
        details=details,
        by=factories.a_board()[SeatKind.HR],
    )


def standing(charter: CharterVersion) -> str:
    return CharterVersion.objects.get(pk=charter.pk).standing


@pytest.mark.parametrize(
    ("act", "passed", "then"),
    [
        (ConsequenceAct.KEEP, True, StandingChoices.ACTIVE),
        (ConsequenceAct.KEEP, False, StandingChoices.SUSPENDED),  # turned down 6:0, and the charter stayed
        (ConsequenceAct.SUSPEND, True, StandingChoices.SUSPENDED),
        (ConsequenceAct.SUSPEND, False, StandingChoices.ACTIVE),
        (ConsequenceAct.RETIRE, True, StandingChoices.RETIRED),
        (ConsequenceAct.RETIRE, False, StandingChoices.ACTIVE),
    ],
)
def test_what_the_board_says_of_consequences_happens(charter, act, passed, then):
    outcome = factories.a_decided_case(put(charter, act=act), None if passed else AGAINST)
    assert outcome.approved is passed and standing(charter) == then
    assert "What becomes of the charter" in outcome.minutes


def test_without_a_word_it_is_asked_whether_it_stays(charter):
    """As the clock opens it, 90 days after a charter came into force."""
    assert put(charter).consequences.act == ConsequenceAct.KEEP


def test_a_seat_that_says_nothing_takes_no_charter_out_of_use(charter, by):
    """Turned down for want of a quorum is no word against it."""
    case = put(charter)
    with clock.stopped_at(case.closes_at):
        assert not services.close_case(case=case, by=by).approved
        assert standing(charter) == StandingChoices.ACTIVE


def test_a_charter_is_revised_by_its_day_or_in_force_no_longer(charter, by):
    """The day is its last; a change passed before replaces it as any does."""
    day = calendar.today() + timedelta(days=30)
    outcome = factories.a_decided_case(put(charter, act=ConsequenceAct.REVISE, revise_by=day))
    assert day.isoformat() in outcome.minutes
    found = CharterVersion.objects.get(pk=charter.pk)
    assert found.standing == StandingChoices.ACTIVE and calendar.find_day(
        found.expires_at
    ) == day + timedelta(1)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"act": ConsequenceAct.REVISE}, None),
        ({"act": ConsequenceAct.KEEP, "revise_by": date(2100, 1, 1)}, None),
        ({"act": ConsequenceAct.REVISE, "revise_by": date(2020, 1, 1)}, "revise_by"),
        ({"what": "more"}, "what"),
    ],
)
def test_what_cannot_be_done_is_refused(charter, details, field):
    with pytest.raises(BadInput) as raised:
        put(charter, **details)
    assert field is None or raised.value.field == field


def test_a_question_about_no_charter_does_nothing_with_one():
    assert not hasattr(put(None), "consequences")
    with pytest.raises(BadInput):
        put(None, act=ConsequenceAct.RETIRE)


def test_the_database_keeps_what_was_proposed(charter):
    """While its case is open, once, and never afterwards."""
    case = put(charter)
    factories.a_decided_case(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsequencesProposal.objects.create(case=case, act=ConsequenceAct.RETIRE)
