"""One atom, which loses elements as cells cut it."""

import numpy as np

from charter.measures.guard.backing import Backing, Holding, Places, count_people
from charter.measures.guard.demands import ROUNDING, Demand


class Atom:
    """What stands behind an atom, kept so that a small part is taken away in the time that the part needs."""

    def __init__(self, backing: Backing, held: Holding, size: int) -> None:
        self._backing = backing
        self.size = size
        self._keys, self._amount = held.keys, held.amount.copy()
        self._loose, self._events, self._occupied = held.loose, held.events, held.occupied
        self._people = backing.count(held.keys)
        self._known = np.add.reduce(held.amount, axis=0)
        self._largest = np.maximum.reduce(
            held.amount, axis=0, initial=0.0
        )  # or more: parts taken away leave it as it was

    def passes_without(self, part: Holding, demand: Demand) -> bool:
        """Whether what is left without a part of its elements still passes."""
        if self._occupied == part.occupied:
            return True
        if self._events - part.events < demand.events:
            return False
        if count_people(self._people - self._leaving(part)) < demand.people:
            return False
        return demand.dominance >= 1 or self._is_balanced_without(part, demand.dominance + ROUNDING)

    def lose(self, part: Holding, size: int) -> None:
        """Take away a part of its elements, `size` of them."""
        self._people = self._people - self._leaving(part)
        self._amount[self._find(part)] -= part.amount
        self._known = self._known - np.add.reduce(part.amount, axis=0)
        self._loose = self._loose - part.loose
        self._events -= part.events
        self._occupied -= part.occupied
        self.size -= size

    def _leaving(self, part: Holding) -> Places:
        """How many people are behind nothing but the part, at each time."""
        gone = self._amount[self._find(part), 0] - part.amount[:, 0] <= ROUNDING
        return self._backing.count(part.keys[gone])

    def _is_balanced_without(self, part: Holding, share: float) -> bool:
        loose = self._loose - part.loose
        allowed = share * (self._known - np.add.reduce(part.amount, axis=0) + loose) - loose
        if (self._largest <= allowed).all():
            return True
        amount = self._amount.copy()
        amount[self._find(part)] -= part.amount
        return bool(np.all(amount.max(axis=0, initial=0.0) <= allowed))

    def _find(self, part: Holding) -> Places:
        return self._keys.searchsorted(part.keys)
