"""What the board rules is a fact at the very next question: waivers, conditions, pilots and suspensions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charter.registry.models import Metric
from governance.board import scans, services
from governance.board.states import CaseKind, ConditionKind, SeatKind
from governance.people.models import User
from ground import calendar, clock
from tests import factories
from tests.governance.decisions.test_answer import LEAD_TIME, ask

EXPORT = {**LEAD_TIME, "grain": "person", "persons": ["payments-1"], "cohorts": [], "export": True}
FREQUENCY = {**LEAD_TIME, "metrics": ["deployment-frequency"]}


def matches(given) -> set[str]:
    return {match.id for match in given.verdict.rules}


def seat(kind: SeatKind) -> User:
    return factories.a_board()[kind]


def waive(days: int = 30, **scope):
    details = {"rule_id": "AR26", "reason": "A court asks.", "starts_on": calendar.today()}
    details |= {"ends_on": calendar.today() + timedelta(days=days), **scope}
    words = {"subject": "An export", "question": "May it be taken home?"}
    case = services.open_case(kind=CaseKind.WAIVER, **words, details=details, by=factories.system())
    factories.a_decided_case(case)
    return case.waiver


def bound(slug: str, kind: ConditionKind, value: dict) -> None:
    """A charter passed on a condition."""
    case = factories.an_open_case(slug)
    services.propose_condition(case=case, kind=kind, value=value, by=seat(SeatKind.HR))
    factories.a_decided_case(case)


def test_a_waiver_lifts_its_rule_for_its_scope_and_time_and_no_other(house):
    """Issue 3, 3: a waiver in force is a fact; outside its metric, decision and days the rule matches."""
    assert "AR26" in matches(ask(house.manager, EXPORT))
    waiver = waive(metric="lead-time-for-changes", decision="retrospective")
    assert "AR26" not in matches(ask(house.manager, EXPORT))
    assert matches(ask(house.manager, EXPORT)), "nothing else is waived with it"
    assert "AR26" in matches(ask(house.manager, EXPORT, decision="workflow_debugging"))
    assert "AR26" in matches(ask(house.manager, EXPORT, metrics=["commit-count"]))
    with clock.stopped_at(clock.now() + timedelta(days=30)):
        assert "AR26" in matches(ask(house.manager, EXPORT))  # though no job ran
    services.end_waiver(waiver=waiver, by=seat(SeatKind.LEGAL))
    assert "AR26" in matches(ask(house.manager, EXPORT))


@pytest.mark.parametrize(
    ("kind", "value", "refused"),
    [
        (ConditionKind.DECISIONS, {"decisions": ["workflow_debugging"]}, True),
        (ConditionKind.DECISIONS, {"decisions": ["retrospective"]}, False),
        (ConditionKind.GRAINS, {"grains": ["org"]}, True),
        (ConditionKind.GRAINS, {"grains": ["team"]}, False),
    ],
)
def test_a_condition_narrows_what_the_charter_lists(house, kind, value, refused):
    """Design, board: conditions are enforced, not noted (AR14)."""
    bound("deployment-frequency", kind, value)
    assert ("AR14" in matches(ask(house.manager, FREQUENCY))) == refused


def test_a_charter_with_an_end_date_is_refused_from_that_day_on(house):
    """Design, board; AR15: no job needs to have run."""
    day = calendar.today() + timedelta(days=30)
    bound("deployment-frequency", ConditionKind.END_DATE, {"date": day.isoformat()})
    assert ask(house.manager, FREQUENCY).verdict.permits
    with clock.stopped_at(clock.now() + timedelta(days=30)):
        assert "AR15" in matches(ask(house.manager, FREQUENCY))


def test_a_pilot_answers_its_team_alone_until_its_last_day(house):
    """S16, S127, S128, S132: nobody before it runs, the team while it does, nobody after; never about a person."""
    bound("deployment-frequency", ConditionKind.PILOT_TEAM, {"cohort": "team:payments", "days": 42})
    assert "AR15" in matches(ask(house.manager, FREQUENCY))
    version = Metric.objects.get(slug="deployment-frequency").versions.get()
    factories.a_consent(version)
    services.start_pilot(
        version=version,
        cohort="team:payments",
        starts_on=calendar.today(),
        days=42,
        by=seat(SeatKind.LEGAL),
    )
    assert ask(house.manager, FREQUENCY).verdict.permits
    assert "AR23" in matches(ask(house.manager, FREQUENCY, cohorts=["team:search"]))
    assert "AR23" in matches(ask(house.manager, FREQUENCY, decision="performance_rating"))
    with clock.stopped_at(clock.now() + timedelta(days=42)):
        assert "AR15" in matches(ask(house.manager, FREQUENCY))
        scans.BOARD_CLOCK.once(by=factories.system())
        assert "AR15" in matches(ask(house.manager, FREQUENCY))


def test_a_suspension_by_one_seat_is_refused_at_the_next_question_until_it_lapses(house):
    """Issue 3, Done when: suspended by one seat, refused at the next query; lapsed, it answers again."""
    assert ask(house.manager).verdict.permits
    found = services.suspend(
        version=house.lead_time,
        seat_kind=SeatKind.WORKER_REP,
        reason="It hurts.",
        by=seat(SeatKind.WORKER_REP),
    )
    assert "AR15" in matches(ask(house.manager))
    with clock.stopped_at(found.ratify_by):
        scans.BOARD_CLOCK.once(by=factories.system())
        assert ask(house.manager).verdict.permits


def test_the_board_costs_one_statement_when_it_has_acted_and_none_otherwise(house):
    """Issue 2, Measured: what the board has ruled is remembered under its data version."""
    ask(house.manager)
    with CaptureQueriesContext(connection) as warm:
        ask(house.manager)
    services.comment(
        case=services.open_case(
            kind=CaseKind.EDGE_CASE, subject="A week?", question="Is it meant?", by=factories.system()
        ),
        text="Hm.",
        by=seat(SeatKind.HR),
    )
    with CaptureQueriesContext(connection) as cold:
        ask(house.manager)
    assert len(cold) == len(warm) + 1
