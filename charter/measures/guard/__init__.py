"""What may be told beside all that was ever told, so that nothing withheld can be worked out from it. Pure.

The smallest things that are told of are *elements*: a team's month of one source's events. A *cell* is what a value is
told of: a set of elements. All told cells together cut the elements into *atoms*, elements that lie in the same cells:
nobody who knows every told cell, whatever its statistic, can tell the elements of one atom from each other. So a cell
is told only if each atom that it would cut still passes what is *demanded* of a cell by itself.
"""

from charter.measures.guard.backing import Backing, Rows
from charter.measures.guard.choosing import choose, find_failing_atoms
from charter.measures.guard.cuts import GuardCell, GuardLayer
from charter.measures.guard.demands import Demand

__all__ = ["Backing", "Demand", "GuardCell", "GuardLayer", "Rows", "choose", "find_failing_atoms"]
