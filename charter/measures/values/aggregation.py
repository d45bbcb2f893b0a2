"""One value from the events of a period, with its 95 % interval. Pure: numbers in, numbers out.

Nothing here prints an extreme observation: the 90th percentile is the nearest rank, to which the largest event adds
nothing, and an interval of ranks that would reach the smallest or largest observation is left out.
"""

import math
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from charter.rules.vocabulary import Aggregation

Numbers = NDArray[np.float64]

Z = 1.959963984540054  # of a two-sided 95 % interval
# Up to here the binomial distribution is summed; beyond, the normal one is as good and takes no time.
EXACT_UP_TO = 1000
# These say something of the events themselves, so that without events there is nothing to say.
OF_EVENTS = frozenset({Aggregation.MEAN, Aggregation.MEDIAN, Aggregation.P90, Aggregation.SHARE})
_MEASURED = frozenset({Aggregation.MEAN, Aggregation.MEDIAN, Aggregation.P90, Aggregation.RATE})
AT_MOST, AT_LEAST = "at_most", "at_least"


class Estimate(Struct, frozen=True):
    """A value with its interval; `low` and `high` are both None where an interval would say too much, or nothing."""

    value: float
    low: float | None = None
    high: float | None = None
    bound: str = ""  # "at_most" or "at_least" where the value is a coarsened share


def estimate(
    aggregation: Aggregation,
    values: Numbers,
    weights: Numbers | None = None,
    *,
    days: int,
    coarse: bool = True,
) -> Estimate:
    """The value of a period of `days` days. The order of events never matters, not even in the last digit.

    `weights` (above zero) count for mean and share alone. `coarse=False`, for one's own values, lets a share be
    exactly 0 or 1. Raises ValueError where mean, median, p90 or share have no event.
    """
    if aggregation in OF_EVENTS and not len(values):
        raise ValueError(f"no events to take the {aggregation.value} of")
    match aggregation:
        case Aggregation.COUNT:
            return _rate(len(values), 1.0)
        case Aggregation.RATE:
            return _rate(len(values), days / 7)
        case Aggregation.SUM:
            return _sum(np.sort(values))
        case Aggregation.MEDIAN:
            return _median(np.sort(values))
        case Aggregation.P90:
            return _p90(np.sort(values))
    values, weights = _sorted_together(values, weights)
    if aggregation is Aggregation.MEAN:
        return _mean(values, weights)
    return _share(values, weights, coarse)


def round_estimate(estimate: Estimate, aggregation: Aggregation) -> Estimate:
    """The estimate as it is published: what is measured, not counted, to three significant figures.

    A median of hours to the nanosecond would name the one change that it is of, and claim what no sample can know.
    """
    if aggregation not in _MEASURED:
        return estimate
    low, high = (None if bound is None else _three_figures(bound) for bound in (estimate.low, estimate.high))
    return Estimate(_three_figures(estimate.value), low, high, estimate.bound)


def _three_figures(number: float) -> float:
    return float(f"{number:.3g}") if number else number


def _sorted_together(values: Numbers, weights: Numbers | None) -> tuple[Numbers, Numbers]:
    if weights is None:
        return np.sort(values), np.ones(len(values))
    order = np.lexsort((weights, values))
    return values[order], weights[order]


def _rate(events: int, weeks: float) -> Estimate:
    """Events a week, Poisson, after Byar (Breslow & Day 1987, II, eq. 2.13); `weeks=1` makes it the count."""
    low = events * (1 - 1 / (9 * events) - Z / (3 * math.sqrt(events))) ** 3 if events else 0.0
    above = events + 1
    high = above * (1 - 1 / (9 * above) + Z / (3 * math.sqrt(above))) ** 3
    return Estimate(events / weeks, max(low, 0.0) / weeks, high / weeks)


def _sum(values: Numbers) -> Estimate:
    """The sum as a compound Poisson process, whose variance is estimated by the sum of squares."""
    total = float(values.sum())
    if not len(values):
        return Estimate(total)
    half = Z * math.sqrt(float((values * values).sum()))
    low = total - half
    return Estimate(total, max(low, 0.0) if values[0] >= 0 else low, total + half)


