"""How long one who puts a case to the board may let it stand: long enough to be heard, and not for good (issue 9)."""

from datetime import timedelta

import pytest

from governance.board import scans, services
from governance.board.states import CaseKind
from governance.board.voting_time import LONGEST_DAYS, SHORTEST_DAYS
from ground import clock
from ground.errors import BadInput
from tests import factories

MOMENT = timedelta(seconds=1)


@pytest.fixture
def by(db):
    return factories.system()


def open_for(lasting: timedelta, **fields):
    return services.open_case(**fields, closes_at=clock.now() + lasting)


@pytest.mark.parametrize("lasting", [MOMENT, timedelta(days=SHORTEST_DAYS) - MOMENT])
def test_nobody_lets_anothers_charter_fail_before_anybody_can_vote(by, lasting):
    """An administrator put a charter of another's to the board for a second: it was rejected, and not to be handed in again."""
    version, admin = factories.a_submitted_charter(), factories.an_administrator()
    with clock.stopped_at(clock.now()), pytest.raises(BadInput) as refused:
        open_for(lasting, charter_version=version, by=admin)
    assert (
        refused.value.field == "closes_at"
        and f"{SHORTEST_DAYS} to {LONGEST_DAYS} days" in refused.value.detail
    )


def test_nobody_keeps_a_door_closed_for_good(by):
    """There is one open change of settings at a time; one that stayed open until the year 9999 was the last."""
    factories.the_rules()
    factories.a_programme()
    given = {"kind": CaseKind.SETTINGS, "subject": "x", "question": "y", "details": {"settling_days": 9}}
    with clock.stopped_at(clock.now()):
        with pytest.raises(BadInput) as refused:
            open_for(timedelta(days=LONGEST_DAYS) + MOMENT, **given, by=factories.an_administrator())
        assert refused.value.field == "closes_at" and f"{LONGEST_DAYS} days" in refused.value.detail


@pytest.mark.parametrize("days", [SHORTEST_DAYS, LONGEST_DAYS])
def test_the_days_between_are_theirs_to_choose(by, days):
    with clock.stopped_at(clock.now()):
        case = open_for(timedelta(days=days), charter_version=factories.a_submitted_charter(), by=by)
    assert case.closes_at - case.opened_at == timedelta(days=days)


def test_a_house_that_votes_faster_or_slower_may_do_so(by, settings):
    """BOARD_VOTING_DAYS is the organisation's own, and nobody's who puts a case."""
    settings.BOARD_VOTING_DAYS = 1
    with clock.stopped_at(clock.now()):
        assert open_for(timedelta(days=1), charter_version=factories.a_submitted_charter(), by=by)
        settings.BOARD_VOTING_DAYS = LONGEST_DAYS + 10
        slow = factories.a_submitted_charter("pr-size")
        assert open_for(timedelta(days=LONGEST_DAYS + 10), charter_version=slow, by=by)


def test_an_owner_does_not_forestall_the_look_at_what_a_charter_led_to(by):
    """S51: a metric's owner put its consequences to the board on its first day, and the clock never did."""
    version = factories.an_active_charter("deployment-frequency")
    early = services.open_case(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=version,
        subject="Consequences",
        question="None yet?",
        by=version.metric.owner,
    )
    with clock.stopped_at(early.closes_at):
        services.close_case(case=early, by=by)
    with clock.stopped_at(version.activated_at + timedelta(days=97)):
        assert scans.BOARD_CLOCK.once(by=by)["consequences put to the board"] == 1
        assert scans.BOARD_CLOCK.once(by=by)["consequences put to the board"] == 0
