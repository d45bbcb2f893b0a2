"""Laws of values and intervals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.measures.values.aggregation import AT_LEAST, AT_MOST, OF_EVENTS, estimate, round_estimate
from charter.rules.vocabulary import Aggregation

numbers = st.floats(-1e9, 1e9, allow_nan=False)
samples = st.lists(numbers, min_size=1, max_size=200)
weights_of = st.floats(1e-3, 1e6)
ranked = st.sampled_from([Aggregation.MEDIAN, Aggregation.P90])


def of(aggregation: Aggregation, values, weights=None, **options):
    heavy = None if weights is None else np.array(weights, float)
    return estimate(aggregation, np.array(values, float), heavy, **{"days": 30, **options})


@given(st.sampled_from(Aggregation), samples)
def test_the_value_lies_in_its_interval(aggregation, values):
    """DESIGN, published values: the interval is around the value."""
    found = of(aggregation, values)
    assert (found.low is None) == (found.high is None)
    if found.low is not None:
        assert found.low <= found.value <= found.high


@given(st.sampled_from(Aggregation), samples)
def test_what_is_measured_is_told_to_three_figures_and_what_is_counted_in_full(aggregation, values):
    """DESIGN, published values: no value fine enough to name the one event that it is of."""
    found = of(aggregation, values)
    printed = round_estimate(found, aggregation)
    if aggregation in {Aggregation.COUNT, Aggregation.SUM, Aggregation.SHARE}:
        assert printed == found
    else:
        assert printed.value == float(f"{found.value:.3g}")
        assert printed.low is None or printed.low <= printed.value <= printed.high


@given(
    st.sampled_from(Aggregation),
    st.lists(st.tuples(numbers, weights_of), min_size=1, max_size=60),
    st.randoms(),
)
def test_the_order_of_events_never_matters(aggregation, events, random):
    """DESIGN, cohorts: a statistic is symmetric in events, to the last digit, so the same facts freeze the same."""
    before = of(aggregation, *zip(*events, strict=True))
    random.shuffle(events)
    assert of(aggregation, *zip(*events, strict=True)) == before


@given(ranked, st.lists(numbers, min_size=2, max_size=300))
def test_an_interval_of_ranks_prints_no_extreme_observation(aggregation, values):
    """DESIGN, published values: no interval that would print an extreme observation."""
    found = of(aggregation, values)
    if found.low is not None:
        assert min(values) < found.low <= found.high < max(values)


@given(st.lists(numbers, min_size=10, max_size=300, unique=True), st.floats(1, 1e9))
def test_the_largest_event_adds_nothing_to_a_p90(values, more):
    """DESIGN, published values: no maximum, nor a part of one."""
    higher = sorted(values)
    higher[-1] += more
    assert of(Aggregation.P90, higher) == of(Aggregation.P90, values)
    assert of(Aggregation.P90, values).value < max(values)


@given(st.lists(numbers, min_size=10, max_size=200, unique=True))
def test_a_median_of_ten_different_events_has_an_interval(values):
    """Issue 2, measures: what is published comes with its interval, and disclosure sees to ten events."""
    assert of(Aggregation.MEDIAN, values).low is not None


def test_a_median_agrees_with_binomial_tables():
    """Conover 1999, table A3: of 10 events, the 2nd and 9th; of 20, the 6th and 15th."""
    ten, twenty = of(Aggregation.MEDIAN, range(1, 11)), of(Aggregation.MEDIAN, range(1, 21))
    assert (ten.value, ten.low, ten.high) == (5.5, 2, 9)
    assert (twenty.value, twenty.low, twenty.high) == (10.5, 6, 15)


def test_ranks_of_many_events_join_those_summed_exactly():
    """The normal approximation takes over where it makes no difference worth seeing."""
    exact, approximate = (of(Aggregation.MEDIAN, range(n)) for n in (1000, 1001))
    assert abs((exact.high - exact.low) - (approximate.high - approximate.low)) <= 2


def test_a_p90_is_the_nearest_rank_and_has_an_interval_only_where_there_is_room():
    """DESIGN, published values: never the maximum; without room under it there is no interval."""
    few, many = of(Aggregation.P90, range(1, 31)), of(Aggregation.P90, range(1, 101))
    assert (few.value, few.low) == (27, None)
    assert many.value == 90
    assert 80 < many.low < 90 < many.high < 100


@pytest.mark.parametrize(("events", "low", "high"), [(0, 0.0, 3.69), (10, 4.79, 18.39), (100, 81.36, 121.63)])
def test_a_count_has_a_poisson_interval(events, low, high):
    """Breslow & Day 1987: exact limits of 0, 10 and 100 events; Byar's formula comes within 1 %."""
    found = of(Aggregation.COUNT, [1.0] * events)
    assert found.value == events
    assert found.low == pytest.approx(low, rel=0.01)
    assert found.high == pytest.approx(high, rel=0.01)


