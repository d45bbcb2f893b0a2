"""Issue 10, item 3: that no choice tells more of lead time, by an exact search; the figure to reach is two cells above it."""

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from charter.measures.guard import GuardCell, find_failing_atoms
from tests.charter.measures.guard.forge import Trial, needs_data, read

pytestmark = needs_data

Forbidden = list[list[int]]  # cells, by number, that cannot all be told


@pytest.mark.proof(whole=True)
def test_no_choice_tells_more_of_lead_time():
    """With every cell of the organisation told, 454 of 608 is the most there is: 74.7 %, where three quarters were aimed at."""
    trial = read("changes")
    told = {cell.id for cell in trial.tell()}
    most = sum(count_most(trial, block, told) for block in trial.blocks)
    assert (len(told), most, len(trial.alone)) == (454, 454, 608)


def count_most(trial: Trial, block: Sequence[GuardCell], told: Collection[str]) -> int:
    """The most cells of a block that can be told together, those of the organisation that are told among them.

    A programme of whole numbers is asked for the most that breaks no known rule; what of its answer fails becomes a rule, until
    nothing does. Whatever fails, fails with more cells as well, so every rule holds for all choices.
    """
    forbidden: Forbidden = []
    while True:
        chosen = solve(block, told, forbidden)
        if is_safe(trial, [block[number] for number in chosen]):
            return len(chosen)
        forbidden += list_failing(trial, block, chosen)


def solve(block: Sequence[GuardCell], told: Collection[str], forbidden: Forbidden) -> list[int]:
    kept = np.array([float(cell.level == 0 and cell.id in told) for cell in block])
    rows = np.zeros((len(forbidden), len(block)))
    for row, cells in zip(rows, forbidden, strict=True):
        row[cells] = 1
    rules = [LinearConstraint(rows, -np.inf, rows.sum(axis=1) - 1)] if forbidden else []
    found = milp(
        -np.ones(len(block)), constraints=rules, integrality=np.ones(len(block)), bounds=Bounds(kept, 1)
    )
    assert found.success
    return np.flatnonzero(found.x > 0.5).tolist()


def list_failing(trial: Trial, block: Sequence[GuardCell], chosen: Sequence[int]) -> Iterator[list[int]]:
    """Smallest sets among the chosen that cannot be told together, a few that differ."""
    left = list(chosen)
    while not is_safe(trial, [block[number] for number in left]):
        failing = left
        for number in left:
            rest = [each for each in failing if each != number]
            if not is_safe(trial, [block[each] for each in rest]):
                failing = rest
        yield failing
        left = [each for each in left if each != failing[-1]]


def is_safe(trial: Trial, cells: Sequence[GuardCell]) -> bool:
    return not find_failing_atoms([trial.layer], cells)
