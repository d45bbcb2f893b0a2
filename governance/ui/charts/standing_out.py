"""Which periods stand out of the ranges of the others: the one test behind the sentence above a chart. Pure.

A group of periods stands out where all of its ranges lie wholly on one side of all ranges of the others, and it is the
smaller part: at most a third of the periods, one at least. Of several such groups the one with the widest free space between
counts. Where the ranges of single periods hold what is true 95 times in a hundred, two that do not touch differ
by more than chance would make them; among many periods one in a while stands out by chance alone, so the sentence
says which period and by how much, and never why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from governance.ui.charts.layout import Ranged, Slot

FEWEST = 3  # of two periods neither can stand out of the others
AT_MOST = 1 / 3  # the part of the periods that can be the ones that stand out
TWOFOLD = 2.0  # from which on values that may differ by chance are still told in figures


class Side(StrEnum):
    """Where periods lie that stand out."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True)
class StandsOut:
    """The periods that stand out, in order of time, and where they lie."""

    side: Side
    slots: tuple[Slot, ...]


def find_standing_out(placed: Sequence[Slot]) -> StandsOut | None:
    """The periods that stand out of the ranges of the others; None where none do or too few have ranges."""
    ranged = [(slot, slot.ranged) for slot in placed if slot.ranged is not None]
    if len(ranged) < FEWEST:
        return None
    most = max(1, int(len(ranged) * AT_MOST))
    found = [*_splits(ranged, most, Side.ABOVE), *_splits(ranged, most, Side.BELOW)]
    if not found:
        return None
    _gap, side, chosen = max(found, key=lambda each: (each[0], each[1] is Side.ABOVE))
    return StandsOut(side, tuple(sorted(chosen, key=lambda slot: slot.at)))


def _splits(
    ranged: Sequence[tuple[Slot, Ranged]], most: int, side: Side
) -> list[tuple[float, Side, list[Slot]]]:
    """Each group of one to `most` periods at one end, with the free space between it and the rest."""
    up = side is Side.ABOVE
    ordered = sorted(ranged, key=lambda pair: pair[1].low if up else -pair[1].high, reverse=True)
    splits = []
    for count in range(1, most + 1):
        inside, rest = ordered[:count], ordered[count:]
        gap = (
            min(each.low for _, each in inside) - max(each.high for _, each in rest)
            if up
            else min(each.low for _, each in rest) - max(each.high for _, each in inside)
        )
        if gap > 0:
            splits.append((gap, side, [slot for slot, _ in inside]))
    return splits


def are_apart(one: Ranged, other: Ranged) -> bool:
    """Whether two ranges neither overlap nor touch."""
    return one.low > other.high or other.low > one.high


def vary_twofold(placed: Sequence[Slot]) -> bool:
    """Whether the largest value is at least twice the smallest; bounds are no values."""
    values = [slot.value for slot in placed if slot.value is not None and not slot.bound]
    return len(values) > 1 and max(values) > 0 and max(values) >= TWOFOLD * min(values)
