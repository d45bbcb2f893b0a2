"""How much must stand behind whatever can be told apart."""

from msgspec import Struct

# So that exactly half is half, in whatever order it was added up.
ROUNDING = 1e-9


class Demand(Struct, frozen=True):
    """What each atom must have. Each part holds for a disjoint union wherever it holds for the parts.

    `people` are known contributors; where facts name nobody, those on the roster at a time, at the time of the fewest. `dominance` (0 to 1): the largest
    share that one contributor may be behind, of the events and of every other amount.
    """

    people: int
    events: int = 0
    dominance: float = 1.0
