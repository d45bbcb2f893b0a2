"""The smallest change: permitted, no smaller one is, and nothing made up."""

from datetime import date
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from charter import rules
from charter.rules import repair
from charter.rules.examples.base import (
    PAYMENTS,
    SEARCH,
    TINY,
    about,
    make_decision_facts,
    one_person,
    oneself,
    person,
    team,
)
from charter.rules.facts import Facts
from charter.rules.periods import find_first_start
from charter.rules.request import Window
from charter.rules.vocabulary import Combine, DecisionType, Grain, Period, Role, Standing, TimeFilter, View
from tests.charter.rules.test_engine import commits_for_a_rating
from tests.proof import whole_or_short
from tests.spec.strategies import asked_otherwise, near

HOUSE = rules.compile_rulebook(rules.builtin_files())


def parts(*asked: Facts, **options: object) -> dict[str, tuple[str, str]]:
    found = rules.smallest_change(asked, HOUSE, **options)
    assert found is not None
    return {change.part: (change.asked, change.allowed) for change in found.changes}


def test_the_ranking_by_commits() -> None:
    """DESIGN screens, refusal: for what it may be used, level and order change; for a rating nothing does."""
    assert rules.smallest_change([commits_for_a_rating()], HOUSE) is None
    asked = commits_for_a_rating()
    debugging = replace(
        asked,
        request=replace(asked.request, decision=DecisionType.WORKFLOW_DEBUGGING),
        decision=make_decision_facts(DecisionType.WORKFLOW_DEBUGGING),
    )
    found = rules.smallest_change([debugging], HOUSE)
    assert found is not None
    assert [(one.part, one.asked, one.allowed) for one in found.changes] == [
        ("Level", "Each person", "Team payments"),
        ("Order", "Highest first", "None"),
    ]
    clears = {change.part: set(change.clears) for change in found.changes}
    assert {"AR04", "AR05", "AR14"} <= clears["Level"]
    assert found.request.cohorts == ("team:payments",) and found.request.order_by is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (team(**about(PAYMENTS, TINY)), {"Cohorts": ("Team payments and team tiny", "Team payments")}),
        (one_person(export=True), {"Export": ("Export", "Look here")}),
        (oneself(percentile=True), {"Percentile": ("Among peers", "None")}),
        (one_person(limit=3), {"Limit": ("The first 3", "None")}),
        (one_person(combine=Combine.SCORE), {"Combine": ("Score", "Each value on its own")}),
        (one_person(time_filter=TimeFilter.WEEKEND), {"Time": ("Weekend only", "All")}),
        (person(view=View.DIAGNOSTIC), {"View": ("Diagnostic", "Performance")}),
        (
            team(window=Window(start=date(2025, 5, 1), end=date(2026, 1, 1))),
            {"Window": ("May 2025 to December 2025", "June 2025 to December 2025")},
        ),
        (
            team(
                kept_from=date(2026, 1, 2),
                period=Period.QUARTER,
                window=Window(start=date(2026, 1, 1), end=date(2026, 7, 1)),
            ),
            {"Window": ("January 2026 to June 2026", "April 2026 to June 2026")},
        ),
    ],
)
def test_one_part(asked: Facts, expected: dict[str, tuple[str, str]]) -> None:
    """Issue 2: one part that stands in the way is changed, and only that."""
    assert parts(asked) == expected


def test_persons_become_their_cohort() -> None:
    """AR05: the cohorts that hold the persons stand in for them, where the caller names them."""
    asked = one_person(persons=("p-001", "p-002"))
    assert rules.smallest_change([asked], HOUSE) is None
    assert parts(asked, cohorts_of_persons=("team:search",)) == {"Level": ("Each person", "Team search")}
    assert parts(asked, cohorts_of_persons=[SEARCH]) == {"Level": ("Each person", "Team search")}


def test_a_refused_metric_is_left_out() -> None:
    """DESIGN The line: one deny denies the request; the others may still be asked."""
    metrics = ("lead-time-for-changes", "pr-age")
    good, bad = team(metrics=metrics), team(metrics=metrics, metric="pr-age", name="PR age", in_force=False)
    assert parts(good, bad) == {"Metrics": ("Lead time for changes and PR age", "Lead time for changes")}