def _mean(values: Numbers, weights: Numbers) -> Estimate:
    """The weighted mean with Student's interval; its standard error is s/√n where all weights are equal."""
    heaviness = float(weights.sum())
    mean = float((values * weights).sum()) / heaviness
    # Rounding must not put a mean of equal numbers beside them.
    mean = min(max(mean, float(values[0])), float(values[-1]))
    n = len(values)
    if n < 2:
        return Estimate(mean)
    spread = math.sqrt(float((weights * weights * (values - mean) ** 2).sum()) * n / (n - 1)) / heaviness
    half = _student(n - 1) * spread
    return Estimate(mean, mean - half, mean + half)


def _student(freedom: int) -> float:
    """Student's t at 97.5 %, by Cornish and Fisher's expansion: within 0.3 % from four degrees of freedom."""
    z, v = Z, freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )


def _median(values: Numbers) -> Estimate:
    middle = len(values) // 2
    low, high = values[(len(values) - 1) // 2], values[middle]
    return _with_ranks(float(low + (high - low) / 2), values, 50)


def _p90(values: Numbers) -> Estimate:
    nearest = -(-9 * len(values) // 10)
    return _with_ranks(float(values[nearest - 1]), values, 90)


def _with_ranks(value: float, values: Numbers, percent: int) -> Estimate:
    """An interval between two order statistics (Conover 1999, 3.2), unless one equals an extreme observation."""
    lower, upper = _ranks(len(values), percent)
    if lower < 1 or upper > len(values):
        return Estimate(value)
    low, high = float(values[lower - 1]), float(values[upper - 1])
    if low <= values[0] or high >= values[-1]:
        return Estimate(value)
    return Estimate(value, low, high)


@lru_cache(maxsize=4096)
def _ranks(n: int, percent: int) -> tuple[int, int]:
    """Ranks, from 1, between which the percentile lies with 95 %; 0 or n + 1 where no observation is far enough."""
    p = percent / 100
    if n > EXACT_UP_TO:
        reach = Z * math.sqrt(n * p * (1 - p))
        return math.floor(n * p - reach), math.ceil(n * p + reach) + 1
    below = _binomial(n, p)  # below[i]: the chance of i or fewer observations under the percentile
    lower = int(np.searchsorted(below, 0.025, side="right"))
    upper = int(np.searchsorted(below, 0.975, side="left")) + 1
    return lower, upper


def _binomial(n: int, p: float) -> Numbers:
    logs = [
        math.lgamma(n + 1)
        - math.lgamma(k + 1)
        - math.lgamma(n - k + 1)
        + k * math.log(p)
        + (n - k) * math.log1p(-p)
        for k in range(n + 1)
    ]
    return np.cumsum(np.exp(np.array(logs)))


def _share(values: Numbers, weights: Numbers, coarse: bool) -> Estimate:
    """The share of events whose value is 1, with Wilson's interval; weights shrink n as Kish says."""
    n = len(values)
    hit = values == 1
    hits = int(hit.sum())
    if coarse and hits <= 1:
        value, high = _at_most(weights)
        return Estimate(value, 0.0, high, AT_MOST)
    if coarse and hits >= n - 1:
        rest, high = _at_most(weights)
        return Estimate(1 - rest, 1 - high, 1.0, AT_LEAST)
    heaviness = float(weights.sum())
    share = float(weights[hit].sum()) / heaviness if hits < n else 1.0
    low, high = _wilson(share, heaviness**2 / float((weights * weights).sum()))
    return Estimate(share, low, high)


def _at_most(weights: Numbers) -> tuple[float, float]:
    """Share and upper bound that none and a single hit are both told as, so that nobody can tell the one from the other.

    With equal weights 1/n. Else the heaviest event's share rounded up to a multiple of 1/n, which holds whichever
    event the hit was.
    """
    n = len(weights)
    heaviest = float(weights.max() / weights.sum())
    steps = 1 if weights.max() == weights.min() else min(n, math.floor(heaviest * n) + 1)
    value = steps / n
    _, high = _wilson(value, n)
    return value, high


def _wilson(share: float, n: float) -> tuple[float, float]:
    """Wilson's score interval (1927), kept around the share against rounding."""
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))
