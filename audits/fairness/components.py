"""Variance components of crossed, unbalanced factors by restricted maximum likelihood; pure.

Average-information REML (Gilmour, Thompson and Cullis 1995, Biometrics 51, 1440-1450) on Henderson's mixed-model
equations, whose largest factor is eliminated, as it is diagonal. What is left is worked out exactly for up to 600 levels;
beyond, systems are solved by conjugate gradients, and traces are means over 24 fixed random sign vectors (Garcia-Cortes
and others 1992; Matilainen and others 2013, Methods in Ecology and Evolution), which adds about a fiftieth to the
estimates' own variance. The same data give the same numbers.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy  # whose parts load when they are first used
from numpy.typing import ArrayLike, NDArray

from audits.fairness.statistic_errors import BadStatistic

Floats = NDArray[np.float64]

EXACT = 600  # levels beside the largest factor, up to which their matrix is factored
SIGNS = 24  # random vectors that estimate traces beyond
ROUNDS = 80
SMALLEST = (
    1e-10  # of the variance of y: where a component that wants to be smaller stays; the residual at NONE
)
FAINT = 1e-12  # of an expectation step's information, the least that is taken to be there
LARGEST = 100.0  # of the variance of y: no component is sought beyond
NONE = 1e-8  # of the variance of y: a component this small is told as 0
DAMPING = 1e-4  # by which the information's diagonal is raised: it is singular where ratings fit exactly
SETTLED = 1e-9  # of the variance of y, the largest step that counts as none
SETTLED_GUESSED = 1e-6  # the same, where traces are estimated


class _Factor(NamedTuple):
    """A factor's level of each rating, as a number, and how many levels it has."""

    name: str
    codes: NDArray[np.intp]
    levels: int

    def gather(self, rows: Floats) -> Floats:
        """Sums by level of what has one row a rating."""
        return np.column_stack([np.bincount(self.codes, column, self.levels) for column in rows.T])


def crossed_components(y: ArrayLike, factors: Mapping[str, ArrayLike], reml: bool = True) -> dict[str, float]:
    """The variances of y by factor and of the `residual`, in squared units of y, of a model with one mean.

    `y` has n numbers and each factor n labels. A factor of one level is nan: one level tells no variance. All-equal
    numbers have no variance anywhere. Raises BadStatistic where nothing parts the variances, where there are fewer than two numbers, one is not finite, a
    factor has another length or a missing label, or has a level of its own for each number, or splits as another does.
    """
    values, usable, hopeless = _read_ratings(y, factors)
    told = dict.fromkeys(hopeless, np.nan)
    spread = float(values.var())
    if spread <= (np.abs(values).max() * 1e-14) ** 2:
        found = [0.0] * (len(usable) + 1)
    elif len(usable) == 1 and (means := _find_exact_means(values, usable[0], spread)) is not None:
        found = [0.0, float(means.var(ddof=1 if reml else 0))]
    elif usable:
        found = _estimate(values, usable, spread, reml)
    else:
        found = [float(values.var(ddof=1 if reml else 0))]
    told |= {each.name: value for each, value in zip(usable, found[1:], strict=True)}
    return {name: float(told[name]) for name in factors} | {"residual": float(found[0])}


def _read_ratings(y: ArrayLike, factors: Mapping[str, ArrayLike]) -> tuple[Floats, list[_Factor], list[str]]:
    """The numbers, factors of several levels with the largest first, and the names of those of one."""
    try:
        values = np.asarray(y, dtype=float)
    except (TypeError, ValueError) as error:
        raise BadStatistic("y", "Ratings are numbers.") from error
    if values.ndim != 1 or len(values) < 2:
        raise BadStatistic("y", "There have to be at least two ratings, in one row.")
    if not np.all(np.isfinite(values)):
        raise BadStatistic("y", "A rating is missing or not finite.")
    if "residual" in factors:
        raise BadStatistic("residual", "No factor may be called residual.")
    found = [_read_factor(name, labels, len(values)) for name, labels in factors.items()]
    usable = sorted((each for each in found if each.levels > 1), key=lambda each: -each.levels)
    _check_apart(usable)
    return values, usable, [each.name for each in found if each.levels == 1]