@pytest.mark.parametrize(
    "asked",
    [
        team(decision=DecisionType.STAFFING),
        team(acknowledged=False),
        team(roles=frozenset()),
        team(standing=Standing.SUSPENDED),
        person(evidence=()),
        person(accountable=None, metrics=("project-outcomes",)),
        team(**about(TINY)),
        team(window=Window(start=date(2020, 1, 1), end=date(2020, 4, 1))),
    ],
)
def test_nothing_is_made_up(asked: Facts) -> None:
    """Issue 11: no other decision; issue 2: no role, acknowledgement, evidence or accountable person is invented."""
    assert rules.smallest_change([asked], HOUSE) is None


def test_no_level_that_the_role_does_not_open() -> None:
    """AR14: a level of the charter that the asker's roles do not open is not proposed."""
    listed = frozenset({(DecisionType.RETROSPECTIVE, Grain.TEAM)})
    asked = one_person(persons=(), **about(PAYMENTS), listed=listed)
    assert set(parts(asked)) == {"Level"}
    closed = one_person(
        persons=(), **about(PAYMENTS), listed=listed, access=frozenset({(Role.HR, Grain.TEAM)})
    )
    assert rules.smallest_change([closed], HOUSE) is None


NEEDS_FAILURES = frozenset({(DecisionType.RETROSPECTIVE, Grain.TEAM, "change-failure-rate")})


def test_what_a_charter_wants_beside_is_added() -> None:
    """Issue 11: "Add change failure rate", not another decision; where it is refused itself, nothing is proposed."""
    asked = team(needs_beside=NEEDS_FAILURES)
    failures = team(metric="change-failure-rate", name="Change failure rate")
    assert rules.smallest_change([asked], HOUSE) is None
    assert parts(asked, companions=[failures]) == {
        "Metrics": ("Lead time for changes", "Lead time for changes and change failure rate")
    }
    closed = team(metric="change-failure-rate", name="Change failure rate", in_force=False)
    assert rules.smallest_change([asked], HOUSE, companions=[closed]) is None


def test_a_permitted_request_needs_no_change() -> None:
    """Issue 2: there is nothing to repair."""
    assert rules.smallest_change([team()], HOUSE) is None


@pytest.mark.proof
@settings(max_examples=whole_or_short(1_500, 40), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(asked_otherwise(), near()))
def test_a_repair_is_permitted_and_no_smaller_one_is(one: Facts) -> None:
    """Issue 2: every smaller choice of the same parts is tried and refused; the parts clear all that matched."""
    house = tuple(repair._frames([one], one.cohorts))
    patches = repair._fewest([one], house, HOUSE)
    size = len(patches) if patches is not None else 99
    for frame in house:
        must, may = repair._toggles([one], frame)
        fixed = frame + must
        for count in range(min(len(may) + 1, size - len(fixed))):
            assert not any(repair._permits([one], fixed + some, HOUSE) for some in combinations(may, count))
    if patches:
        assert repair._permits([one], patches, HOUSE)
        found = rules.smallest_change([one], HOUSE)
        assert found is not None and found.request.evidence == one.request.evidence
        assert found.request.accountable == one.request.accountable
        cleared = {rule for change in found.changes for rule in change.clears}
        assert cleared == {match.id for match in rules.decide([one], HOUSE).rules}


@pytest.mark.parametrize(
    ("day", "period", "start"),
    [
        (date(2026, 1, 1), Period.MONTH, date(2026, 1, 1)),
        (date(2026, 1, 2), Period.MONTH, date(2026, 2, 1)),
        (date(2026, 12, 2), Period.MONTH, date(2027, 1, 1)),
        (date(2026, 4, 1), Period.QUARTER, date(2026, 4, 1)),
        (date(2026, 4, 2), Period.QUARTER, date(2026, 7, 1)),
        (date(2026, 3, 1), Period.QUARTER, date(2026, 4, 1)),
        (date(2026, 12, 31), Period.QUARTER, date(2027, 1, 1)),
    ],
)
def test_first_start(day: date, period: Period, start: date) -> None:
    """DESIGN The line: windows are aligned to periods, a clipped one too."""
    assert find_first_start(day, period) == start