def test_a_rate_is_a_week():
    """Vocabulary: a rate is events a week."""
    found = of(Aggregation.RATE, [1.0] * 28, days=28)
    assert found.value == 7
    assert found.low * 4 == of(Aggregation.COUNT, [1.0] * 28).low


def test_a_mean_has_students_interval():
    """A textbook sample of ten: mean 5.5, s = 3.0277, t = 2.262."""
    found = of(Aggregation.MEAN, range(1, 11))
    assert found.value == 5.5
    assert found.high - found.value == pytest.approx(2.262157 * 3.0276504 / math.sqrt(10), rel=1e-3)


@given(samples, st.floats(0.1, 100))
def test_equal_weights_change_nothing(values, weight):
    """Contract of facts: a weight says how much an event counts beside the others."""
    plain, heavy = of(Aggregation.MEAN, values), of(Aggregation.MEAN, values, [weight] * len(values))
    assert heavy.value == pytest.approx(plain.value, rel=1e-9, abs=1e-6)


def test_a_weight_pulls_the_mean():
    """SLO compliance: a day with more requests counts for more."""
    assert of(Aggregation.MEAN, [1.0, 0.0], [3.0, 1.0]).value == 0.75


def test_a_sum_of_positive_numbers_has_no_negative_low():
    """DESIGN, published values: an interval holds what can be."""
    found = of(Aggregation.SUM, [1.0] * 4 + [50.0])
    assert (found.value, found.low) == (54.0, 0.0)


@given(st.integers(4, 400), st.data())
def test_a_share_never_says_none_or_all(n, data):
    """DESIGN, published values: 0 % and 100 % are coarsened, and so is their neighbour, which would tell them apart."""
    hits = data.draw(st.integers(0, n))
    found = of(Aggregation.SHARE, [1.0] * hits + [0.0] * (n - hits))
    assert 0 < found.value < 1
    if hits <= 1:
        assert (found.value, found.bound, found.low) == (1 / n, AT_MOST, 0.0)
    elif hits >= n - 1:
        assert found.bound == AT_LEAST
        assert (found.value, found.high) == (pytest.approx((n - 1) / n), 1.0)
    else:
        assert (found.value, found.bound) == (hits / n, "")


@given(st.integers(0, 1), st.lists(weights_of, min_size=5, max_size=100))
def test_a_coarsened_share_is_true_and_blind(hits, weights):
    """DESIGN, published values: told the same for none and for one hit, whichever it was, and true for both."""
    values = [1.0] * hits + [0.0] * (len(weights) - hits)
    found = of(Aggregation.SHARE, values, weights)
    assert found == of(Aggregation.SHARE, [0.0] * len(weights), weights)
    assert found.value >= max(weights) / sum(weights) * (1 - 1e-12)


def test_one_s_own_share_may_be_exact():
    """DESIGN, cohorts: to oneself always."""
    assert of(Aggregation.SHARE, [0.0] * 12, coarse=False).value == 0
    assert of(Aggregation.SHARE, [1.0] * 12, coarse=False).value == 1


@pytest.mark.parametrize("aggregation", sorted(OF_EVENTS))
def test_nothing_has_no_mean_median_p90_or_share(aggregation):
    """Fail closed: without events these have no value, and none is made up."""
    with pytest.raises(ValueError, match="no events"):
        of(aggregation, [])
