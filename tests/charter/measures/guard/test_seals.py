"""Issue 10, items 3 and 4: what was told before a revision and again after it is not taken apart by what is told later."""

from itertools import chain, combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from charter.measures.guard.seals import Seals

SIZE = 4
SETS = [frozenset(each) for n in range(1, SIZE + 1) for each in combinations(range(SIZE), n)]


def old(cell: frozenset[int]) -> np.ndarray:
    """A value of a cell before the revision, as a sum over what was in each element then; what came late is beside it."""
    return np.array([*(e in cell for e in range(SIZE)), *[False] * SIZE], dtype=float)


def late(cell: frozenset[int], revised: frozenset[int]) -> np.ndarray:
    """The late events of a cell alone."""
    return np.array([*[False] * SIZE, *(e in cell and e in revised for e in range(SIZE))], dtype=float)


def new(cell: frozenset[int], revised: frozenset[int]) -> np.ndarray:
    return old(cell) + late(cell, revised)


def atoms(cells) -> list[frozenset[int]]:
    """Elements that lie in the same of these cells; those in none by themselves."""
    cells = list(cells)
    found: dict[tuple, set[int]] = {}
    for element in range(SIZE):
        lies = tuple(element in cell for cell in cells)
        found.setdefault(lies if any(lies) else ("alone", element), set()).add(element)
    return list(map(frozenset, found.values()))


def is_union(cell: frozenset[int], parts) -> bool:
    return all(part <= cell or part.isdisjoint(cell) for part in parts)


def breaks(revised, before, again, further) -> bool:
    """Whether sums tell late events of less than a part that was agreed to, or what was before of less than was told of."""
    known = [*map(old, before), *(new(cell, revised) for cell in chain(again, further))]
    rank = np.linalg.matrix_rank(np.array(known)) if known else 0

    def derived(vector: np.ndarray) -> bool:
        return bool(np.linalg.matrix_rank(np.array([*known, vector])) == rank)

    inside = frozenset().union(*before)
    parts = [part for part in atoms(again) if part & revised & inside]
    # An element that no value takes in again is a part of its own here: none of its late events may be told.
    for cell in SETS:
        if cell <= inside and cell & revised:
            if derived(late(cell, revised)) and not is_union(cell & revised, [p & revised for p in parts]):
                return True
            touched = frozenset().union(*parts) if parts else frozenset()
            if cell <= touched and derived(old(cell)) and not is_union(cell, atoms([*before, *again])):
                return True
    return False


def sealed(revised, before, again, further) -> list[frozenset[int]]:
    """What seals admit, one after the other; what is admitted seals no less."""
    told: list[frozenset[int]] = []
    for cell in further:
        if Seals(revised, again=[*again, *told], before=before).admit(cell):
            told.append(cell)
    return told


@given(
    revised=st.frozensets(st.integers(0, SIZE - 1), min_size=1),
    before=st.lists(st.sampled_from(SETS), min_size=1, max_size=3, unique=True),
    left=st.integers(0, 2),
    further=st.lists(st.sampled_from(SETS), max_size=3, unique=True),
)
def test_no_sum_tells_less_than_the_revision_did(revised, before, left, further):
    """`before` were told and, but for those left behind, again with late events; then others are told as the seals let them."""
    again = before[left:]
    assert not breaks(revised, before, again, sealed(revised, before, again, further))


def test_without_seals_one_side_is_told_as_it_was():
    """The twin: two teams told together, late events of the second, told again; then the first alone, which did not change."""
    both, first = frozenset({0, 1}), frozenset({0})
    revised = frozenset({1})
    assert breaks(revised, [both], [both], [first])
    assert sealed(revised, [both], [both], [first]) == []
    assert sealed(revised, [both], [both], [both | {2}, frozenset({3})]) == [both | {2}, frozenset({3})]


def test_what_was_left_behind_is_not_told_of_again():
    """A value without its late events, and later a wider one with them: of the first alone nothing new is told."""
    assert not Seals({0}, again=[], before=[frozenset({0, 1})]).admit(frozenset({0, 1, 2}))
    assert Seals({0}, again=[], before=[]).admit(frozenset({0}))  # nothing was told of it
    assert Seals((), again=[], before=[frozenset({0})]).admit(frozenset({0}))  # nothing was revised
