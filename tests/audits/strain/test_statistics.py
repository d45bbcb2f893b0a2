"""The statistics of strain, held to published tables, to scipy.stats, to exact chains and to laws (issue 18)."""

import subprocess
import sys
from itertools import groupby, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from audits.strain.statistic_errors import BadWeeks, WeeksFault
from audits.strain.statistics import (
    InMode,
    StrainedBy,
    check_load,
    compare_with_earlier,
    compare_with_expected,
    find_exception_modes,
    find_lasting,
    garwood,
    pool_dispersion,
    run_cusum,
    sum_rates,
)
from audits.strain.team_weeks import WeekSpan, last_weeks, list_untold, pick_teams, read_weeks

COUNTS = st.integers(0, 60)
EXPOSURES = st.integers(1, 40)
FAULTS = WeeksFault


def quarter(total, people=1):
    """Rates of one team's 13 weeks in which so much was counted."""
    return sum_rates(read_weeks([total] + [0] * 12, people))


def two_quarters(before, now, people_before=1, people_now=1):
    """Rates of a later and an earlier 13 weeks of one team."""
    weeks = read_weeks([before] + [0] * 12 + [now] + [0] * 12, [people_before] * 13 + [people_now] * 13)
    return sum_rates(weeks), sum_rates(weeks, WeekSpan(0, 13))


# Published values


def test_garwood_as_published():
    """Garwood's limits of 0, 1, 2, 5, 10, 20 and 50 events at 95 %, as tables print them (Ulm 1990, Am J Epidemiol 131)."""
    low, high = garwood([0, 1, 2, 5, 10, 20, 50])
    assert low == pytest.approx([0, 0.03, 0.24, 1.62, 4.80, 12.22, 37.11], abs=0.0051)
    assert high == pytest.approx([3.69, 5.57, 7.22, 11.67, 18.39, 30.89, 65.92], abs=0.0051)
    assert garwood(0, exposure=4)[1] == pytest.approx(-np.log(0.025) / 4)


@given(COUNTS, st.floats(0.5, 0.999), st.integers(1, 50))
def test_garwood_leaves_the_same_in_both_tails(count, level, exposure):
    """Its definition: at the lower bound so many or more, at the upper so many or fewer, have half of what is left."""
    low, high = (each * exposure for each in garwood(count, exposure, level))
    assert stats.poisson.cdf(count, high) == pytest.approx((1 - level) / 2, rel=1e-8)
    assert (
        low == 0
        if count == 0
        else stats.poisson.sf(count - 1, low) == pytest.approx((1 - level) / 2, rel=1e-8)
    )


def test_the_exact_test_of_two_rates_as_r_has_it():
    """R's poisson.test(c(11, 6+8+7), c(800, 1083+1050+878)): help page, p 0.07967 two-sided, ratio 1.971, 0.86 to 4.28."""
    weeks = read_weeks([21] + [0] * 12 + [11] + [0] * 12, [3011 / 13] * 13 + [800 / 13] * 13)
    found = compare_with_earlier(sum_rates(weeks), sum_rates(weeks, WeekSpan(0, 13)))
    assert found.ratio == pytest.approx([1.971488], rel=1e-6)
    assert (found.low[0], found.high[0]) == pytest.approx((0.8584264, 4.2772659), rel=1e-6)
    assert found.p == pytest.approx([stats.binomtest(11, 32, 800 / 3811, alternative="greater").pvalue])


def test_the_exact_test_of_one_rate_as_r_has_it():
    """R's poisson.test(137, 24.19893): 137 deaths where 24.2 were expected, 4.75 to 6.69 times as many."""
    found = compare_with_expected(quarter(137), 24.19893 / 13)
    assert (found.ratio[0], found.low[0], found.high[0]) == pytest.approx(
        (5.6614, 4.753125, 6.692709), rel=1e-5
    )
    assert found.p[0] < 1e-15


# Against independent reckonings


@given(COUNTS, st.floats(0.1, 60))
def test_one_rate_against_scipy(count, mean):
    """The one-sided p is the Poisson tail of scipy.stats, either way."""
    more, fewer = (
        compare_with_expected(quarter(count), mean / 13, strained_by=each).p[0] for each in StrainedBy
    )
    assert more == pytest.approx(stats.poisson.sf(count - 1, mean), rel=1e-8)
    assert fewer == pytest.approx(stats.poisson.cdf(count, mean), rel=1e-8)


