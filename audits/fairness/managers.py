"""What managers rated people of equal evidence, each against all others; pure.

A cell holds people of the same level of evidence and role. In it a manager's people are held against the people of the
others, so that a manager whose people did more is not taken for one who rates higher.
"""

from collections.abc import Sequence

import numpy as np
import scipy  # whose parts load when they are first used: a tenth of what a process takes to start
from msgspec import Struct
from numpy.typing import ArrayLike, NDArray

from audits.fairness import statistics
from audits.fairness.statistic_errors import BadStatistic

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

DISCOVERY = 0.10  # false discovery rate of Benjamini and Hochberg
LEAST_GAP = 0.4  # points of rating


class ManagerGap(Struct, frozen=True):
    """How a manager's people were rated against people of equal evidence; `gap` in points, `low` and `high` at 95 %.

    `people` are those that could be compared, `others` how many they were compared with.
    """

    manager: int
    people: int
    others: int
    gap: float
    low: float
    high: float
    p: float
    discovery: float
    stands_out: bool


class ManagerVariance(Struct, frozen=True):
    """The gaps of managers who rated enough people, and how much of all variance lies between managers and between cells."""

    people: int
    managers: int
    too_few: int  # managers who rated fewer people that could be compared
    gaps: tuple[ManagerGap, ...]
    between_managers: float
    between_cells: float
    residual: float


def compare_managers(
    ratings: ArrayLike, managers: Codes, persons: Codes, cells: Codes, *, least: int
) -> ManagerVariance:
    """Compare managers by the ratings that they gave within cells of equal evidence.

    One row a rating: several of one person by one manager count as their mean. A finding needs a gap of at least 0.4 points, a
    false discovery rate of at most .10 and `least` people. Nan ratings are left out. A manager whose cells hold nobody else's
    people is not compared. Raises BadStatistic where lengths differ.
    Source: a t test of cell-centred means under the pooled variance within manager and cell.
    """
    values = np.asarray(ratings, dtype=float)
    if any(len(each) != len(values) for each in (managers, persons, cells)):
        raise BadStatistic("ratings", "Every rating needs a manager, a person and a cell.")
    there = np.isfinite(values)
    rows = _average(values[there], *(each[there] for each in (managers, persons, cells)))
    if not len(rows[0]):
        return ManagerVariance(0, 0, 0, (), np.nan, np.nan, np.nan)
    gaps, too_few = _find_gaps(*rows, least=least)
    return ManagerVariance(
        people=len(np.unique(persons[there])),
        managers=len(np.unique(managers[there])),
        too_few=too_few,
        gaps=gaps,
        **_find_components(*rows),
    )


def _average(values: Floats, managers: Codes, persons: Codes, cells: Codes) -> tuple[Floats, Codes, Codes]:
    """One row a person, manager and cell: ratings, managers and cells."""
    if not len(values):
        return values, managers, cells
    keys = (managers * (cells.max() + 1) + cells) * (persons.max() + 1) + persons
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    return np.bincount(place, values) / np.bincount(place), managers[first], cells[first]


def _find_gaps(y: Floats, managers: Codes, cells: Codes, *, least: int) -> tuple[tuple[ManagerGap, ...], int]:
    pairs, pair = np.unique(managers * (cells.max() + 1) + cells, return_inverse=True)
    of, cell = pairs // (cells.max() + 1), pairs % (cells.max() + 1)
    n, total = np.bincount(pair).astype(float), np.bincount(pair, y)
    others = np.bincount(cells, minlength=cell.max() + 1)[cell] - n
    freedom = len(y) - len(pairs)
    variance = float(((y - (total / n)[pair]) ** 2).sum()) / freedom if freedom > 0 else np.nan
    compared = others >= least
    with np.errstate(divide="ignore", invalid="ignore"):
        rest = (np.bincount(cells, y, minlength=cell.max() + 1)[cell] - total) / others
        away = np.where(compared, total - n * rest, 0.0)
        spread = np.where(compared, n + n**2 / others, 0.0)
    people = np.bincount(of, n * compared).astype(float)
    enough = np.flatnonzero(people >= least)
    gap = np.bincount(of, away)[enough] / people[enough]
    error = np.sqrt(variance * np.bincount(of, spread)[enough]) / people[enough]
    beside = np.bincount(of, others * compared)[enough].astype(float)
    return _judge(enough, people[enough], beside, gap, error, freedom), len(np.unique(of)) - len(enough)


def _judge(
    managers: Codes, people: Floats, beside: Floats, gap: Floats, error: Floats, freedom: int
) -> tuple[ManagerGap, ...]:
    """Each manager's test, adjusted over all. Where everybody of a manager and cell was rated alike there is no test."""
    sure = np.isfinite(error) & (error > 0)
    safe = np.where(sure, error, 1.0)
    p = np.where(sure, 2 * scipy.special.stdtr(max(freedom, 1), -np.abs(gap) / safe), np.nan)
    discovery = statistics.benjamini_hochberg(p)
    away = scipy.special.stdtrit(max(freedom, 1), 0.975) * np.where(sure, error, np.nan)
    return tuple(
        ManagerGap(
            int(managers[at]), int(people[at]), int(beside[at]), float(gap[at]), float(gap[at] - away[at]),
            float(gap[at] + away[at]), float(p[at]), float(discovery[at]),
            bool(discovery[at] <= DISCOVERY and abs(gap[at]) >= LEAST_GAP),
        )
        for at in range(len(managers))
    )  # fmt: skip


def _find_components(y: Floats, managers: Codes, cells: Codes) -> dict[str, float]:
    """Variance between managers, between cells and within both; nan where the ratings cannot tell them apart."""
    try:
        found = statistics.crossed_components(y, {"managers": managers, "cells": cells})
    except BadStatistic:
        found = dict.fromkeys(("managers", "cells", "residual"), np.nan)
    return {
        "between_managers": found["managers"],
        "between_cells": found["cells"],
        "residual": found["residual"],
    }


def list_standing_out(gaps: Sequence[ManagerGap]) -> list[ManagerGap]:
    """The findings."""
    return [each for each in gaps if each.stands_out]
