"""What an event's value can be, by the unit that its charter gives. Pure.

Time passes forwards and things are counted from nought, so that a value below is a fault of its source and no value: a change
merged before its first commit took no time that anybody knows.
"""

from msgspec import Struct

# Units whose first word says that they may lie below nought; all others begin there.
SIGNED = frozenset({"net", "difference", "point", "score", "balance"})
_HIGHEST = {"share": 1.0, "percent": 100.0}


class UnitBounds(Struct, frozen=True):
    """The least and the greatest value that an event can have; None where there is no end."""

    low: float | None = 0.0
    high: float | None = None


def find_bounds(unit: str) -> UnitBounds:
    """The bounds of a unit, such as `hour`, `share`, `deployment a week` or `net line`; of no unit, none."""
    words = unit.lower().split()
    if not words or words[0].removesuffix("s") in SIGNED:
        return UnitBounds(low=None)
    return UnitBounds(high=_HIGHEST.get(words[0]))