@given(COUNTS, COUNTS, EXPOSURES, EXPOSURES)
def test_two_rates_against_scipy(before, now, people_before, people_now):
    """The one-sided p is that of scipy's exact binomial test, either way, and the interval that of Clopper and Pearson."""
    later, earlier = two_quarters(before, now, people_before, people_now)
    share = people_now / (people_now + people_before)
    for strained_by, side in ((StrainedBy.MORE, "greater"), (StrainedBy.FEWER, "less")):
        found = compare_with_earlier(later, earlier, strained_by=strained_by)
        if before + now == 0:
            assert found.p[0] == 1 and np.isnan(found.ratio[0])
            continue
        test = stats.binomtest(now, before + now, share, alternative=side)
        assert found.p[0] == pytest.approx(test.pvalue, rel=1e-7)
        low, high = stats.binomtest(now, before + now).proportion_ci(method="exact")
        times = people_before / people_now
        assert found.low[0] == pytest.approx(low / (1 - low) * times, rel=1e-7, abs=1e-12)
        assert found.high[0] == pytest.approx(np.inf if high == 1 else high / (1 - high) * times, rel=1e-7)


def test_dispersion_against_chi_square():
    """Pooled over teams it is scipy's chi-square of each against its own rate; under 1 it is 1; empty teams are left out."""
    chance = np.random.default_rng(1)
    counts = chance.negative_binomial(2, 0.3, (6, 20))
    people = chance.integers(4, 9, (6, 20))
    counts[5] = 0
    found = pool_dispersion(read_weeks(counts, people))
    chi = sum(
        stats.chisquare(each, each.sum() * there / there.sum()).statistic
        for each, there in zip(counts[:5], people[:5], strict=True)
    )
    assert found == pytest.approx((chi / (5 * 19), 95, 5, 100))
    assert pool_dispersion(read_weeks([[4] * 10] * 3, 1)) == (1.0, 27, 3, 30)
    part = pool_dispersion(read_weeks(counts, people), WeekSpan(5, 15))
    assert part == pytest.approx(pool_dispersion(read_weeks(counts[:, 5:15], people[:, 5:15])))


def test_dispersion_finds_what_was_put_in():
    """Over 400 teams, counts that vary three times as much as chance are told so within a twentieth."""
    chance = np.random.default_rng(2)
    counts = chance.negative_binomial(4 / 2, 1 / 3, (400, 52))  # mean 4, variance 12
    assert pool_dispersion(read_weeks(counts, 6)).value == pytest.approx(3, rel=0.05)


def chain_arl(mean, k, h, steps):
    """The exact mean run length of a CUSUM whose path moves on whole steps of 1/`steps` (Brook and Evans 1972)."""
    sd, top = round(mean**0.5), round(h * steps)
    moves = np.arange(0, 400)
    odds = stats.poisson.pmf(moves, mean)
    table = np.zeros((top + 1, top + 1))
    for at in range(top + 1):
        to = np.maximum(0, at + np.round(((moves - mean) / sd - k) * steps).astype(int))
        np.add.at(table[at], to[to <= top], odds[to <= top])
    return np.linalg.solve(np.eye(top + 1) - table, np.ones(top + 1))[0]


def simulate_arl(mean, expected, weeks, teams, *, k=0.5, h=8.0):
    """Weeks a signal, by simulation, as the path begins anew after each."""
    counts = np.random.default_rng(5).poisson(mean, (teams, weeks))
    return teams * weeks / run_cusum(read_weeks(counts, 1), expected, k=k, h=h).signals.sum()


def test_run_lengths_as_published():
    """One-sided, nothing wrong: 336 weeks at h 4 and 930 at h 5 (twice those of Montgomery's table 9.3); one sd up, 8.38, 10.4."""
    for h, quiet, shifted in ((4, 336, 8.38), (5, 930, 10.4)):
        assert simulate_arl(10_000, 10_000, 4_000, 400, h=h) == pytest.approx(quiet, rel=0.05)
        assert simulate_arl(10_100, 10_000, 400, 400, h=h) == pytest.approx(shifted, rel=0.03)


