"""Conditions of a passed case, kept by the registry and read by all who show or judge the charter."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from audits.ledger.models import Entry
from charter.programme import queries as programme_queries
from charter.registry import comparison, queries
from charter.registry.matrix import Use
from charter.registry.models import CharterVersion, Metric
from charter.registry.states import StandingChoices
from governance.board import services
from governance.board.states import ConditionKind, SeatKind, Vote
from ground import calendar, clock
from ground.errors import BadInput
from tests import factories, snapshots

SLUG = "lead-time-for-changes"
GRAINS, DECISIONS = ConditionKind.GRAINS, ConditionKind.DECISIONS

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@snapshots.fixture
def case(founded):
    """An open case about a charter."""
    return factories.an_open_case(SLUG)


def propose(case, kind: ConditionKind, *values: str):
    member = factories.a_board()[SeatKind.HR]
    return services.propose_condition(case=case, kind=kind, value={kind.value: list(values)}, by=member)


def passed(**conditions: str) -> CharterVersion:
    case = factories.an_open_case(SLUG)
    for kind, value in conditions.items():
        propose(case, ConditionKind(kind), value)
    factories.a_decided_case(case)
    return CharterVersion.objects.get(pk=case.charter_version_id)


def suspended(version: CharterVersion) -> CharterVersion:
    seat = SeatKind.WORKER_REP
    by = factories.a_board()[seat]
    suspension = services.suspend(version=version, seat_kind=seat, reason="It misleads.", by=by)
    factories.a_decided_case(suspension.case, {seat: Vote.RECUSE})
    return CharterVersion.objects.get(pk=version.pk)


def used(version: CharterVersion) -> dict[str, Use]:
    metric = queries.list_metrics().get(current=version)
    [row] = queries.build_matrix_rows([metric], programme_queries.list_declared_decisions(), clock.now())
    return {cell.decision.value: cell.use for cell in row.cells}


def test_the_registry_keeps_them_and_the_log_tells():
    version = passed(decisions="retrospective", grains="team")
    assert version.bounds == {"decisions": ["retrospective"], "grains": ["team"]}
    entry = Entry.objects.filter(kind="registry.charter.active").last()
    assert json.loads(bytes(entry.payload.body))["bounds"] == version.bounds


def test_the_matrix_shows_what_was_approved():
    """S8: nobody reads a use that the line would refuse."""
    version = passed(decisions="retrospective")
    shown = used(version)
    assert shown["retrospective"] in (Use.ALLOWED, Use.CONDITIONAL)
    listed = {clause.decision.value for clause in queries.load_document(version.pk).which_decisions.allowed}
    assert {shown[decision] for decision in listed - {"retrospective"}} == {Use.FORBIDDEN}


def test_the_table_of_kinds_shows_what_was_approved():
    """S136: read from the charters as they were approved."""
    version = passed(decisions="retrospective")
    [row] = comparison.compare_others([version.metric])
    assert row.good.lower() == "retrospectives" or row.good.lower() == "retrospective"


def test_conditions_that_leave_no_use_together_are_refused(case):
    """Each leaves some use of the charter; together they would be a rejection in disguise."""
    document = factories.a_document(SLUG)
    only_team = next(
        clause.decision
        for clause in document.which_decisions.allowed
        if {grain.value for grain in clause.grains} == {"team"}
    )
    first = propose(case, DECISIONS, only_team.value)
    with pytest.raises(BadInput, match="would leave no use") as caught:
        propose(case, GRAINS, "org")
    assert caught.value.field == "grains"
    services.withdraw_condition(condition=first, by=factories.a_board()[SeatKind.HR])
    propose(case, GRAINS, "org")


def test_a_suspended_charter_comes_back_within_the_conditions_of_that_case(by):
    version = suspended(passed(grains="team"))
    case = services.open_case(charter_version=version, question="The pipeline is mended.", by=by)
    propose(case, DECISIONS, "retrospective")
    until = calendar.today() + timedelta(days=60)
    services.propose_condition(
        case=case,
        kind=ConditionKind.END_DATE,
        value={"date": until.isoformat()},
        by=factories.a_board()[SeatKind.HR],
    )
    factories.a_decided_case(case)
    version.refresh_from_db()
    assert version.standing == StandingChoices.ACTIVE
    assert version.bounds == {"decisions": ["retrospective"], "grains": ["team"]}
    assert version.expires_at.astimezone(ZoneInfo(version.metric.programme.time_zone)).date() == until


def test_what_was_left_out_before_is_no_condition_of_a_return(by):
    version = suspended(passed(grains="team"))
    case = services.open_case(charter_version=version, question="The pipeline is mended.", by=by)
    with pytest.raises(BadInput, match="Choose from what the charter lists: team"):
        propose(case, GRAINS, "org")


def test_a_suspension_that_lapses_leaves_them_as_they_were():
    version = passed(grains="team")
    seat = SeatKind.WORKER_REP
    suspension = services.suspend(
        version=version, seat_kind=seat, reason="It misleads.", by=factories.a_board()[seat]
    )
    votes = {**dict.fromkeys(SeatKind, Vote.REJECT), seat: Vote.RECUSE}
    factories.a_decided_case(suspension.case, votes)
    version.refresh_from_db()
    assert (version.standing, version.bounds) == (StandingChoices.ACTIVE, {"grains": ["team"]})


def test_the_next_version_starts_unbound():
    passed(grains="team")
    renamed = factories.a_document(SLUG)
    again = factories.an_active_charter(document=replace(renamed, name="Lead time, again"))
    assert again.bounds == {} and Metric.objects.get(slug=SLUG).current_id == again.pk
