"""When a cohort's period has no number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.measures.models import Withheld
from charter.measures.publishing.publishable import PublishingScope
from charter.measures.values.disclosure import (
    FEW_EVENTS,
    FEW_PEOPLE,
    LOW_COVERAGE,
    NO_EVENTS,
    ONE_PERSON,
    SMALL_ROSTER,
    CohortBacking,
    DisclosureLimits,
    find_reason_to_withhold,
)
from charter.programme.models import Programme
from charter.rules.vocabulary import Aggregation, Category

LIMITS = DisclosureLimits(people=5, coverage=0.7, events=10, dominance=0.5, impersonal_events=5)
ENOUGH = CohortBacking(events=30, people=6, coverage=0.9, top_of_events=0.3, top_of_sum=0.3)


def reason(tally: CohortBacking, aggregation=Aggregation.MEDIAN, roster=None, limits=LIMITS):
    return find_reason_to_withhold(tally, limits, aggregation, roster=roster)


def but(**changed) -> CohortBacking:
    import msgspec

    return msgspec.structs.replace(ENOUGH, **changed)


def test_enough_of_everything_is_told():
    """Issue 2, measures: what may be published is published."""
    assert reason(ENOUGH) is None


@pytest.mark.parametrize(
    ("tally", "aggregation", "expected"),
    [
        (but(people=4), Aggregation.MEDIAN, FEW_PEOPLE),
        (but(people=5), Aggregation.MEDIAN, None),
        (but(events=9), Aggregation.MEDIAN, FEW_EVENTS),
        (but(events=10), Aggregation.MEDIAN, None),
        (but(events=9), Aggregation.COUNT, FEW_EVENTS),
        (but(top_of_events=0.51), Aggregation.COUNT, ONE_PERSON),
        (but(top_of_events=0.5), Aggregation.COUNT, None),
        (but(top_of_sum=0.51), Aggregation.SUM, ONE_PERSON),
        (but(top_of_sum=0.51), Aggregation.MEAN, ONE_PERSON),
        (but(top_of_sum=0.51), Aggregation.MEDIAN, None),
        (but(coverage=0.69), Aggregation.MEDIAN, LOW_COVERAGE),
        (but(coverage=0.7), Aggregation.MEDIAN, None),
    ],
)
def test_each_limit(tally, aggregation, expected):
    """AR12, S77; DESIGN, published values: under k people, under 10 events, one behind more than half, low coverage."""
    assert reason(tally, aggregation) == expected


def test_a_silent_period_reads_as_one_with_too_few_people():
    """DESIGN, cohorts: nothing may tell a period without events from one with some."""
    assert reason(NO_EVENTS) == reason(but(people=1, events=1, top_of_events=1.0)) == FEW_PEOPLE


@given(
    st.builds(
        CohortBacking,
        events=st.integers(0, 40),
        people=st.integers(0, 12),
        coverage=st.floats(0, 1),
        top_of_events=st.floats(0, 1),
        top_of_sum=st.floats(0, 1),
    ),
    st.sampled_from(Aggregation),
)
def test_reasons_come_in_one_order(tally, aggregation):
    """DESIGN, cohorts: a reader learns nothing from which of several reasons is told, as the first always is."""
    found = reason(tally, aggregation)
    if tally.people < 5:
        assert found == FEW_PEOPLE
    elif tally.events < 10:
        assert found == FEW_EVENTS
    elif found is None:
        assert tally.top_of_events <= 0.5 + 1e-6
        assert tally.coverage >= 0.7


@pytest.mark.parametrize(
    ("events", "roster", "aggregation", "expected"),
    [
        (0, 5, Aggregation.RATE, None),
        (0, 4, Aggregation.RATE, SMALL_ROSTER),
        (1, 5, Aggregation.COUNT, None),
        (4, 5, Aggregation.MEDIAN, FEW_EVENTS),
        (5, 5, Aggregation.MEDIAN, None),
        (9, 5, Aggregation.P90, FEW_EVENTS),
        (4, 4, Aggregation.MEDIAN, SMALL_ROSTER),
    ],
)
def test_where_facts_name_nobody_the_roster_counts(events, roster, aggregation, expected):
    """DESIGN, published values: deployments and incidents need a roster of k; few events have no telling median."""
    assert reason(CohortBacking(events=events, people=0, coverage=1.0), aggregation, roster) == expected


@pytest.mark.parametrize(
    ("category", "people"),
    [(Category.STRAIN, 8), (Category.SURVEY, 8), (None, 8), (Category.FLOW, 5)],
)
def test_the_programme_says_how_much_must_stand_behind_a_number(category, people):
    """AR12: 5 people, 8 for strain and surveys; what has no category gets the stricter."""
    programme = Programme(coverage_threshold=0.8, least_events=20, largest_share=40, least_events_unnamed=6)
    limits = PublishingScope(programme=programme, cohorts=(), reaches=()).limits(category)
    expected = DisclosureLimits(people=people, coverage=0.8, events=20, dominance=0.4, impersonal_events=6)
    assert limits == expected
    assert reason(but(people=people - 1), limits=limits) == FEW_PEOPLE
    assert reason(but(people=people), limits=limits) is None


def test_readers_are_told_one_reason_for_all_of_few_people():
    """Issue 10, what else leaks: `few_events` told that a number was 5 to 9. Low coverage is told, as a value is."""
    assert Withheld.LOW_COVERAGE == LOW_COVERAGE
    assert {FEW_PEOPLE, ONE_PERSON, SMALL_ROSTER}.isdisjoint(Withheld.values)
