"""Made-up organisations of a quarter: who did how much in which team's month, and the cells that could be told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from charter.measures.guard import Backing, Demand, GuardCell, GuardLayer, Rows, choose

DEMAND = Demand(people=5, events=10, dominance=0.5)
MONTHS = 3


@dataclass(frozen=True)
class World:
    """Teams' months of a quarter. `events`: (element, person) → how many; the person None is one nobody knows."""

    teams: int
    events: Mapping[tuple[int, int | None], int]
    rostered: frozenset[int] = frozenset()  # elements with somebody on the roster

    @property
    def elements(self) -> int:
        return self.teams * MONTHS

    def layer(self, demand: Demand = DEMAND) -> GuardLayer:
        named = sorted((e, p, n) for (e, p), n in self.events.items() if p is not None)
        rows = np.array(named, dtype=float).reshape(-1, 3)
        loose = np.zeros((self.elements, 1))
        for (element, person), number in self.events.items():
            if person is None:
                loose[element] += number
        counts = self.counts()
        occupied = (counts > 0) | np.isin(np.arange(self.elements), list(self.rostered))
        held = Rows(rows[:, 0].astype(np.intp), rows[:, 1].astype(np.intp), rows[:, 2:])
        return GuardLayer(demand, Backing(held, loose=loose, events=counts, occupied=occupied))

    def counts(self) -> np.ndarray:
        counts = np.zeros(self.elements)
        for (element, _), number in self.events.items():
            counts[element] += number
        return counts

    def passes(self, elements: Iterable[int], demand: Demand = DEMAND) -> bool:
        """The thresholds, counted by hand."""
        elements = set(elements)
        people: dict[int, int] = {}
        loose = 0
        for (element, person), number in self.events.items():
            if element in elements and person is None:
                loose += number
            elif element in elements:
                people[person] = people.get(person, 0) + number
        total = loose + sum(people.values())
        if not total and not elements & self.rostered:
            return True
        most = max(people.values(), default=0) + loose
        return len(people) >= demand.people and total >= demand.events and most <= demand.dominance * total

    def cell(
        self, name: str, teams: Iterable[int], months: Iterable[int], level: int, layer: int = 0
    ) -> GuardCell:
        elements = frozenset(team * MONTHS + month for team in teams for month in months)
        return GuardCell(
            name,
            elements,
            (layer,),
            level,
            int(not level and len(list(months)) > 1),
            int(self.counts()[sorted(elements)].sum()),
        )

    def tree(self, streams: Sequence[Sequence[int]]) -> list[GuardCell]:
        """Months and the quarter of the organisation, its streams and teams."""
        whens = {**{f"m{month}": [month] for month in range(MONTHS)}, "q": list(range(MONTHS))}
        levels: list[tuple[str, Sequence[int], int]] = [("org", range(self.teams), 0)]
        levels += [(f"stream{number}", teams, 1) for number, teams in enumerate(streams)]
        levels += [(f"team{team}", [team], 2) for team in range(self.teams)]
        return [
            self.cell(f"{name} {when}", teams, months, level)
            for name, teams, level in levels
            for when, months in whens.items()
        ]

    def alone(self, cells: Iterable[GuardCell]) -> list[GuardCell]:
        """The cells that pass by themselves: all that a guard by size alone would tell."""
        return [cell for cell in cells if self.passes(cell.elements)]


def guarded(world: World, cells: Sequence[GuardCell], standing: Sequence[GuardCell] = ()) -> list[GuardCell]:
    """What the guard tells of these cells."""
    told = choose([world.layer()], standing, cells)
    return [cell for cell in cells if cell.id in told]


def split_streams(teams: int, size: int = 3) -> list[list[int]]:
    return [list(range(start, min(start + size, teams))) for start in range(0, teams, size)]


@st.composite
def worlds(draw: Callable) -> World:
    teams = draw(st.integers(2, 6))
    pairs = st.tuples(st.integers(0, teams * MONTHS - 1), st.one_of(st.none(), st.integers(0, 14)))
    many = st.dictionaries(pairs, st.integers(1, 6), min_size=10, max_size=120)
    return World(teams, draw(many), frozenset(draw(st.sets(st.integers(0, teams * MONTHS - 1)))))


def busy(seed: int, teams: int = 6) -> World:
    """A world of a usual size: about half of the teams' months pass by themselves."""
    chance = np.random.default_rng(seed)
    events: dict[tuple[int, int | None], int] = {}
    for team in range(teams):
        crew = chance.choice(60, size=chance.integers(3, 11), replace=False)
        for month in range(MONTHS):
            for person in crew[chance.random(len(crew)) < 0.8]:
                events[team * MONTHS + month, int(person)] = int(chance.integers(1, 7))
    return World(teams, events, frozenset(range(teams * MONTHS)))


def span(cells: Iterable[GuardCell], elements: int) -> np.ndarray:
    """What is told, as the rows of a matrix over the elements."""
    told = sorted({cell.elements for cell in cells}, key=sorted)
    rows = np.zeros((len(told), elements))
    for row, cell in zip(rows, told, strict=True):
        row[sorted(cell)] = 1
    return rows


def can_work_out(rows: np.ndarray, elements: Iterable[int]) -> bool:
    """Whether adding and subtracting what is told gives exactly the sum over these elements."""
    return find_in_span(rows, [frozenset(elements)]) != []


def find_in_span(rows: np.ndarray, wanted: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Which of these sets of elements adding and subtracting what is told gives exactly."""
    targets = np.zeros((len(wanted), rows.shape[1]))
    for target, elements in zip(targets, wanted, strict=True):
        target[sorted(elements)] = 1
    _, sizes, directions = np.linalg.svd(rows, full_matrices=False)
    basis = directions[sizes > 1e-9]
    left = targets - targets @ basis.T @ basis
    return [each for each, rest in zip(wanted, left, strict=True) if np.abs(rest).max() < 1e-7]
