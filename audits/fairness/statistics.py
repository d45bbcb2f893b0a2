"""The statistics of fairness audits: selections of one group against everybody else, over many groups at once.

Pure: numpy and scipy alone. Counts are numbers or arrays of whole numbers of one shape (they are broadcast), and what
comes back has that shape; numbers give a float. What cannot be told is nan, what has no bound is infinite, and nothing
divides by zero or warns. What makes no sense raises `BadStatistic`, a ValueError that names what was wrong.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy  # whose parts load when they are first used: a tenth of what a process takes to start
from numpy.typing import ArrayLike, NDArray

from audits.fairness.components import crossed_components
from audits.fairness.statistic_errors import BadStatistic

__all__ = [
    "BadStatistic",
    "MantelHaenszel",
    "benjamini_hochberg",
    "cochran_mantel_haenszel",
    "crossed_components",
    "holm",
    "impact_ratio",
    "mid_p_fisher",
    "miettinen_nurminen",
]

Floats = NDArray[np.float64]

TIE = 1e-7  # two probabilities this near to each other, relatively, are the same (R's fisher.test)
HALVINGS = 60  # of a span of 80 on the log scale: to 1e-16
SPAN = 40.0  # of the log of a ratio: e^-40 and e^40 are as good as 0 and infinity for any counts of people
FAINTEST = 1e-20  # of the chance of what was seen, below which a tail's next adds nothing


class MantelHaenszel(NamedTuple):
    """What is told of 2 × 2 tables over strata; `low` and `high` bound the common odds ratio."""

    statistic: float
    p: float
    odds_ratio: float
    low: float
    high: float


def impact_ratio(
    selected: ArrayLike, total: ArrayLike, selected_rest: ArrayLike, total_rest: ArrayLike
) -> Any:
    """A group's rate of selection over that of everybody else.

    Nan where there is nobody in a group or nobody selected in either; infinite where none but the group's were selected.
    Raises BadStatistic for counts that are no counts. Source: 29 CFR 1607.4 D (the four-fifths rule), UGESP question 11.
    """
    counts = _read_counts(selected, total, selected_rest, total_rest)
    return _shaped(_ratio(*counts))


def miettinen_nurminen(
    selected: ArrayLike,
    total: ArrayLike,
    selected_rest: ArrayLike,
    total_rest: ArrayLike,
    level: float = 0.95,
) -> tuple[Any, Any]:
    """The interval of the impact ratio by the score test, with its correction N / (N - 1).

    0 and infinity are bounds where a group has nobody selected; both nan where a group has nobody in it. Raises
    BadStatistic for counts that are no counts or a level outside of 0 to 1.
    Source: Miettinen and Nurminen 1985, Statistics in Medicine 4, 213-226.
    """
    if not 0 < level < 1:
        raise BadStatistic("level", "A level lies between 0 and 1.")
    x1, n1, x2, n2 = counts = _read_counts(selected, total, selected_rest, total_rest)
    z = scipy.special.ndtri((1 + level) / 2)
    empty = (n1 == 0) | (n2 == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.clip(np.log(_ratio(*counts)), -SPAN, SPAN)
    low = np.exp(_cross(counts, middle, np.full_like(middle, -SPAN), z))
    high = np.exp(_cross(counts, middle, np.full_like(middle, SPAN), z))
    low = np.where(empty, np.nan, np.where(x1 == 0, 0.0, low))
    high = np.where(empty, np.nan, np.where(x2 == 0, np.inf, high))
    return _shaped(low), _shaped(high)


def mid_p_fisher(
    selected: ArrayLike, total: ArrayLike, selected_rest: ArrayLike, total_rest: ArrayLike
) -> Any:
    """The two-sided mid-p of Fisher's exact test: all less probable tables, and half of those as probable as this one.

    Nan where a group has nobody in it. Raises BadStatistic for counts that are no counts.
    Source: Lancaster 1961, JASA 56, 223-234; Fagerland, Lydersen and Laake 2017, section 4.4.
    """
    x1, n1, x2, n2 = _read_counts(selected, total, selected_rest, total_rest)
    table = _Margins(n1, n2, x1 + x2)
    seen = table.log_chance(x1)
    below, above = table.find_tails(seen)
    p = np.zeros_like(x1)
    for start, step in ((below, -1), (above, 1)):
        p += table.sum_tail(start, step, seen)
    return _shaped(np.where((n1 == 0) | (n2 == 0), np.nan, np.minimum(p, 1.0)))


def cochran_mantel_haenszel(tables: ArrayLike, correct: bool = False) -> MantelHaenszel:
    """Whether rows and columns are independent within strata, and their common odds ratio with its 95 % interval.

    `tables` has the shape (strata, 2, 2). Strata of fewer than two count for nothing. Where no stratum compares anything,
    statistic and p are nan; an odds ratio without bounds is nan, 0 or infinite, and its interval nan. Raises BadStatistic
    for another shape and for cells that are no counts. Sources: Mantel and Haenszel 1959, JNCI 22, 719-748; Robins,
    Breslow and Greenland 1986, Biometrics 42, 311-323; the correction is that of R's mantelhaen.test.
    """
    cells = _read_tables(tables)
    a, b, c, d = cells[:, 0, 0], cells[:, 0, 1], cells[:, 1, 0], cells[:, 1, 1]
    n = cells.sum(axis=(1, 2))
    expected = (a + b) * (a + c) / n
    variance = float(((a + b) * (c + d) * (a + c) * (b + d) / (n**2 * (n - 1))).sum())
    statistic = _mantel_haenszel_statistic(float((a - expected).sum()), variance, correct)
    p = float(scipy.special.chdtrc(1, statistic)) if np.isfinite(statistic) else np.nan
    return MantelHaenszel(statistic, p, *_common_odds_ratio(a, b, c, d, n))


def holm(p: ArrayLike) -> Floats:
    """P values adjusted by Holm's step-down method, in the order given; nan stays nan and is not counted.

    Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70. Raises BadStatistic for what is no p value.
    """
    return _adjust(p, lambda ranked, m: np.maximum.accumulate((m - np.arange(m)) * ranked))


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """P values adjusted so that those under q have a false discovery rate of q, in the order given; nan stays nan.

    Source: Benjamini and Hochberg 1995, JRSS B 57, 289-300. Raises BadStatistic for what is no p value.
    """
    return _adjust(p, lambda ranked, m: np.minimum.accumulate((ranked * m / np.arange(1, m + 1))[::-1])[::-1])


def _read_counts(*given: ArrayLike) -> tuple[Floats, ...]:
    """Two groups' counts as floats of one shape, of at least one dimension for as long as they are worked on."""
    names = ("selected", "total", "selected_rest", "total_rest")
    try:
        arrays = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in given))
    except (TypeError, ValueError) as error:
        raise BadStatistic("counts", "Counts are numbers, or arrays of one shape.") from error
    for name, array in zip(names, arrays, strict=True):
        if not np.all(np.isfinite(array) & (array >= 0) & (array == np.floor(array))):
            raise BadStatistic(name, f"{name} has to be whole and not negative.")
    for name, some, all_ in (
        ("selected", arrays[0], arrays[1]),
        ("selected_rest", arrays[2], arrays[3]),
    ):
        if np.any(some > all_):
            raise BadStatistic(name, f"{name} is more than there are in the group.")
    return tuple(np.array(each, dtype=float) for each in arrays)


