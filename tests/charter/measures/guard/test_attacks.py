"""Issue 10, item 3, shown by (2), (3), (4): attackers who know all that was ever told, against the guard and a size-only twin.

The twin tells every cell that passes by itself, as the product did before. Each attack breaks it in the same test.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np
import pytest

from charter.measures.guard import GuardCell, find_failing_atoms
from charter.measures.values.aggregation import estimate
from charter.rules.vocabulary import Aggregation
from tests.charter.measures.guard.test_choosing import atoms_of
from tests.charter.measures.guard.worlds import (
    MONTHS,
    World,
    busy,
    can_work_out,
    find_in_span,
    guarded,
    span,
    split_streams,
)

Batches = Sequence[Sequence[GuardCell]]
SEEDS = range(3)


def tell(world: World, batches: Batches, *, guard: bool) -> list[GuardCell]:
    """What is told of batches that are published one after the other."""
    told: list[GuardCell] = []
    for batch in batches:
        fit = [cell for cell in world.alone(batch) if cell.id not in {each.id for each in told}]
        told += guarded(world, fit, told) if guard else fit
    return told


def find_worked_out(
    world: World, told: Sequence[GuardCell], targets: Iterable[frozenset[int]]
) -> list[frozenset[int]]:
    """The unsafe sets of elements whose sums come out exactly."""
    rows = span(told, world.elements)
    return find_in_span(rows, [each for each in targets if each and not world.passes(each)])


def targets_of(world: World, cells: Iterable[GuardCell]) -> list[frozenset[int]]:
    """Each element, each cell, and each difference of two cells."""
    sets = {cell.elements for cell in cells}
    differences = {a - b for a, b in combinations(sorted(sets, key=sorted)[:80], 2)}
    differences |= {b - a for a, b in combinations(sorted(sets, key=sorted)[:80], 2)}
    return sorted({*sets, *differences, *(frozenset({e}) for e in range(world.elements))}, key=sorted)


def differencing(world: World) -> Batches:
    """A stream less its siblings."""
    return [[cell for cell in world.tree(split_streams(world.teams)) if cell.id.endswith("m0")]]


def tracker(world: World) -> Batches:
    """Denning's: for a target C, tell T, and C with T; neither need be small."""
    cells = []
    for team in range(world.teams):
        others = [other for other in range(world.teams) if other != team]
        for number, size in enumerate((2, 3)):
            cells.append(world.cell(f"T{team}{number}", others[:size], [0], 1))
            cells.append(world.cell(f"CT{team}{number}", [team, *others[:size]], [0], 1))
    return [cells]


def random_cohorts(world: World) -> Batches:
    """1,500 cohorts of teams drawn at random."""
    chance = np.random.default_rng(5)
    drawn = [
        chance.choice(world.teams, size=int(chance.integers(2, world.teams)), replace=False).tolist()
        for _ in range(1500)
    ]
    return [[world.cell(f"{number:04}", teams, [0], 1) for number, teams in enumerate(drawn)]]


def rolling_windows(world: World) -> Batches:
    """Windows of two months that move on by one, beside months and quarter."""
    windows = ([0, 1], [1, 2], [0, 1, 2], [0], [1], [2])
    return [[world.cell(f"{team}{when}", [team], when, 2) for team in range(world.teams) for when in windows]]


def month_against_quarter(world: World) -> Batches:
    """Months as they close, then the quarter; a withheld month is the quarter less the others."""
    cells = world.tree(split_streams(world.teams))
    return [[cell for cell in cells if cell.id.endswith(when)] for when in ("m0", "m1", "m2", "q")]


def re_registered_trees(world: World) -> Batches:
    """The same teams in other streams, back-filled."""
    order = np.random.default_rng(7).permutation(world.teams).tolist()
    trees = [split_streams(world.teams), [order[:2], order[2:4], order[4:]], [order[:3], order[3:]]]
    return [
        [
            GuardCell(f"{number} {cell.id}", cell.elements, cell.layers, cell.level, cell.turn, cell.events)
            for cell in world.tree(tree)
        ]
        for number, tree in enumerate(trees)
    ]


def cohorts_changed_in_place(world: World) -> Batches:
    """A cohort that loses a team keeps its name; what was told of it before still stands."""
    cells = [
        [world.cell(f"{size}", range(size), [month], 1) for month in range(MONTHS)]
        for size in range(world.teams, 2, -1)
    ]
    return [
        [
            GuardCell(f"v{number} {cell.id} {sorted(cell.elements)}", cell.elements, (0,), 1, 0, cell.events)
            for cell in batch
        ]
        for number, batch in enumerate(cells)
    ]


