"""The statistics of fairness audits, held to published tables, to exact enumeration and to laws (issue 17, 4)."""

import subprocess
import sys
from math import comb, isinf, isnan
from pathlib import Path
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from audits.fairness.statistics import (
    BadStatistic,
    benjamini_hochberg,
    cochran_mantel_haenszel,
    crossed_components,
    holm,
    impact_ratio,
    mid_p_fisher,
    miettinen_nurminen,
)

# R's UCBAdmissions: departments A to F, admitted and rejected by men and women.
BERKELEY = [
    [[512, 89], [313, 19]], [[353, 17], [207, 8]], [[120, 202], [205, 391]],
    [[138, 131], [279, 244]], [[53, 94], [138, 299]], [[22, 24], [351, 317]],
]  # fmt: skip
# lme4's Dyestuff and Dyestuff2 (Box and Tiao 1973, tables 5.1.2 and 5.1.4): six batches of five.
DYESTUFF = [
    1545, 1440, 1440, 1520, 1580, 1540, 1555, 1490, 1560, 1495, 1595, 1550, 1605, 1510, 1560,
    1445, 1440, 1595, 1465, 1545, 1595, 1630, 1515, 1635, 1625, 1520, 1455, 1450, 1480, 1445,
]  # fmt: skip
DYESTUFF_2 = [
    7.298, 3.846, 2.434, 9.566, 7.990, 5.220, 6.556, 0.608, 11.788, -0.892, 0.110, 10.386, 13.434, 5.510, 8.166,
    2.212, 4.852, 7.092, 9.288, 4.980, 0.282, 9.014, 4.458, 9.446, 7.198, 1.722, 4.782, 8.106, 0.758, 3.758,
]  # fmt: skip
BATCHES = np.repeat(list("ABCDEF"), 5)


@st.composite
def two_groups(draw, most=40):
    n1, n2 = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


def enumerate_mid_p(x1, n1, x2, n2) -> float:
    """The mid-p from every table with these margins, in whole numbers."""
    k = x1 + x2
    ways = {x: comb(n1, x) * comb(n2, k - x) for x in range(max(0, k - n2), min(n1, k) + 1)}
    seen = ways[x1]
    return (
        sum(each for each in ways.values() if each < seen)
        + sum(each for each in ways.values() if each == seen) / 2
    ) / comb(n1 + n2, k)


def test_the_four_fifths_rule_as_the_guidelines_work_it_out():
    """UGESP question 11: 45, 48 and 51 against 60 of 100."""
    assert impact_ratio([45, 48, 51], 100, 60, 100) == pytest.approx([0.75, 0.80, 0.85])
    assert isinstance(impact_ratio(45, 100, 60, 100), float)


def test_miettinen_nurminen_as_published():
    """R's contingencytables, on Perondi and others 2004: 7 of 34 against 1 of 34. Koopman's 36/40, 16/80 is narrower."""
    assert miettinen_nurminen(7, 34, 1, 34) == pytest.approx((1.2086, 43.0330), abs=5e-5)
    assert miettinen_nurminen(36, 40, 16, 80) == pytest.approx((2.94, 7.15), abs=0.02)


def test_mid_p_as_published():
    """Fagerland, Lydersen and Laake 2017, table 4.7: Perondi's trial has a mid-p of 0.030."""
    assert mid_p_fisher(7, 34, 1, 34) == pytest.approx(0.0297, abs=5e-5)


def test_berkeley_admissions():
    """Bickel, Hammel and O'Connell 1975, as R's mantelhaen.test has them."""
    plain, corrected = cochran_mantel_haenszel(BERKELEY), cochran_mantel_haenszel(BERKELEY, correct=True)
    assert (plain.statistic, plain.p) == pytest.approx((1.5246, 0.2169), abs=5e-5)
    assert (corrected.statistic, corrected.p) == pytest.approx((1.4269, 0.2323), abs=5e-5)
    assert plain[2:] == pytest.approx((0.9047, 0.7719, 1.0603), abs=5e-5)
    assert cochran_mantel_haenszel(BERKELEY[:1]).odds_ratio == pytest.approx(0.349, abs=5e-4)


