"""The atoms of every layer at once, as cells are added."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from msgspec import Struct

from charter.measures.guard.backing import Backing, Places
from charter.measures.guard.demands import Demand
from charter.measures.guard.partition import Cut, Partition


class GuardLayer(Struct, frozen=True):
    """One demand and what stands behind the elements for it. Its atoms are those of the cells that make the demand."""

    demand: Demand
    backing: Backing


class GuardCell(Struct, frozen=True):
    """What one value is told of. `layers`: the numbers of the demands that it makes.

    `level` and within it `turn`: what is told first, from 0.
    """

    id: str
    elements: frozenset[int]
    layers: tuple[int, ...]
    level: int = 0
    turn: int = 0
    events: int = 0


class Cuts:
    """Layers cut by the same cells, each by those that make its demand."""

    def __init__(
        self, layers: Sequence[GuardLayer], places: dict[frozenset[int], Places] | None = None
    ) -> None:
        self._layers = layers
        self._partitions = [Partition(layer.backing, layer.demand) for layer in layers]
        self._added: list[set[frozenset[int]]] = [set() for _ in layers]
        self._places = {} if places is None else places

    def emptied(self) -> "Cuts":
        """The same layers with no cell added."""
        return Cuts(self._layers, self._places)

    def add(self, cell: GuardCell) -> None:
        """Cut by a told cell, without asking."""
        for layer in self._new_to(cell):
            self._make(cell, layer, self._partitions[layer].find_cuts(self._of(cell)))

    def add_if_safe(self, cell: GuardCell) -> bool:
        """Cut by a cell if every atom that it would cut passes on both sides; what was told already cuts nothing."""
        found = []
        for layer in self._new_to(cell):
            partition = self._partitions[layer]
            cuts = partition.find_cuts(self._of(cell))
            if not all(partition.admits(cut) for cut in cuts):
                return False
            found.append((layer, cuts))
        for layer, cuts in found:
            self._make(cell, layer, cuts)
        return True

    def _new_to(self, cell: GuardCell) -> list[int]:
        return [layer for layer in cell.layers if cell.elements not in self._added[layer]]

    def _make(self, cell: GuardCell, layer: int, cuts: Iterable[Cut]) -> None:
        for cut in cuts:
            self._partitions[layer].make(cut)
        self._added[layer].add(cell.elements)

    def failing(self) -> Iterator[tuple[int, Places]]:
        """The number of the layer and the elements of each atom that does not pass."""
        for number, partition in enumerate(self._partitions):
            yield from ((number, elements) for elements, passes in partition.list_atoms() if not passes)

    def _of(self, cell: GuardCell) -> Places:
        found = self._places.get(cell.elements)
        if found is None:
            found = self._places[cell.elements] = np.array(sorted(cell.elements), dtype=np.intp)
        return found
