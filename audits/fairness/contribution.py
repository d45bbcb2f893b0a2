"""How much of a metric's differences between people goes with their context, and how much with what they contributed; pure.

The share of each variable in R² is its Shapley value: its mean gain over all orders in which variables enter a linear model
(Lindeman, Merenda and Gold 1980; Grömping 2007, The American Statistician 61, 139-147). The bound is a percentile of the
bootstrap over people.
"""

from collections.abc import Mapping
from itertools import combinations
from math import factorial

import numpy as np
import scipy  # whose parts load when they are first used: a tenth of what a process takes to start
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from audits.fairness.statistic_errors import BadStatistic

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

DRAWS = 200
AT_MOST = (
    20_000  # people that a bootstrap draws from; of more, so many are taken by lot, which widens the bound
)
FEWEST = 30  # people, under which nothing is told
MOST_VARIABLES = 10  # of which 1,024 models are fitted
BOUND = 0.05  # of the bootstrap's shares, that lie under the bound
CHANCE = 0.05  # p of the context's F test, from which on its share is not held against a metric


class ContextShare(Struct, frozen=True):
    """What of R² goes with context; `low` is its bound from below, `shares` is R² by variable and adds up to `r2`."""

    people: int
    r2: float
    share: float
    low: float
    p: float
    shares: Mapping[str, float]

    def exceeds(self, threshold: float) -> bool:
        """Whether context surely has more than this share of what can be explained; never so where chance might do as well."""
        return bool(self.low > threshold and self.p < CHANCE)


def share_context(
    y: ArrayLike, context: Mapping[str, Codes], contribution: Mapping[str, Codes], *, draws: int = DRAWS
) -> ContextShare:
    """Split R² of a metric between variables of context and of contribution, each given as codes of categories.

    People whose value is nan are left out; a code of -1 is a category of its own. All is nan where the rest are fewer than 30
    or all alike. Raises BadStatistic for other lengths, for more than ten variables, or where either side has none.
    """
    values = np.asarray(y, dtype=float)
    variables = {**context, **contribution}
    _check(values, context, contribution)
    there = np.isfinite(values)
    values = values[there]
    if len(values) < FEWEST or np.ptp(values) == 0:
        nothing = np.nan
        return ContextShare(
            len(values), nothing, nothing, nothing, nothing, dict.fromkeys(variables, nothing)
        )
    columns, spans = _build_columns(values, [each[there] for each in variables.values()])
    whole = _split((columns.T @ columns)[None], spans)
    shares = whole[0]
    lows = _draw(columns, spans, len(context), draws)
    r2, share = float(shares.sum()), float(_part(whole, len(context))[0])
    return ContextShare(
        people=len(values),
        r2=r2,
        share=share,
        low=_bound(lows, share),
        p=_test(columns, spans, len(context)),
        shares=dict(zip(variables, map(float, shares), strict=True)),
    )


def _bound(lows: Floats, share: float) -> float:
    """The bound from below out of what was drawn: never above the share itself, where draws of few people lie above it."""
    return min(float(np.nanquantile(lows, BOUND)), share) if np.any(np.isfinite(lows)) else np.nan


def _check(values: Floats, context: Mapping[str, Codes], contribution: Mapping[str, Codes]) -> None:
    if not context or not contribution:
        raise BadStatistic("context", "Both context and contribution need a variable.")
    if len(context) + len(contribution) > MOST_VARIABLES or set(context) & set(contribution):
        raise BadStatistic("context", f"There may be {MOST_VARIABLES} variables, each once.")
    if any(len(each) != len(values) for each in (*context.values(), *contribution.values())):
        raise BadStatistic("y", "Every variable needs one code for each person.")


def _build_columns(values: Floats, codes: list[Codes]) -> tuple[Floats, list[slice]]:
    """1, a column for every category but the first of each variable, then y; and where each variable's columns are."""
    columns, spans = [np.ones(len(values))], []
    for each in codes:
        levels = np.unique(each)[1:]
        spans.append(slice(len(columns), len(columns) + len(levels)))
        columns.extend((each == level).astype(float) for level in levels)
    return np.column_stack([*columns, values]), spans


def _fit(grams: Floats, spans: list[slice], chosen: tuple[int, ...]) -> Floats:
    """R² of the model with these variables, for each of several samples' sums of products (samples, columns, columns)."""
    places = [0, *(place for each in chosen for place in range(spans[each].start, spans[each].stop))]
    mean = grams[:, 0, -1] ** 2 / grams[:, 0, 0]
    total = grams[:, -1, -1] - mean
    side = grams[:, places, -1]
    inside = grams[:, places][:, :, places]
    raised = 1e-9 * np.einsum("sii->si", inside) + 1e-9
    inside = inside + raised[:, :, None] * np.eye(len(places))
    fitted = (side * np.linalg.solve(inside, side[:, :, None])[:, :, 0]).sum(axis=1)
    safe = np.where(total > 0, total, 1.0)
    return np.asarray(np.where(total > 0, np.clip((fitted - mean) / safe, 0, 1), 0.0))


def _split(grams: Floats, spans: list[slice]) -> Floats:
    """Each variable's Shapley value of R², by sample."""
    k = len(spans)
    fits = {
        chosen: _fit(grams, spans, chosen) for size in range(k + 1) for chosen in combinations(range(k), size)
    }
    shares = np.zeros((len(grams), k))
    for chosen, fit in fits.items():
        for one in chosen:
            before = tuple(each for each in chosen if each != one)
            weight = factorial(len(before)) * factorial(k - len(chosen)) / factorial(k)
            shares[:, one] += weight * (fit - fits[before])
    return shares


def _part(shares: Floats, context: int) -> Floats:
    """What of R² is context's, by sample; nan where nothing is explained."""
    total = shares.sum(axis=1)
    safe = np.where(total > 0, total, 1.0)
    return np.where(total > 0, shares[:, :context].sum(axis=1) / safe, np.nan)


def _draw(columns: Floats, spans: list[slice], context: int, draws: int) -> Floats:
    """The share of context in samples of people drawn with replacement; the same people give the same samples."""
    chance = np.random.default_rng(20260101)
    if len(columns) > AT_MOST:
        columns = columns[chance.choice(len(columns), AT_MOST, replace=False)]
    even = np.full(len(columns), 1 / len(columns))
    samples = (chance.multinomial(len(columns), even) for _ in range(draws))
    grams = np.stack([(columns * weights[:, None]).T @ columns for weights in samples])
    return _part(_split(grams, spans), context)


def _test(columns: Floats, spans: list[slice], context: int) -> float:
    """P of the F test of all variables of context together, beside those of contribution."""
    gram, n = (columns.T @ columns)[None], len(columns)
    all_, without = tuple(range(len(spans))), tuple(range(context, len(spans)))
    whole, less = float(_fit(gram, spans, all_)[0]), float(_fit(gram, spans, without)[0])
    added = spans[context - 1].stop - spans[0].start
    left = n - columns.shape[1] + 1
    if added == 0 or left <= 0:
        return np.nan
    if whole >= 1 - 1e-12:
        return 0.0
    return float(scipy.special.fdtrc(added, left, (whole - less) / added / ((1 - whole) / left)))