def _read_tables(tables: ArrayLike) -> Floats:
    """Tables whose strata compare at least two."""
    try:
        cells = np.asarray(tables, dtype=float)
    except (TypeError, ValueError) as error:
        raise BadStatistic("tables", "Tables are counts.") from error
    if cells.ndim != 3 or cells.shape[1:] != (2, 2):
        raise BadStatistic("tables", "Tables have the shape (strata, 2, 2).")
    if not np.all(np.isfinite(cells) & (cells >= 0) & (cells == np.floor(cells))):
        raise BadStatistic("tables", "Cells have to be whole and not negative.")
    return np.asarray(cells[cells.sum(axis=(1, 2)) > 1])


def _shaped(values: Floats) -> Any:
    return float(values) if values.ndim == 0 else values


def _ratio(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((x1 / n1) / (x2 / n2))


def _score(counts: tuple[Floats, ...], log_ratio: Floats) -> Floats:
    """The score statistic of a ratio: how many standard errors the rates are away from it."""
    x1, n1, x2, n2 = counts
    ratio = np.exp(log_ratio)
    n, half = n1 + n2, 0.5 * (ratio * (n1 + x2) + x1 + n2)
    root = np.sqrt(np.maximum(half**2 - ratio * n * (x1 + x2), 0.0))
    rest = np.minimum((x1 + x2) / (half + root), 1.0)  # the smaller root, without cancellation
    mine = np.minimum(rest * ratio, 1.0)
    variance = (mine * (1 - mine) / n1 + ratio**2 * rest * (1 - rest) / n2) * n / (n - 1)
    return np.asarray((x1 / n1 - ratio * x2 / n2) / np.sqrt(variance))


def _cross(counts: tuple[Floats, ...], inside: Floats, outside: Floats, z: float) -> Floats:
    """Where, on the log scale between a ratio that fits and one that does not, the score passes z."""
    inside = np.where(np.isfinite(inside), inside, 0.0)
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        with np.errstate(divide="ignore", invalid="ignore"):
            fits = np.abs(_score(counts, middle)) < z
        inside, outside = np.where(fits, middle, inside), np.where(fits, outside, middle)
    return np.asarray((inside + outside) / 2)


class _Margins:
    """The hypergeometric distribution of those selected in a group, given all margins; over many tables at once."""

    def __init__(self, group: Floats, rest: Floats, selected: Floats) -> None:
        self._group, self._rest, self._selected = group, rest, selected
        self._all = group + rest
        self._least = np.maximum(0.0, selected - rest)
        self._most = np.minimum(group, selected)
        mode = np.floor((group + 1) * (selected + 1) / (self._all + 2))
        self._mode = np.clip(mode, self._least, self._most)
        self._whole = _log_choose(self._all, selected)

    def log_chance(self, k: Floats) -> Floats:
        """The log of the chance of k; -inf for what cannot be."""
        possible = (k >= self._least) & (k <= self._most)
        inside = np.clip(k, self._least, self._most)
        chance = _log_choose(self._group, inside) + _log_choose(self._rest, self._selected - inside)
        return np.where(possible, chance - self._whole, -np.inf)

    def find_tails(self, seen: Floats) -> tuple[Floats, Floats]:
        """The nearest to the mode, below and above it, that are at most as probable as what was seen."""
        below = self._search(self._least - 1, self._mode + 1, seen)
        above = self._search(self._most + 1, self._mode, seen)
        return below, np.maximum(above, below + 1)

    def _search(self, outer: Floats, inner: Floats, seen: Floats) -> Floats:
        for _ in range(int(np.ceil(np.log2(np.max(np.abs(outer - inner), initial=1) + 1))) + 1):
            middle = np.trunc((outer + inner) / 2)
            rare = self.log_chance(middle) <= seen + TIE
            outer, inner = np.where(rare, middle, outer), np.where(rare, inner, middle)
        return outer

    def sum_tail(self, start: Floats, step: int, seen: Floats) -> Floats:
        """The chances from a start outward, those as probable as what was seen by half; each from the one before."""
        chance, total = np.exp(self.log_chance(start)), np.zeros_like(start)
        floor, like = np.exp(seen + np.log(FAINTEST)), np.exp(seen - TIE)
        k = start.copy()
        while np.any(chance > floor):
            total += np.where(chance >= like, 0.5, 1.0) * chance
            chance = chance * self._outward(k, step)
            k += step
        return total

    def _outward(self, k: Floats, step: int) -> Floats:
        """The chance of k + step over that of k; nothing stands outside of the possible."""
        if step > 0:
            up, down = (
                (self._group - k) * (self._selected - k),
                (k + 1) * (self._rest - self._selected + k + 1),
            )
        else:
            up, down = k * (self._rest - self._selected + k), (self._group - k + 1) * (self._selected - k + 1)
        return np.where((up > 0) & (down > 0), up / np.where(down > 0, down, 1.0), 0.0)


def _log_choose(n: Floats, k: Floats) -> Floats:
    return np.asarray(
        scipy.special.gammaln(n + 1) - scipy.special.gammaln(k + 1) - scipy.special.gammaln(n - k + 1)
    )


def _mantel_haenszel_statistic(difference: float, variance: float, correct: bool) -> float:
    if variance <= 0:
        return np.nan
    away = abs(difference)
    return float((away - 0.5 if correct and away >= 0.5 else away) ** 2 / variance)


def _common_odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats, n: Floats) -> tuple[float, float, float]:
    """The Mantel-Haenszel odds ratio and its interval by the variance of Robins, Breslow and Greenland."""
    r, s = a * d / n, b * c / n
    up, down = float(r.sum()), float(s.sum())
    if up == 0 or down == 0:
        return (np.nan if up == down else np.inf if down == 0 else 0.0), np.nan, np.nan
    p, q = (a + d) / n, (b + c) / n
    variance = float(
        (p * r).sum() / (2 * up**2) + (p * s + q * r).sum() / (2 * up * down) + (q * s).sum() / (2 * down**2)
    )
    away = float(scipy.special.ndtri(0.975)) * np.sqrt(variance)
    odds = up / down
    return odds, float(odds * np.exp(-away)), float(odds * np.exp(away))


def _adjust(p: ArrayLike, step: Any) -> Floats:
    """Adjusted p values in the order given."""
    given = np.asarray(p, dtype=float)
    if given.ndim != 1:
        raise BadStatistic("p", "P values come in one row.")
    known = ~np.isnan(given)
    if np.any((given[known] < 0) | (given[known] > 1)):
        raise BadStatistic("p", "A p value lies between 0 and 1.")
    order = np.argsort(given[known], kind="stable")
    ranked: Sequence[float] = given[known][order]
    adjusted = np.full(len(order), np.nan)
    adjusted[order] = np.minimum(step(ranked, len(order)), 1.0) if len(order) else []
    told = np.full(given.shape, np.nan)
    told[known] = adjusted
    return told
