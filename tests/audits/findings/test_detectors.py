"""What the detectors notice and what they let be, and that honest use looks odd as often as their page says."""

import itertools
from datetime import UTC, datetime, timedelta
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits.findings import detectors
from audits.findings.definitions import DEFINITIONS
from audits.findings.detectors import DAY, HOUR, SeenLook, Thresholds
from audits.findings.states import FindingKind
from tests.benchmarks import findings as benchmark

START = datetime(2026, 4, 1, 9, tzinfo=UTC)
LIMITS = Thresholds()
TEAM = frozenset(f"p{number}" for number in range(8))
TEAMS = {"team:own": TEAM}


def look(hours: float, person: str = "", **over) -> SeenLook:
    given = {
        "receipt": f"{hours}-{person}-{over.get('use', '')}",
        "at": START + timedelta(hours=hours),
        "persons": frozenset({person} - {""}),
        "groups": frozenset() if person else frozenset({"team:own"}),
        "metrics": frozenset({"cycle-time"}),
        "use": "one_on_one",
        "refused": False,
    }
    return SeenLook(**{**given, **over})


def through(hours: float, apart: float, people: int = 7) -> list[SeenLook]:
    return [look(hours + apart * place, f"p{place}") for place in range(people)]


@pytest.mark.parametrize(
    ("looks", "times"),
    [
        (through(0, 0.1), 1),  # seven of eight in 36 minutes
        (through(0, 0.1, people=6), 0),  # six of eight are 75 percent
        (through(0, 0.2), 0),  # in 72 minutes
        ([look(0.1 * place, "p1") for place in range(9)], 0),  # the same person again and again
        (through(0, 0.1) + through(30, 0.1), 2),
    ],
)
def test_going_through_a_team_within_an_hour(looks, times):
    assert len(detectors.find_enumeration(looks, TEAMS, LIMITS, within=HOUR)) == times


def test_refused_questions_count_and_two_metrics_do_not_add_up():
    refused = [look(0.1 * place, f"p{place}", refused=True) for place in range(7)]
    assert len(detectors.find_enumeration(refused, TEAMS, LIMITS, within=HOUR)) == 1
    mixed = [look(0.1 * place, f"p{place}", metrics=frozenset({f"m{place % 2}"})) for place in range(7)]
    assert detectors.find_enumeration(mixed, TEAMS, LIMITS, within=HOUR) == []


@pytest.mark.parametrize(("days", "times"), [(60, 1), (100, 0)])
def test_going_through_it_on_two_days_within_ninety(days, times):
    looks = through(0, 3) + through(days * 24, 3)
    [*found] = detectors.find_repeated_enumeration(looks, TEAMS, LIMITS)
    assert len(found) == times and len(detectors.find_repeated_enumeration(through(0, 3), TEAMS, LIMITS)) == 0
    assert all(each.until <= looks[-1].at and len(each.receipts) == 14 for each in found)


def hop(day: float, **over) -> list[SeenLook]:
    return [
        look(24 * day, "p1", use="performance_rating", refused=True),
        look(24 * day + over.pop("later", 1), "p1", **{"use": "team_coaching", **over}),
    ]


@pytest.mark.parametrize(
    ("looks", "times"),
    [
        (hop(0) + hop(8) + hop(16), 1),
        (hop(0) + hop(8), 0),
        (hop(0) + hop(20) + hop(40), 0),  # not within 30 days
        (
            hop(0, later=200) + hop(10, later=200) + hop(20, later=200),
            0,
        ),  # after the seven days of the setting
        (
            hop(0, use="performance_rating")
            + hop(8, use="performance_rating")
            + hop(16, use="performance_rating"),
            0,
        ),
        (hop(0, metrics=frozenset({"x"})) + hop(8) + hop(16), 0),
    ],
)
def test_asking_for_another_purpose_three_times(looks, times):
    assert len(detectors.find_purpose_hopping(sorted(looks, key=lambda each: each.at), LIMITS)) == times


def test_people_whom_one_does_not_lead():
    outside = [look(24 * place, f"q{place}", led=False) for place in range(3)]
    assert len(detectors.find_looking_outside(outside)) == 1
    assert detectors.find_looking_outside([*outside[:2], look(60, "q0", led=False)]) == []
    assert detectors.find_looking_outside([look(24 * place, f"q{place}") for place in range(9)]) == []


def test_an_incident_that_nobody_recorded_three_times():
    odd = [look(24 * place, use="incident_response", founded=False) for place in range(3)]
    assert len(detectors.find_context_mismatch(odd)) == 1
    assert detectors.find_context_mismatch([*odd[:2], look(70, use="incident_response", founded=True)]) == []


def test_many_looks_before_a_review():
    review = START + 104 * DAY
    before = [look(24 * day, "p1") for day in (5, 30, 60)]
    lately = [look(24 * (91 + day), "p1") for day in range(9)]
    found = detectors.find_spike([*before, *lately], review)
    assert found is not None and found.numbers["times"] == 9 and found.numbers["before"] == 3
    assert detectors.find_spike([look(24 * day, "p1") for day in range(104)], review) is None


def test_looks_after_an_appeal():
    filed = START + 100 * DAY
    after = [look(24 * (101 + day), "p1") for day in range(4)]
    assert detectors.find_looks_after_appeal(after, "p1", filed).numbers["times"] == 4
    assert detectors.find_looks_after_appeal(after, "p2", filed) is None
    steady = [look(24 * day, "p1") for day in range(0, 130, 7)]
    assert detectors.find_looks_after_appeal(steady, "p1", filed) is None


def test_a_shift_is_all_of_three_beyond_all_of_twelve():
    """S72; its chance is that of ranks, whatever the values."""
    before = [float(month) for month in range(12)]
    assert detectors.find_shift(before, [20.0, 21.0, 22.0]) == pytest.approx(15.5)
    assert detectors.find_shift(before, [-1.0, -2.0, -3.0]) == pytest.approx(-7.5)
    assert detectors.find_shift(before, [20.0, 5.0, 22.0]) is None
    assert detectors.find_shift(before[1:], [20.0, 21.0, 22.0]) is None
    assert detectors.shift_chance() == 2 / comb(15, 3)


@given(st.integers(0, 30), st.integers(1, 60), st.floats(0.01, 0.99))
def test_the_binomial_tail_is_scipy_s(least, trials, share):
    assert detectors.binomial_tail(least, trials, share) == pytest.approx(
        stats.binom.sf(least - 1, trials, share), abs=1e-9
    )


@given(st.lists(st.tuples(st.floats(0, 400), st.sampled_from(sorted(TEAM))), max_size=40))
def test_findings_are_apart_and_rest_on_what_was_looked_at(pairs):
    looks = [look(hours, person) for hours, person in sorted(pairs)]
    found = detectors.find_enumeration(looks, TEAMS, LIMITS, within=DAY)
    assert all(one.until < other.since for one, other in itertools.pairwise(found))
    assert all(set(each.receipts) <= {look.receipt for look in looks} for each in found)


def test_every_kind_is_defined():
    assert set(DEFINITIONS) == set(FindingKind)
    assert all(each.says and each.caveat and each.honest > 0 for each in DEFINITIONS.values())


def test_honest_use_looks_odd_as_often_as_the_page_says():
    """Issue 13 point 11: the expected false-alarm rates; `make bench ARGS=findings` simulates more years."""
    years = 60
    rates = benchmark.simulate(years, seed=7)
    assert [kind for kind in FindingKind if not benchmark.is_as_said(kind, rates[kind], years)] == []