ATTACKS: list[Callable[[World], Batches]] = [
    differencing,
    tracker,
    random_cohorts,
    rolling_windows,
    month_against_quarter,
    re_registered_trees,
    cohorts_changed_in_place,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_adding_and_subtracting_gives_nothing_that_is_withheld(attack):
    """Each attack works out unsafe sets of the twin, and not one that the guard keeps back."""
    broken = 0
    for seed in SEEDS:
        world = busy(seed)
        batches = attack(world)
        targets = targets_of(world, [cell for batch in batches for cell in batch])
        twin = tell(world, batches, guard=False)
        broken += len(find_worked_out(world, twin, targets))
        told = tell(world, batches, guard=True)
        assert told and not find_worked_out(world, told, targets)
        assert not find_failing_atoms([world.layer()], told)
    assert broken > 0


def with_late_events(seed: int) -> tuple[World, list[GuardCell], list[GuardCell]]:
    """A world whose last team is really the late events of the first: original cells, and revised ones."""
    world = busy(seed)
    late = {(world.teams * MONTHS, person): 2 for person in range(2)}
    wider = World(world.teams + 1, dict(world.events) | late, world.rostered)
    streams = split_streams(world.teams)
    original = [cell for cell in world.tree(streams) if cell.id.endswith("m0")]
    first = frozenset({wider.teams * MONTHS - MONTHS})
    revised = [
        GuardCell(f"revised {cell.id}", cell.elements | first, (0,), cell.level, cell.turn, cell.events + 4)
        for cell in original
        if 0 in cell.elements
    ]
    return wider, original, revised


@pytest.mark.parametrize("seed", SEEDS)
def test_a_revision_less_its_original_gives_nothing(seed):
    """Late rows of two people, told as a revision: new minus old would be these two alone."""
    world, original, revised = with_late_events(seed)
    late = frozenset({(world.teams - 1) * MONTHS})
    twin = tell(world, [original, revised], guard=False)
    assert find_worked_out(world, twin, [late])
    told = tell(world, [original, revised], guard=True)
    assert not find_worked_out(world, told, [late])
    assert {cell.id for cell in told} >= {"org m0"} and "revised org m0" not in {cell.id for cell in told}


# What is told of a cell, out of what each event is worth


def worth(world: World, chance: np.random.Generator, *, bits: bool = False) -> dict[int, np.ndarray]:
    """A number for each event, by element."""
    counts = world.counts().astype(int)
    return {
        element: (chance.random(number) < 0.4).astype(float)
        if bits
        else np.round(chance.lognormal(3, 1, number), 2)
        for element, number in enumerate(counts)
    }


def release(told: Iterable[GuardCell], values: dict[int, np.ndarray]) -> bytes:
    """All that is told of these cells under every aggregation, to the byte."""
    lines = []
    for cell in told:
        events = np.concatenate([values[element] for element in sorted(cell.elements)])
        made = [repr(estimate(each, events, None, days=30)) for each in Aggregation]
        lines.append([cell.id, len(events), made])
    return json.dumps(lines).encode()


def shuffle_inside(
    atoms: Iterable[Iterable[int]], values: dict[int, np.ndarray], chance
) -> dict[int, np.ndarray]:
    """The same numbers dealt out anew among the events of each atom."""
    mixed = dict(values)
    for atom in atoms:
        elements = sorted(atom)
        pool = chance.permutation(np.concatenate([values[element] for element in elements]))
        ends = np.cumsum([len(values[element]) for element in elements])
        mixed |= dict(zip(elements, np.split(pool, ends[:-1]), strict=True))
    return mixed


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffling_inside_atoms_changes_no_byte(seed):
    """Shown by (2): median, interval, share and sum are the same to the byte whoever of an atom did what."""
    world, chance = busy(seed), np.random.default_rng(seed)
    told = guarded(world, world.alone(world.tree(split_streams(world.teams))))
    values = worth(world, chance)
    before = release(told, values)
    thin = [e for e in range(world.elements) if not world.passes({e}) and len(values[e])]
    assert thin
    moved = 0
    for _ in range(10):
        mixed = shuffle_inside(atoms_of(told, world.elements), values, chance)
        assert release(told, mixed) == before
        moved += sum(sorted(mixed[e]) != sorted(values[e]) for e in thin)
    assert moved > 0  # the thin ones did change


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffling_breaks_the_twin(seed):
    """The twin's releases do tell which of its thin elements did what: dealing out anew by the guard's atoms shows."""
    world, chance = busy(seed), np.random.default_rng(seed)
    cells = world.alone(world.tree(split_streams(world.teams)))
    values = worth(world, chance)
    mixed = shuffle_inside(atoms_of(guarded(world, cells), world.elements), values, chance)
    assert release(cells, mixed) != release(cells, values)


def squares(cell: GuardCell, values: dict[int, np.ndarray]) -> float:
    """The sum of squares that the interval of a sum tells."""
    events = np.concatenate([values[element] for element in sorted(cell.elements)])
    made = estimate(Aggregation.SUM, events, None, days=30)
    return ((made.high - made.value) / 1.959963984540054) ** 2


@pytest.mark.parametrize("seed", SEEDS)
def test_intervals_subtracted_from_each_other_give_no_sum_of_squares(seed):
    """The table's last row: intervals from each other gave sums of squares of withheld cells."""
    world = busy(seed)
    values = worth(world, np.random.default_rng(seed))
    cells = world.tree(split_streams(world.teams))
    thin = [frozenset({e}) for e in range(world.elements) if not world.passes({e}) and len(values[e])]
    twin = world.alone(cells)
    found = [each for each in thin if can_work_out(span(twin, world.elements), each)]
    assert found
    got = solve(twin, [squares(cell, values) for cell in twin], world.elements, found[0])
    assert got == pytest.approx(float((values[min(found[0])] ** 2).sum()), rel=1e-4)
    told = guarded(world, twin)
    assert not [each for each in thin if can_work_out(span(told, world.elements), each)]


def solve(cells: Sequence[GuardCell], told: Sequence[float], elements: int, wanted: Iterable[int]) -> float:
    """What adding and subtracting gives for a set of elements."""
    rows = np.zeros((len(cells), elements))
    for row, cell in zip(rows, cells, strict=True):
        row[sorted(cell.elements)] = 1
    target = np.zeros(elements)
    target[sorted(wanted)] = 1
    factors, *_ = np.linalg.lstsq(rows.T, target, rcond=None)
    return float(factors @ np.array(told))


@pytest.mark.parametrize("seed", SEEDS)
def test_bits_are_not_reconstructed(seed):
    """Dinur and Nissim: from enough sums of 0 and 1 the bits come back. Of the twin they do, withheld ones too."""
    world = busy(seed)
    values = worth(world, np.random.default_rng(seed), bits=True)
    batches = random_cohorts(world)
    ones = [float(values[e].sum()) for e in range(world.elements)]

    def guess(told: Sequence[GuardCell]) -> np.ndarray:
        """Least squares of the told sums, as the attack rounds them."""
        rows = span(told, world.elements)
        found, *_ = np.linalg.lstsq(rows, rows @ np.array(ones), rcond=None)
        return np.asarray(np.round(found))

    thin = [team * MONTHS for team in range(world.teams) if not world.passes({team * MONTHS})]
    assert thin
    twin = guess(tell(world, batches, guard=False))
    assert all(twin[element] == ones[element] for element in thin)
    told = tell(world, batches, guard=True)
    for element in thin:
        atom = next((a for a in atoms_of(told, world.elements) if element in a), None)
        if atom is not None:
            assert reach(atom, element, values) >= min(10, len(values[element]))


def reach(atom: set[int], element: int, values: dict[int, np.ndarray]) -> int:
    """How far apart the numbers of ones in an element can be while all that is told stays as it is."""
    size, total = len(values[element]), sum(len(values[each]) for each in atom)
    ones = int(sum(values[each].sum() for each in atom))
    return min(size, ones) - max(0, ones - (total - size))


@pytest.mark.parametrize("seed", SEEDS)
def test_bounds_of_a_withheld_count_are_ten_events_apart(seed):
    """Shown by (3): where nothing but counts is told, each withheld element could hold none or all of its atom's events.

    Both are worlds in which every told count is the same, so no linear programme bounds it any closer.
    """
    world = busy(seed)
    cells = world.tree(split_streams(world.teams))
    told = guarded(world, world.alone(cells))
    counts, rows = world.counts(), span(told, world.elements)
    told_counts = rows @ counts
    for atom in atoms_of(told, world.elements):
        for element in atom - ({min(atom)} if len(atom) == 1 else set()):
            none, everything = counts.copy(), counts.copy()
            other = min(atom - {element})
            none[other], none[element] = counts[other] + counts[element], 0
            everything[sorted(atom)] = 0
            everything[element] = counts[sorted(atom)].sum()
            assert np.allclose(rows @ none, told_counts) and np.allclose(rows @ everything, told_counts)
            assert everything[element] - none[element] >= 10
