"""What was told of before a revision and again after it, which nothing further may cut. Pure: sets of elements in, yes or no out.

Late events are in the new value of a place and not in the old one. Both are known, so whoever cuts an atom of which both were
told could learn one side as it was *before*, which nobody has held against the thresholds, or the late events of that side alone.
An atom is left whole instead: a further value takes in all of it or nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

Elements = frozenset[int]


class Seals:
    """The atoms that hold an element whose events were revised after something was told of it.

    `again`: what is told of events as they are now; `before`: what was told of them as they were. Where an element was told of
    before and never again, no further value may hold anything of its atom: less would show the rest as it was.
    """

    def __init__(
        self, revised: Collection[int], *, again: Collection[Elements], before: Collection[Elements]
    ) -> None:
        told_before = frozenset(revised).intersection(frozenset().union(*before))
        self._whole: list[Elements] = []
        self._closed: Elements = frozenset()
        if told_before:
            self._whole = _list_atoms(again, told_before)
            shut = told_before.difference(*self._whole)
            self._closed = frozenset().union(*_list_atoms([*again, *before], shut))

    def admit(self, cell: Elements) -> bool:
        """Whether a further value of these elements leaves every sealed atom whole."""
        return cell.isdisjoint(self._closed) and all(
            atom <= cell or atom.isdisjoint(cell) for atom in self._whole
        )


def _list_atoms(cells: Iterable[Elements], holding: Elements) -> list[Elements]:
    """The atoms of these cells that hold one of some elements."""
    inside: dict[int, list[int]] = defaultdict(list)
    for number, cell in enumerate(dict.fromkeys(cells)):
        for element in cell:
            inside[element].append(number)
    atoms: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for element, numbers in inside.items():
        atoms[tuple(numbers)].add(element)
    return [frozenset(atom) for atom in atoms.values() if not atom.isdisjoint(holding)]