def test_p_adjust_as_r_has_it():
    """R's p.adjust of 0.01, 0.02, 0.03, 0.04, 0.05 and of values in another order, with one missing."""
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])
    assert benjamini_hochberg([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05] * 5)
    mixed = [0.04, 0.001, np.nan, 0.5, 0.02]
    assert holm(mixed) == pytest.approx([0.08, 0.004, np.nan, 0.5, 0.06], nan_ok=True)
    assert benjamini_hochberg(mixed) == pytest.approx([0.16 / 3, 0.004, np.nan, 0.5, 0.04], nan_ok=True)
    assert holm([]).shape == (0,)


def test_variance_components_as_lme4_has_them():
    """Bates and others 2015: Dyestuff 1764.05 and 2451.25, by maximum likelihood 1388.33; Dyestuff2 0 and 13.806."""
    assert crossed_components(DYESTUFF, {"batch": BATCHES}) == pytest.approx(
        {"batch": 1764.05, "residual": 2451.25}
    )
    assert crossed_components(DYESTUFF, {"batch": BATCHES}, reml=False) == pytest.approx(
        {"batch": 1388.3333, "residual": 2451.25}
    )
    found = crossed_components(DYESTUFF_2, {"batch": BATCHES})
    assert found["batch"] == 0
    assert found["residual"] == pytest.approx(13.806, abs=5e-4)


def deviance(y, a, b, variances) -> float:
    """The restricted deviance of two crossed factors, from the whole matrix."""
    v = variances[0] * np.eye(len(y)) + sum(
        s * (codes[:, None] == codes) for s, codes in zip(variances[1:], (a, b), strict=True)
    )
    inverse, ones = np.linalg.inv(v), np.ones(len(y))
    total = ones @ inverse @ ones
    left = y - (ones @ inverse @ y) / total
    return np.linalg.slogdet(v)[1] + np.log(total) + left @ inverse @ left


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_crossed_factors_reach_the_top_of_the_likelihood(seed):
    """On unbalanced crossed ratings nothing near has a smaller restricted deviance."""
    chance = np.random.default_rng(seed)
    a, b = chance.integers(0, 12, 90), chance.integers(0, 7, 90)
    y = chance.normal(size=12)[a] + 0.5 * chance.normal(size=7)[b] + chance.normal(size=90)
    found = crossed_components(y, {"a": a, "b": b})
    here = np.array([found["residual"], found["a"], found["b"]])
    best = optimize.minimize(
        lambda logs: deviance(y, a, b, np.exp(logs)), np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10}
    )  # fmt: skip
    assert deviance(y, a, b, here) <= best.fun + 1e-7


def test_traces_from_signs_come_to_the_same(monkeypatch):
    """Where the matrix is too large to be factored, the estimates differ by far less than they are uncertain."""
    chance = np.random.default_rng(7)
    a, b = chance.integers(0, 300, 4000), chance.integers(0, 80, 4000)
    y = 0.5 * chance.normal(size=300)[a] + 0.3 * chance.normal(size=80)[b] + 0.7 * chance.normal(size=4000)
    exact = crossed_components(y, {"a": a, "b": b})
    monkeypatch.setattr("audits.fairness.components.EXACT", 10)
    assert crossed_components(y, {"a": a, "b": b}) == pytest.approx(exact, rel=0.02)


@pytest.mark.proof(alone=True)
def test_a_hundred_thousand_crossed_ratings_in_ten_seconds():
    """Measured: 30,000 persons by 3,000 managers, and 2,000 managers by 12 periods; the variances come back."""
    chance = np.random.default_rng(1)
    for persons, managers in ((30_000, 3_000), (2_000, 12)):
        a, b = chance.integers(0, persons, 100_000), chance.integers(0, managers, 100_000)
        y = (
            0.5 * chance.normal(size=persons)[a]
            + 0.3 * chance.normal(size=managers)[b]
            + 0.7 * chance.normal(size=100_000)
        )
        begun = process_time()
        found = crossed_components(y, {"person": a, "manager": b})
        assert process_time() - begun < 10
        assert found["person"] == pytest.approx(0.25, rel=0.1)
        assert found["residual"] == pytest.approx(0.49, rel=0.02)


