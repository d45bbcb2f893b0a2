"""One atom, which loses elements as cells cut it."""

import numpy as np
from msgspec import Struct

from charter.measures.guard.backing import Backing, Holding, Places, count_people
from charter.measures.guard.demands import ROUNDING, Demand


class _Parting(Struct, frozen=True):
    """A part that is about to be taken away: where its keys stand among the atom's, and how many people leave with it."""

    part: Holding
    at: Places
    leaving: Places


class Atom:
    """What stands behind an atom, kept so that a small part is taken away in the time that the part needs.

    Most atoms are never cut again, so a copy to take from is made when something is first taken.
    """

    def __init__(self, backing: Backing, held: Holding, size: int) -> None:
        self._backing = backing
        self.size = size
        self._keys, self._amount, self._is_own = held.keys, held.amount, False
        self._loose, self._events, self._occupied = held.loose, held.events, held.occupied
        self._known = held.total
        self._largest = held.largest  # or more: parts taken away leave it as it was
        self._people: Places | None = None
        self._parting: _Parting | None = None

    def passes_without(self, part: Holding, demand: Demand) -> bool:
        """Whether what is left without a part of its elements still passes."""
        if self._occupied == part.occupied:
            return True
        if self._events - part.events < demand.events:
            return False
        if count_people(self._count() - self._part_with(part).leaving) < demand.people:
            return False
        return demand.dominance >= 1 or self._is_balanced_without(part, demand.dominance + ROUNDING)

    def lose(self, part: Holding, size: int) -> None:
        """Take away a part of its elements, `size` of them."""
        parting = self._part_with(part)
        self._people = self._count() - parting.leaving
        self._amount[parting.at] -= part.amount
        self._known = self._known - part.total
        self._loose = self._loose - part.loose
        self._events -= part.events
        self._occupied -= part.occupied
        self.size -= size
        self._parting = None

    def _count(self) -> Places:
        if self._people is None:
            self._people = self._backing.count(self._keys)
        return self._people

    def _part_with(self, part: Holding) -> _Parting:
        """How a part would be taken away; asked again of the same part, as it was found before."""
        if not self._is_own:
            self._amount, self._is_own = self._amount.copy(), True
        if self._parting is None or self._parting.part is not part:
            at = self._keys.searchsorted(part.keys)
            gone = self._amount[at, 0] - part.amount[:, 0] <= ROUNDING
            self._parting = _Parting(part, at, self._backing.count(part.keys[gone]))
        return self._parting

    def _is_balanced_without(self, part: Holding, share: float) -> bool:
        loose = self._loose - part.loose
        allowed = share * (self._known - part.total + loose) - loose
        if (self._largest <= allowed).all():
            return True
        amount = self._amount.copy()
        amount[self._part_with(part).at] -= part.amount
        return bool(np.all(amount.max(axis=0, initial=0.0) <= allowed))