def _read_factor(name: str, labels: ArrayLike, n: int) -> _Factor:
    given = np.asarray(labels)
    if given.shape != (n,):
        raise BadStatistic(name, f"{name} needs one label for each rating.")
    if given.dtype == object:
        if any(each is None or each != each for each in given):
            raise BadStatistic(name, f"{name} has a label missing.")
        given = given.astype(str)
    elif given.dtype.kind == "f" and np.any(np.isnan(given)):
        raise BadStatistic(name, f"{name} has a label missing.")
    levels, codes = np.unique(given, return_inverse=True)
    if len(levels) == n:
        raise BadStatistic(
            name, f"{name} has as many levels as there are ratings: nothing parts it from the residual."
        )
    return _Factor(name, codes, len(levels))


def _check_apart(factors: list[_Factor]) -> None:
    """Raise BadStatistic where two factors split the ratings alike, so that nothing tells their variances apart."""
    for place, one in enumerate(factors):
        for other in factors[place + 1 :]:
            if one.levels == other.levels:
                both = np.unique(one.codes * other.levels + other.codes)
                if len(both) == one.levels:
                    raise BadStatistic(other.name, f"{other.name} splits the ratings as {one.name} does.")


def _find_exact_means(y: Floats, factor: _Factor, spread: float) -> Floats | None:
    """The numbers of a factor's levels where each level has one number alone, so that nothing is left over."""
    means = factor.gather(y[:, None])[:, 0] / np.bincount(factor.codes)
    return np.asarray(means) if float(((y - means[factor.codes]) ** 2).mean()) < NONE * spread else None


def _estimate(y: Floats, factors: list[_Factor], spread: float, reml: bool) -> list[float]:
    """Variances, the residual's first, by average-information steps that stay above 0."""
    floor = spread * np.array([NONE, *(SMALLEST for _ in factors)])
    near = SETTLED if sum(each.levels for each in factors[1:]) <= EXACT else SETTLED_GUESSED
    sizes = np.array([len(y), *(each.levels for each in factors)])
    now = np.full(len(factors) + 1, spread / (len(factors) + 1))
    for _ in range(ROUNDS):
        score, information = _Equations(y, factors, now).differentiate(reml)
        free = (now > floor) | (score > 0)
        step = np.zeros_like(now)
        least = FAINT * sizes[free] / now[free] ** 2
        step[free] = _solve_scaled(information[np.ix_(free, free)], score[free], least)
        following = np.clip(now + step, np.maximum(now * 0.1, floor), np.minimum(now * 10, LARGEST * spread))
        settled = np.max(np.abs(following - now)) <= near * spread
        now = following
        if settled:
            return [float(each) if each > NONE * spread else 0.0 for each in now]
    raise BadStatistic("factors", "The variances of these factors cannot be told apart.")


def _solve_scaled(information: Floats, score: Floats, least: Floats) -> Floats:
    """The step that a score asks for; worked out in units in which the information's diagonal is 1."""
    units = np.sqrt(np.maximum(np.diag(information), least))
    even = information / np.outer(units, units) + DAMPING * np.eye(len(units))
    return np.asarray(np.linalg.solve(even, score / units) / units)