def test_run_lengths_at_h_8():
    """k .5, h 8: Siegmund's 19,100 weeks for normal counts and 16.3 at one sd up; four a week, exactly by Brook and Evans."""
    assert simulate_arl(10_000, 10_000, 1_000, 4_000) == pytest.approx(19_100, rel=0.2)
    assert simulate_arl(10_100, 10_000, 800, 400) == pytest.approx(16.3, rel=0.05)
    exact = chain_arl(4, 0.5, 8, 2)
    assert exact < 19_100 / 2  # small counts are skewed: false alarms come sooner
    assert simulate_arl(4, 4, 1_000, 4_000) == pytest.approx(exact, rel=0.1)


def test_a_cusum_by_hand():
    """Four expected, sd 2, k .5: the path, its signal, since when it ran, and a week without data that changes nothing."""
    counts = [4, 9, 14, 0, 0, 14, 14, 5, 4, 4, 4, 4, 14]
    known = [each != 3 for each in range(13)]
    found = run_cusum(read_weeks(counts, 1, known=known), 4, h=8)
    assert found.path[0].tolist() == [0, 2, 6.5, 6.5, 4, 8.5, 4.5, 4.5, 4, 3.5, 3, 2.5, 7]
    assert np.flatnonzero(found.signals[0]).tolist() == [5]
    assert found.began[0].tolist() == [-1, 1, 1, 1, 1, 1, 6, 6, 6, 6, 6, 6, 6]
    assert (found.weeks[0], found.left_out[0]) == (12, 1)


# Exception mode


def one_mode(pattern, limit=2):
    """The mode of 13 weeks: x is over the limit, - is not, ? has no data."""
    return find_exception_modes(
        read_weeks([3 if each == "x" else 1 for each in pattern], 1, known=[each != "?" for each in pattern]),
        limit,
    )


@pytest.mark.parametrize(
    ("pattern", "mode"),
    [
        ("xxxxxxxx-x-x-", InMode.YES),  # ten over, no pair
        ("xxxxxxxx-----", InMode.NO),  # eight over, two pairs
        ("xxxxxxxx---x-", InMode.YES),  # nine over, a pair
        ("xxxxx--xxx--x", InMode.NO),  # nine over, two pairs
        ("xxxxx--xxx-x-", InMode.YES),  # nine over, one pair
        ("x-x-x-x-x-x-x", InMode.NO),  # seven over, no pair
        ("-x-x-x-x-xxxx", InMode.YES),  # eight over, no pair
        ("xxxxxxx?-x-x-", InMode.YES),  # nine over, and no pair whatever the unknown week was
        ("xxxxxx?-x-x--", InMode.UNTOLD),  # eight over, and a second pair if it was one of recovery
        ("xxxxxxx?-x---", InMode.UNTOLD),
        ("xxxxxxx------", InMode.NO),
        ("xxxxx?????---", InMode.UNTOLD),
        ("xx?----x--xxx", InMode.NO),  # seven at most
    ],
)
def test_exception_mode_by_case(pattern, mode):
    """Issue 18: 8 of 13 weeks over a limit, with at most one pair of recovery weeks."""
    assert one_mode(pattern).modes.tolist() == [[mode]]


