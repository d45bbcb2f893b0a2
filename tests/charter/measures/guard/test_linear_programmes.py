"""Issue 10, item 3: linear-programming intervals at least ten events wide, on the real data."""

import os
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from scipy.optimize import linprog

from charter.measures.guard import GuardCell
from tests.charter.measures.guard.forge import Trial, needs_data, read

pytestmark = [needs_data, pytest.mark.proof(alone=True)]
# Solvers stop so far from the corner that they look for.
SLACK = 1e-6
# Blocks that are looked at where the proof is short: the fullest ones.
BLOCKS = None if os.environ.get("PROOF") == "whole" else 6


def list_intervals(
    trial: Trial, block: Sequence[GuardCell], told: Sequence[GuardCell]
) -> Iterator[tuple[GuardCell, float]]:
    """Each withheld cell of a block, and how wide the interval is that an attacker can put its number of events into.

    Known are the counts of all told cells of the quarter, and that no team's month has less than no events.
    """
    inside = sorted({element for cell in block for element in cell.elements})
    ids = {cell.id for cell in told}
    known = [cell for cell in block if cell.id in ids]
    if not known:
        return
    rows = np.array([[element in cell.elements for element in inside] for cell in known], dtype=float)
    counts = np.array([cell.events for cell in known], dtype=float)
    for cell in block:
        if cell.id not in ids and cell.elements <= frozenset().union(*(each.elements for each in known)):
            yield (
                cell,
                _width(np.array([element in cell.elements for element in inside], dtype=float), rows, counts),
            )


def _width(target: np.ndarray, rows: np.ndarray, counts: np.ndarray) -> float:
    least, most = (
        linprog(sign * target, A_eq=rows, b_eq=counts, bounds=(0, None), method="highs") for sign in (1, -1)
    )
    assert least.status == most.status == 0, (least.message, most.message)
    return float(-most.fun - least.fun)


def of_block(trial: Trial, number: int) -> list[GuardCell]:
    """All cells of a quarter that are more than empty by nature, those included that fail by themselves."""
    elements = frozenset().union(*(cell.elements for cell in trial.blocks[number]))
    return [cell for cell in trial.cells if cell.elements <= elements]


@pytest.mark.parametrize("source", ["changes", "commits"])
def test_what_is_withheld_is_known_to_ten_events_at_best(source):
    """Every withheld cell of every quarter: what told counts leave open is at least ten events wide. By size alone, many are
    known to the event."""
    trial = read(source)
    told, by_size = trial.tell(), trial.alone
    numbers = sorted(range(len(trial.blocks)), key=lambda number: -len(trial.blocks[number]))[:BLOCKS]
    narrow, exact, looked_at = [], 0, 0
    for number in numbers:
        block = of_block(trial, number)
        for cell, width in list_intervals(trial, block, told):
            looked_at += 1
            narrow += [(cell.id, width)] if width < 10 - SLACK else []
        exact += sum(width < 1 - SLACK for _, width in list_intervals(trial, block, by_size))
    assert looked_at > 50
    assert narrow == []
    assert exact > 10