class _Equations:
    """The mixed-model equations at given variances: products with the inverse of V and P, and traces."""

    def __init__(self, y: Floats, factors: list[_Factor], variances: Floats) -> None:
        self._y, self._factors, self._variances = y, factors, variances
        self._roots = np.sqrt(variances[1:] / variances[0])
        first, rest = factors[0], factors[1:]
        counts = np.bincount(first.codes, minlength=first.levels)
        self._diagonal = 1 + self._roots[0] ** 2 * counts
        self._rest_ends = np.cumsum([0] + [each.levels for each in rest])
        self._solve_rest: Callable[[Floats], Floats] = lambda right: right
        if rest:
            self._couple()

    def _couple(self) -> None:
        """The columns of the other factors, and what is left of them once the largest is eliminated."""
        n, rest = len(self._y), self._factors[1:]
        scales = np.repeat(self._roots[1:], [each.levels for each in rest])
        columns = scipy.sparse.hstack(
            [_indicators(each, n) for each in rest], format="csr"
        ) @ scipy.sparse.diags(scales)
        first = _indicators(self._factors[0], n) * self._roots[0]
        self._across = (first.T @ columns).tocsr()
        inside = (columns.T @ columns).tocsr() + scipy.sparse.identity(len(scales), format="csr")
        left = inside - self._across.T @ scipy.sparse.diags(1 / self._diagonal) @ self._across
        self._is_exact = len(scales) <= EXACT
        if self._is_exact:
            self._inverse = scipy.linalg.inv(left.toarray())
            self._solve_rest = lambda right: np.asarray(self._inverse @ right)
        else:
            self._solve_rest = lambda right: _solve_by_gradients(left, right)

    def differentiate(self, reml: bool) -> tuple[Floats, Floats]:
        """The score and the average information at these variances, the residual's first."""
        y, n = self._y, len(self._y)
        ones = self._weigh(np.ones((n, 1)))
        total = float(ones.sum())
        py = self._project(y[:, None], ones, total)
        traces = self._trace() / self._variances[0]
        if reml:
            traces -= [float((each.gather(ones) ** 2).sum()) / total for each in self._factors]
        freedom = n - 1 if reml else n
        own = (freedom - float(traces @ self._variances[1:])) / self._variances[0]
        sides = np.column_stack([py] + [each.gather(py)[each.codes] for each in self._factors])
        fits = sides.T @ py[:, 0]
        score = 0.5 * (fits - np.concatenate([[own], traces]))
        return score, 0.5 * (sides.T @ self._project(sides, ones, total))

    def _project(self, rows: Floats, ones: Floats, total: float) -> Floats:
        weighed = self._weigh(rows)
        return np.asarray(weighed - ones @ (weighed.sum(axis=0, keepdims=True) / total))

    def _weigh(self, rows: Floats) -> Floats:
        """The inverse of V times these columns (Woodbury)."""
        right = [root * each.gather(rows) for each, root in zip(self._factors, self._roots, strict=True)]
        parts = self._solve(right)
        away = sum(
            root * part[each.codes]
            for each, root, part in zip(self._factors, self._roots, parts, strict=True)
        )
        return np.asarray((rows - away) / self._variances[0])

    def _solve(self, right: list[Floats]) -> list[Floats]:
        """The equations solved for right sides given by factor."""
        first = right[0] / self._diagonal[:, None]
        if len(right) == 1:
            return [first]
        rest = self._solve_rest(np.vstack(right[1:]) - self._across.T @ first)
        first = first - (self._across @ rest) / self._diagonal[:, None]
        ends = self._rest_ends
        return [first, *(rest[a:b] for a, b in pairwise(ends))]

    def _trace(self) -> Floats:
        """Of each factor, the trace of Z'V⁻¹Z where the residual's variance is 1."""
        inverse = np.array([float(each) for each in self._trace_inverse()])
        levels = np.array([each.levels for each in self._factors])
        return np.asarray((levels - inverse) / self._roots**2)

    def _trace_inverse(self) -> list[float]:
        if len(self._factors) == 1:
            return [float((1 / self._diagonal).sum())]
        if not self._is_exact:
            return self._guess_traces()
        ends = self._rest_ends
        own = np.diag(self._inverse)
        spread = scipy.sparse.diags(1 / self._diagonal) @ self._across
        first = float((1 / self._diagonal).sum()) + float(
            np.einsum("ij,ji->", (spread.T @ spread).toarray(), self._inverse)
        )
        return [first, *(float(own[a:b].sum()) for a, b in pairwise(ends))]

    def _guess_traces(self) -> list[float]:
        drawn = np.random.default_rng(20260101)
        signs = [drawn.choice([-1.0, 1.0], (each.levels, SIGNS)) for each in self._factors]
        return [float((w * u).sum()) / SIGNS for w, u in zip(signs, self._solve(signs), strict=True)]


def _indicators(factor: _Factor, n: int) -> "scipy.sparse.csr_matrix":
    return scipy.sparse.csr_matrix((np.ones(n), (np.arange(n), factor.codes)), shape=(n, factor.levels))


def _solve_by_gradients(matrix: "scipy.sparse.csr_matrix", right: Floats) -> Floats:
    """Several right sides by conjugate gradients at once, to 1e-8 of each, preconditioned by the diagonal."""
    scale = 1 / matrix.diagonal()[:, None]
    solved, left = np.zeros_like(right), right.copy()
    ahead = scale * left
    direction, size = ahead.copy(), (left * ahead).sum(axis=0)
    wanted = 1e-16 * np.maximum(size, 1e-300)
    for _ in range(1000):
        pushed = matrix @ direction
        length = size / np.maximum((direction * pushed).sum(axis=0), 1e-300)
        solved += length * direction
        left -= length * pushed
        ahead = scale * left
        following = (left * ahead).sum(axis=0)
        if np.all(following <= wanted):
            break
        direction = ahead + direction * (following / np.maximum(size, 1e-300))
        size = following
    return solved
