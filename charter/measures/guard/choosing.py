"""Which cells are told: those that stand, then one after the other whatever keeps every atom passing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from charter.measures.guard.backing import Places
from charter.measures.guard.cuts import Cuts, GuardCell, GuardLayer

# How many cells a block may try again while it looks for a better choice: a second or two for a block of any size.
TRIES = 20_000

# Cells of one place, one a metric: what cuts the same is tried together.
Bundle = tuple[GuardCell, ...]


def choose(
    layers: Sequence[GuardLayer],
    standing: Collection[GuardCell],
    candidates: Collection[GuardCell],
    *,
    tries: int = TRIES,
) -> frozenset[str]:
    """The ids of the candidates that may be told beside the cells that stand.

    Candidates are those of one block, which shares no atom with another. They are tried in one order, whatever order
    they come in. A cell turned down once would be turned down ever after, since of an atom that fails some part fails
    however it is cut; so one pass leaves nothing that could still be told. A search then looks for more cells by
    letting one that was turned down go before all but those of level 0.
    """
    stand = Cuts(layers)
    fixed = sorted(standing, key=_order)
    order = _bundle(candidates)
    told = _take(_begin(stand, fixed), order)
    return frozenset(cell.id for cell in _search(stand, fixed, order, told, tries))


def find_failing_atoms(layers: Sequence[GuardLayer], told: Iterable[GuardCell]) -> list[tuple[int, Places]]:
    """The atoms of all that is told which do not pass: the number of the layer, and the elements."""
    return list(_begin(Cuts(layers), told).failing())


def _begin(cuts: Cuts, cells: Iterable[GuardCell]) -> Cuts:
    cuts = cuts.emptied()
    for cell in cells:
        cuts.add(cell)
    return cuts


def _order(cell: GuardCell) -> tuple[int, int, int, str]:
    return cell.level, cell.turn, -cell.events, cell.id


def _bundle(cells: Collection[GuardCell]) -> list[Bundle]:
    """Cells of the same elements together, in the order of the first of each."""
    places: dict[tuple[int, frozenset[int]], list[GuardCell]] = defaultdict(list)
    for cell in sorted(cells, key=_order):
        places[cell.level, cell.elements].append(cell)
    return [tuple(bundle) for bundle in places.values()]


def _take(cuts: Cuts, order: Iterable[Bundle]) -> list[GuardCell]:
    """Tell whatever can be told, one after the other."""
    told = []
    for bundle in order:
        for cell in bundle:
            if cuts.add_if_safe(cell):
                told.append(cell)
    return told


def _search(
    cuts: Cuts, fixed: Sequence[GuardCell], order: Sequence[Bundle], told: list[GuardCell], tries: int
) -> list[GuardCell]:
    """Let each place that was turned down go first once, and keep what tells more; round after round."""
    size = len(fixed) + sum(map(len, order))
    better = True
    while better:
        better = False
        for bundle in order:
            if tries < size:
                return told
            ids = {cell.id for cell in told}
            if all(cell.id in ids for cell in bundle):
                continue
            tries -= size
            other = _take_first(_begin(cuts, fixed), bundle, order, ids)
            if len(other) > len(told) and _keeps_widest(other, told):
                told, better = other, True
    return told


def _take_first(cuts: Cuts, bundle: Bundle, order: Sequence[Bundle], told: set[str]) -> list[GuardCell]:
    """The widest level, then this place, then what was told, then the rest.

    Where the place gains nothing beside the widest level, all else would be told as it was, so it is not tried: nothing then.
    """
    widest = order[0][0].level
    first = _take(cuts, (other for other in order if other[0].level == widest and other is not bundle))
    own = _take(cuts, [bundle])
    if all(cell.id in told for cell in own):
        return []
    narrower = [other for other in order if other[0].level != widest and other is not bundle]
    before = (tuple(cell for cell in other if cell.id in told) for other in narrower)
    after = (tuple(cell for cell in other if cell.id not in told) for other in narrower)
    return [*first, *own, *_take(cuts, before), *_take(cuts, after)]


def _keeps_widest(other: Sequence[GuardCell], told: Sequence[GuardCell]) -> bool:
    widest = min(cell.level for cell in told)
    kept = {cell.id for cell in other}
    return all(cell.id in kept for cell in told if cell.level == widest)