@given(two_groups())
def test_mid_p_is_what_enumeration_gives(group):
    """Lancaster's mid-p from whole numbers; the same whichever group is named first, and of those not selected."""
    x1, n1, x2, n2 = group
    p = mid_p_fisher(*group)
    assert p == pytest.approx(enumerate_mid_p(*group), rel=1e-9)
    assert 0 < p <= 1
    assert p == pytest.approx(mid_p_fisher(x2, n2, x1, n1), rel=1e-9)
    assert p == pytest.approx(mid_p_fisher(n1 - x1, n1, n2 - x2, n2), rel=1e-9)


@given(two_groups())
def test_intervals_hold_their_ratio_and_turn_with_it(group):
    """The interval holds the ratio, is inverted with the groups, and a wider level is a wider interval."""
    x1, n1, x2, n2 = group
    low, high = miettinen_nurminen(*group)
    ratio = impact_ratio(*group)
    assert 0 <= low <= high
    assert isnan(ratio) or (low <= ratio * (1 + 1e-9) and ratio <= high * (1 + 1e-9))
    other_low, other_high = miettinen_nurminen(x2, n2, x1, n1)
    assert low == pytest.approx(0 if isinf(other_high) else 1 / other_high, rel=1e-6)
    assert other_low == pytest.approx(0 if isinf(high) else 1 / high, rel=1e-6)
    wide_low, wide_high = miettinen_nurminen(*group, level=0.99)
    assert wide_low <= low * (1 + 1e-9) and wide_high >= high * (1 - 1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_values_keep_order_and_bounds(p):
    """Both keep the order, never fall under p, and Holm's is never the smaller."""
    h, b, given_p = holm(p), benjamini_hochberg(p), np.array(p)
    for adjusted in (h, b):
        assert np.all(adjusted >= given_p - 1e-15) and np.all(adjusted <= 1)
        assert np.all(np.diff(adjusted[np.argsort(given_p, kind="stable")]) >= -1e-15)
    assert np.all(h >= b - 1e-15)


@given(st.lists(st.tuples(*[st.integers(0, 12)] * 4), min_size=1, max_size=5))
def test_mantel_haenszel_turns_with_its_tables(cells):
    """Other rows first: the same statistic, the odds ratio inverted. An empty stratum changes nothing."""
    tables = np.array(cells).reshape(-1, 2, 2)
    found, turned = cochran_mantel_haenszel(tables), cochran_mantel_haenszel(tables[:, ::-1])
    assert found.statistic == pytest.approx(turned.statistic, nan_ok=True)
    assert found == pytest.approx(cochran_mantel_haenszel([*tables.tolist(), [[0, 0], [0, 0]]]), nan_ok=True)
    if 0 < found.odds_ratio < np.inf:
        assert found.odds_ratio == pytest.approx(1 / turned.odds_ratio)
        assert found.low <= found.odds_ratio <= found.high
    corrected = cochran_mantel_haenszel(tables, correct=True)
    assert isnan(found.statistic) or corrected.statistic <= found.statistic + 1e-12


@given(
    st.lists(st.integers(1, 5), min_size=4, max_size=25), st.integers(-50, 50), st.sampled_from([0.5, 3.0])
)
def test_components_move_with_their_numbers(y, shift, scale):
    """A shift changes no variance, and a scale changes it by its square; none is negative."""
    factor = {"manager": [place % 3 for place in range(len(y))]}
    found = crossed_components(y, factor)
    moved = crossed_components([each * scale + shift for each in y], factor)
    assert moved == pytest.approx({name: each * scale**2 for name, each in found.items()}, rel=1e-4, abs=1e-6)
    assert all(each >= 0 for each in found.values())


def test_what_cannot_be_told_is_told_by_value():
    """Bad input: groups of one or nobody, all or none selected, empty strata, all equal, factors of one level."""
    assert (
        isnan(impact_ratio(0, 0, 5, 10))
        and isnan(impact_ratio(0, 5, 0, 10))
        and isinf(impact_ratio(1, 1, 0, 10))
    )
    assert miettinen_nurminen(0, 0, 5, 10) == pytest.approx((np.nan, np.nan), nan_ok=True)
    assert miettinen_nurminen(0, 1, 0, 10) == (0, np.inf)
    low, high = miettinen_nurminen(1, 1, 1, 1)
    assert 0 < low < 1 < high
    assert isnan(mid_p_fisher(0, 0, 5, 10))
    assert mid_p_fisher([0, 5], [5, 5], [0, 9], [9, 9]) == pytest.approx([0.5, 0.5])
    for nothing in (np.zeros((0, 2, 2)), [[[0, 0], [0, 0]]], [[[1, 0], [0, 0]]], [[[5, 0], [3, 0]]]):
        assert all(isnan(each) for each in cochran_mantel_haenszel(nothing))
    assert cochran_mantel_haenszel([[[5, 0], [3, 2]]]).odds_ratio == np.inf
    assert crossed_components([3, 3, 3], {"m": [1, 1, 2]}) == {"m": 0, "residual": 0}
    one = crossed_components([1, 2, 3, 4], {"m": [1, 1, 1, 1], "p": [1, 1, 2, 2]})
    assert isnan(one["m"]) and one["residual"] == pytest.approx(0.5)
    assert crossed_components([1, 2, 4], {}) == {"residual": pytest.approx(7 / 3)}
    assert crossed_components([1, 1, 2, 2, 3, 3], {"m": list("aabbcc")}) == {"m": 1, "residual": 0}


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: impact_ratio(11, 10, 1, 10), "selected"),
        (lambda: miettinen_nurminen(1, 10, 1, -10), "total_rest"),
        (lambda: miettinen_nurminen(1, 10, 1, 10, level=1), "level"),
        (lambda: mid_p_fisher(1.5, 10, 1, 10), "selected"),
        (lambda: mid_p_fisher(np.nan, 10, 1, 10), "selected"),
        (lambda: impact_ratio([1, 2], [3, 4, 5], 1, 10), "counts"),
        (lambda: impact_ratio("many", 10, 1, 10), "counts"),
        (lambda: cochran_mantel_haenszel([[1, 2], [3, 4]]), "tables"),
        (lambda: cochran_mantel_haenszel([[[1, 2], [3, -4]]]), "tables"),
        (lambda: holm([0.5, 1.5]), "p"),
        (lambda: benjamini_hochberg([[0.5]]), "p"),
        (lambda: crossed_components([1, np.nan], {}), "y"),
        (lambda: crossed_components([1], {}), "y"),
        (lambda: crossed_components([1, 2, 3], {"m": [1, 2]}), "m"),
        (lambda: crossed_components([1, 2, 3], {"m": ["a", "a", None]}), "m"),
        (lambda: crossed_components([1, 2, 3], {"m": ["a", "b", "c"]}), "m"),
        (lambda: crossed_components([1, 2, 3], {"m": list("aab"), "k": list("xxy")}), "k"),
        (lambda: crossed_components([1, 2, 3], {"residual": list("aab")}), "residual"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(call, field):
    """Bad input: a typed ValueError that names what was wrong."""
    with pytest.raises(BadStatistic) as refused:
        call()
    assert refused.value.field == field


def test_statistics_need_no_django():
    """DESIGN, Layout: the two `statistics.py` import no Django."""
    code = "import sys; from audits.fairness import statistics; sys.exit('django' in sys.modules)"
    project = Path(__file__).resolve().parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=project, check=False).returncode == 0