def reckon_mode(pattern):
    """Exception mode from its words, of weeks that are all known."""
    runs = [len(list(run)) for each, run in groupby(pattern) if each == "-"]
    return pattern.count("x") >= 8 and sum(each // 2 for each in runs) <= 1


def test_at_the_limit_is_not_over_it():
    """A week as high as the limit is a healthy one."""
    assert find_exception_modes(read_weeks([8] * 13, 4), 2).over.tolist() == [[0]]
    assert find_exception_modes(read_weeks([9] * 13, 4), 2).over.tolist() == [[13]]
    assert not check_load(sum_rates(read_weeks([8] * 13, 4)), 2).over.any()


@given(st.lists(st.sampled_from("xxx-?"), min_size=13, max_size=13).map("".join))
def test_exception_mode_is_what_every_filling_gives(pattern):
    """Yes or no exactly where each way to fill the unknown weeks gives that; and the numbers it rests on are right."""
    spots = [place for place, each in enumerate(pattern) if each == "?"]
    answers = set()
    for filling in product("x-", repeat=len(spots)):
        filled = list(pattern)
        for place, each in zip(spots, filling, strict=True):
            filled[place] = each
        answers.add(reckon_mode("".join(filled)))
    told = {True: InMode.YES, False: InMode.NO}[answers.pop()] if len(answers) == 1 else InMode.UNTOLD
    found = one_mode(pattern)
    assert found.modes[0, 0] == told
    assert (found.over[0, 0], found.unknown[0, 0]) == (pattern.count("x"), len(spots))
    assert one_mode(pattern[::-1]).modes[0, 0] == told


def test_exception_mode_lasts_two_quarters():
    """S119: in the mode now and 13 weeks before; never after one bad quarter, nor with an untold one."""
    bad, good = [3] * 13, [1] * 13
    for counts, lasting in ((bad + bad, True), (good + bad, False), (bad + good, False)):
        assert find_lasting(find_exception_modes(read_weeks(counts, 1), 2)).tolist() == [[lasting]]
    known = [True] * 13 + [False] * 13
    assert not find_lasting(find_exception_modes(read_weeks(bad + bad, 1, known=known), 2)).any()
    assert find_lasting(find_exception_modes(read_weeks(bad, 1), 2)).shape == (1, 0)


def test_exception_mode_of_a_team_that_was_not_there():
    """Bad input: 13 weeks in which a team began or ended are untold, the others are told."""
    modes = find_exception_modes(read_weeks([[3] * 15] * 2, 1, began=[1, 0], ended=[15, 14]), 2).modes
    assert modes.tolist() == [[-1, 1, 1], [1, 1, -1]]


# Rates and limits


def test_weeks_without_rota_data_are_left_out_and_counted():
    """Issue 18: neither their counts nor their person-weeks are read, and how many they are is told."""
    known = [False, False, *[True] * 11]
    rates = sum_rates(read_weeks([np.nan, -5, *[2] * 11], [0, np.nan, *[4] * 11], known=known))
    assert (rates.counts[0], rates.person_weeks[0], rates.weeks[0], rates.left_out[0]) == (22, 44, 11, 2)
    assert rates.rate[0] == 0.5
    assert (rates.low[0], rates.high[0]) == pytest.approx([each[()] for each in garwood(22, 44)])


def test_a_limit_is_passed_and_passed_for_sure():
    """S118: over the limit, and over it by more than chance explains."""
    found = check_load(sum_rates(read_weeks([[1] * 13, [2] * 13, [8] * 13], 4)), 0.4)
    assert found.over.tolist() == [False, True, True]
    assert found.surely.tolist() == [False, False, True]


# Laws


@given(COUNTS, COUNTS, st.integers(1, 30), st.floats(1, 4))
def test_more_counted_is_never_less_strain(before, now, more, phi):
    """One more counted never raises p of more, never lowers p of fewer, and moves intervals up; dispersion included."""
    (later, earlier), (worse, _) = two_quarters(before, now), two_quarters(before, now + more)
    for compare in (
        lambda rates, way: compare_with_expected(rates, 1.5, strained_by=way, dispersion=phi),
        lambda rates, way: compare_with_earlier(rates, earlier, strained_by=way, dispersion=phi),
    ):
        assert compare(worse, StrainedBy.MORE).p[0] <= compare(later, StrainedBy.MORE).p[0] + 1e-12
        assert compare(worse, StrainedBy.FEWER).p[0] >= compare(later, StrainedBy.FEWER).p[0] - 1e-12
        assert compare(worse, StrainedBy.MORE).low[0] >= compare(later, StrainedBy.MORE).low[0]
    assert worse.low[0] >= later.low[0] and worse.high[0] >= later.high[0]


@given(COUNTS, COUNTS, st.integers(2, 50))
def test_exposure_in_another_unit_changes_rates_alone(before, now, scale):
    """So many times the person-weeks: rates by that less; p of two rates, their ratio and the path as before."""
    (later, earlier), (more, more_before) = two_quarters(before, now), two_quarters(before, now, scale, scale)
    assert more.rate[0] == pytest.approx(later.rate[0] / scale)
    assert more.high[0] == pytest.approx(later.high[0] / scale)
    found, scaled = compare_with_earlier(later, earlier), compare_with_earlier(more, more_before)
    for field in ("p", "ratio", "low", "high"):
        assert getattr(scaled, field) == pytest.approx(getattr(found, field), nan_ok=True)
    counts = [before, now] * 7
    path = run_cusum(read_weeks(counts, 1), 2.0).path
    assert run_cusum(read_weeks(counts, scale), 2.0 / scale).path == pytest.approx(path)


@given(st.lists(st.integers(0, 9), min_size=26, max_size=26), st.randoms(use_true_random=False))
def test_the_order_of_weeks_and_of_teams(counts, chance):
    """Sums and dispersion do not know the order of weeks; nothing knows that of teams."""
    counts = [1, *counts[1:]]
    shuffled = chance.sample(counts, len(counts))
    whole = WeekSpan(0, 26)
    one, other = read_weeks(counts, 3), read_weeks(shuffled, 3)
    assert sum_rates(one, whole).rate == pytest.approx(sum_rates(other, whole).rate)
    assert pool_dispersion(one) == pytest.approx(pool_dispersion(other))
    both, turned = read_weeks([counts, shuffled], 3), read_weeks([shuffled, counts], 3)
    assert np.array_equal(run_cusum(both, 1).path, run_cusum(turned, 1).path[::-1])
    assert np.array_equal(find_exception_modes(both, 1).modes, find_exception_modes(turned, 1).modes[::-1])
    assert pool_dispersion(both) == pytest.approx(pool_dispersion(turned))


@given(st.lists(st.integers(0, 30), min_size=13, max_size=30), st.integers(0, 12))
def test_a_cusum_grows_with_its_counts_until_it_signals(counts, where):
    """More in one week never lowers the path before the first signal, and signals no later; more variation, no sooner."""
    more = [each + (place == where) for place, each in enumerate(counts)]
    found, worse = (run_cusum(read_weeks(each, 1), 5) for each in (counts, more))
    calm = run_cusum(
        read_weeks(counts, 1), 5, dispersion=4, k=0.25
    )  # half the steps, half of k: half the path

    def first(paths):
        return int(np.argmax(paths.signals[0])) if paths.signals.any() else len(counts)

    until = first(worse)
    assert np.all(worse.path[0, :until] >= found.path[0, :until] - 1e-9)
    assert first(worse) <= first(found) <= first(calm)
    assert np.all(found.path >= 0) and np.array_equal(found.began >= 0, found.path > 0)


@given(COUNTS, COUNTS, st.floats(0.5, 60), st.floats(1, 6))
def test_so_many_or_fewer_and_more_than_that_are_all(before, now, mean, phi):
    """Whatever the dispersion, both chances come to 1, of one rate and of two, where all that was counted stays the same."""
    fewer = compare_with_expected(quarter(now), mean / 13, strained_by=StrainedBy.FEWER, dispersion=phi).p[0]
    assert fewer + compare_with_expected(quarter(now + 1), mean / 13, dispersion=phi).p[0] == pytest.approx(1)
    fewer = compare_with_earlier(
        *two_quarters(before + 1, now), strained_by=StrainedBy.FEWER, dispersion=phi
    ).p[0]
    more = compare_with_earlier(*two_quarters(before, now + 1), dispersion=phi).p[0]
    assert fewer + more == pytest.approx(1)


@given(st.integers(1, 60), st.integers(1, 60), st.floats(1, 6))
def test_an_interval_ends_where_its_test_does(before, now, phi):
    """At a ratio's bounds the one-sided tests have half of what the level leaves, whatever the dispersion."""
    later, earlier = two_quarters(before, now)
    found = compare_with_expected(later, 1, dispersion=phi)
    between = compare_with_earlier(later, earlier, dispersion=phi)
    for way, one, two in (
        (StrainedBy.MORE, found.low, between.low),
        (StrainedBy.FEWER, found.high, between.high),
    ):
        p = compare_with_expected(later, one, strained_by=way, dispersion=phi).p
        assert p[0] == pytest.approx(0.025, rel=1e-6)
        # As many earlier in so many times fewer person-weeks is a ratio of 1.
        moved = earlier._replace(person_weeks=earlier.person_weeks / two)
        p = compare_with_earlier(later, moved, strained_by=way, dispersion=phi).p
        assert p[0] == pytest.approx(0.025, rel=1e-6)


@given(st.integers(0, 60), st.floats(0.5, 40), st.floats(1, 6))
def test_dispersion_takes_certainty_away(count, mean, phi):
    """A count above what is expected is never more surprising where counts vary more."""
    rates = quarter(count)
    if count > 2 * mean:
        plain = compare_with_expected(rates, mean / 13).p[0]
        assert compare_with_expected(rates, mean / 13, dispersion=phi).p[0] >= plain - 1e-12


# Bad input

GOOD = [2] * 26


def later_and_earlier(**given):
    weeks = read_weeks([GOOD, GOOD], 4, **given)
    return sum_rates(weeks), sum_rates(weeks, WeekSpan(0, 13))


@pytest.mark.parametrize(
    ("call", "fault", "field", "place"),
    [
        (lambda: read_weeks([[1, 2], [3, -1]], 1), FAULTS.NEGATIVE, "counts", (1, 1)),
        (lambda: read_weeks([[1, 2], [np.nan, 1]], 1), FAULTS.MISSING, "counts", (1, 0)),
        (lambda: read_weeks([1, np.inf], 1), FAULTS.MISSING, "counts", (0, 1)),
        (lambda: read_weeks([1, 1.5], 1), FAULTS.NOT_WHOLE, "counts", (0, 1)),
        (lambda: read_weeks("many", 1), FAULTS.NOT_NUMBERS, "counts", (None, None)),
        (lambda: read_weeks([[1, 2], [3]], 1), FAULTS.NOT_NUMBERS, "counts", (None, None)),
        (lambda: read_weeks([], 1), FAULTS.WRONG_SHAPE, "counts", (None, None)),
        (lambda: read_weeks(3, 1), FAULTS.WRONG_SHAPE, "counts", (None, None)),
        (lambda: read_weeks([1, 2], [1, 0]), FAULTS.NO_EXPOSURE, "person_weeks", (0, 1)),
        (lambda: read_weeks([1, 2], [-1, 1]), FAULTS.NEGATIVE, "person_weeks", (0, 0)),
        (lambda: read_weeks([1, 2], [np.nan, 1]), FAULTS.MISSING, "person_weeks", (0, 0)),
        (lambda: read_weeks([1, 2], [1, 1, 1]), FAULTS.WRONG_SHAPE, "person_weeks", (None, None)),
        (lambda: read_weeks([1, 2], 1, known=[1, 0]), FAULTS.NOT_NUMBERS, "known", (None, None)),
        (lambda: read_weeks([1, 2], 1, known=[True] * 3), FAULTS.WRONG_SHAPE, "known", (None, None)),
        (lambda: read_weeks([1, 2], 1, began=0.5), FAULTS.NOT_WHOLE, "began", (0, None)),
        (lambda: read_weeks([1, 2], 1, ended=[1, 2]), FAULTS.WRONG_SHAPE, "ended", (None, None)),
        (lambda: sum_rates(read_weeks([2] * 12, 4)), FAULTS.TOO_FEW_WEEKS, "weeks", (None, None)),
        (lambda: last_weeks(read_weeks(GOOD, 4), 0), FAULTS.TOO_FEW_WEEKS, "weeks", (None, None)),
        (lambda: sum_rates(read_weeks(GOOD, 4), WeekSpan(20, 30)), FAULTS.OUT_OF_BOUNDS, "span", (None, None)),
        (lambda: sum_rates(read_weeks(GOOD, 4), WeekSpan(9, 9)), FAULTS.OUT_OF_BOUNDS, "span", (None, None)),
        (lambda: later_and_earlier(began=[0, 20]), FAULTS.TEAM_BEGAN, "began", (1, 20)),
        (lambda: later_and_earlier(ended=[20, 26]), FAULTS.TEAM_ENDED, "ended", (0, 20)),
        (lambda: later_and_earlier(known=[True] * 20 + [False] * 6), FAULTS.TOO_FEW_WEEKS, "known", (0, None)),
        (lambda: run_cusum(read_weeks([GOOD, GOOD], 4, began=[0, 3]), 1), FAULTS.TEAM_BEGAN, "began", (1, 3)),
        (lambda: run_cusum(read_weeks([2] * 7, 4), 1), FAULTS.TOO_FEW_WEEKS, "known", (0, None)),
        (lambda: run_cusum(read_weeks(GOOD, 4), 0), FAULTS.NO_EXPECTATION, "expected", (0, None)),
        (lambda: run_cusum(read_weeks(GOOD, 4), [1, 1]), FAULTS.WRONG_SHAPE, "expected", (None, None)),
        (lambda: run_cusum(read_weeks(GOOD, 4), 1, 0.5), FAULTS.OUT_OF_BOUNDS, "dispersion", (None, None)),
        (lambda: run_cusum(read_weeks(GOOD, 4), 1, np.nan), FAULTS.OUT_OF_BOUNDS, "dispersion", (None, None)),
        (lambda: run_cusum(read_weeks(GOOD, 4), 1, h=0), FAULTS.OUT_OF_BOUNDS, "k, h", (1, None)),
        (lambda: find_exception_modes(read_weeks([2] * 12, 4), 1), FAULTS.TOO_FEW_WEEKS, "weeks", (None, None)),
        (lambda: find_exception_modes(read_weeks(GOOD, 4), 0), FAULTS.OUT_OF_BOUNDS, "limit", (0, None)),
        (lambda: find_exception_modes(read_weeks(GOOD, 4), [1, 2]), FAULTS.WRONG_SHAPE, "limit", (None, None)),
        (lambda: check_load(quarter(3), -1), FAULTS.NEGATIVE, "limit", (0, None)),
        (lambda: pool_dispersion(read_weeks([[0] * 26, [0] * 26], 4)), FAULTS.TOO_FEW_WEEKS, "weeks", (None, None)),
        (lambda: pool_dispersion(read_weeks([3], 4)), FAULTS.TOO_FEW_WEEKS, "weeks", (None, None)),
        (lambda: compare_with_expected(quarter(3), 0), FAULTS.NO_EXPECTATION, "expected", (0, None)),
        (lambda: compare_with_expected(quarter(3), np.nan), FAULTS.MISSING, "expected", (None, None)),
        (lambda: compare_with_expected(quarter(3), 1, level=1), FAULTS.OUT_OF_BOUNDS, "level", (None, None)),
        (lambda: compare_with_earlier(quarter(3), quarter(3)), FAULTS.OVERLAPPING, "earlier", (None, None)),
        (
            lambda: compare_with_earlier(later_and_earlier()[0], two_quarters(3, 3)[1]),
            FAULTS.WRONG_SHAPE, "earlier", (None, None),
        ),
        (lambda: garwood(-1), FAULTS.NEGATIVE, "counts", (None, None)),
        (lambda: garwood(1.5), FAULTS.NOT_WHOLE, "counts", (None, None)),
        (lambda: garwood(np.nan), FAULTS.MISSING, "counts", (None, None)),
        (lambda: garwood(1, 0), FAULTS.NO_EXPOSURE, "exposure", (0, None)),
        (lambda: garwood(1, level=0), FAULTS.OUT_OF_BOUNDS, "level", (None, None)),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(call, fault, field, place):
    """Bad input: a typed ValueError that says what was wrong, of what, and where."""
    with pytest.raises(BadWeeks) as refused:
        call()
    assert (refused.value.fault, refused.value.field) == (fault, field)
    assert (refused.value.team, refused.value.week) == place
    assert str(refused.value).endswith(".")


def test_teams_that_cannot_be_told_are_listed_and_the_others_told():
    """Bad input: one refusal a team, in words with its weeks; without them the rest is told as if they were not there."""
    weeks = read_weeks(
        [GOOD] * 4, 4, began=[0, 20, 0, 0], ended=[26, 26, 15, 26], known=[[True] * 26] * 3 + [[False] * 26]
    )
    span = last_weeks(weeks, 13)
    refusals = list_untold(weeks, span, 8)
    assert [str(each) for each in refusals] == [
        "Team 1 stands since week 20, so not through all of weeks 13 to 25.",
        "Team 2 ended in week 15, so it did not stand through all of weeks 13 to 25.",
        "Of team 3, 0 of weeks 13 to 25 have rota data, and 8 are needed.",
    ]
    told = [team for team in range(4) if team not in {each.team for each in refusals}]
    assert sum_rates(pick_teams(weeks, told)).rate.tolist() == [0.5]


def test_statistics_need_no_django():
    """DESIGN, Layout: the two `statistics.py` import no Django."""
    code = "import sys; from audits.strain import concluding, statistics; sys.exit('django' in sys.modules)"
    project = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=project, check=False).returncode == 0
