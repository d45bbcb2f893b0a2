"""Elements cut into atoms by the cells that are told."""

from collections.abc import Iterator

import numpy as np
from msgspec import Struct

from charter.measures.guard.atoms import Atom
from charter.measures.guard.backing import Backing, Holding, Places
from charter.measures.guard.demands import Demand

OUTSIDE = 0  # the label of elements that no told cell holds; nothing is demanded of them


class Cut(Struct, frozen=True):
    """An atom, by label, that a cell cuts: the elements inside the cell, and what stands behind them."""

    label: int
    inside: Places
    part: Holding


class Partition:
    """The atoms of all cells told so far. A label an element: equal labels, same atom."""

    def __init__(self, backing: Backing, demand: Demand) -> None:
        self._backing = backing
        self._demand = demand
        self._label = np.zeros(len(backing), dtype=np.intp)
        self._atoms: list[Atom | None] = [None]  # by label

    def find_cuts(self, elements: Places) -> list[Cut]:
        """The atoms that a cell cuts; none where it is a union of atoms."""
        labels = self._label[elements]
        found = set(labels.tolist())
        if len(found) == 1:
            cut = self._cut(found.pop(), elements)
            return [cut] if cut else []
        return [cut for label in sorted(found) if (cut := self._cut(label, elements[labels == label]))]

    def _cut(self, label: int, inside: Places) -> Cut | None:
        atom = self._atoms[label]
        if atom is not None and len(inside) == atom.size:
            return None
        return Cut(label, inside, self._backing.of(inside))

    def admits(self, cut: Cut) -> bool:
        """Whether an atom that is cut would still pass on both sides."""
        if not self._backing.passes(cut.part, self._demand):
            return False
        atom = self._atoms[cut.label]
        return atom is None or atom.passes_without(cut.part, self._demand)

    def make(self, cut: Cut) -> None:
        """Cut an atom in two, without asking."""
        self._label[cut.inside] = len(self._atoms)
        self._atoms.append(Atom(self._backing, cut.part, len(cut.inside)))
        atom = self._atoms[cut.label]
        if atom is not None:
            atom.lose(cut.part, len(cut.inside))

    def list_atoms(self) -> Iterator[tuple[Places, bool]]:
        """Each atom's elements, and whether it passes, worked out anew from the elements."""
        for label in np.unique(self._label).tolist():
            if label != OUTSIDE:
                elements = np.flatnonzero(self._label == label)
                yield elements, self._backing.passes(self._backing.of(elements), self._demand)
