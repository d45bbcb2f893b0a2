"""The real data set as elements and cells: twelve teams, their streams, every month and quarter."""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache

import duckdb
import numpy as np
import pytest

from charter.measures.guard import Backing, Demand, GuardCell, GuardLayer, Rows, choose
from tests.benchmarks.harness import DATA

needs_data = pytest.mark.skipif(
    not DATA.is_dir() and os.environ.get("CI") != "true", reason="the real data set is not beside the project"
)
NAMED = Demand(people=5, events=10, dominance=0.5)
SOURCES = {"changes": "merged_at", "commits": "committed_at", "deployments": "finished_at"}


@dataclass(frozen=True)
class Trial:
    """One source: what stands behind its elements, and each cell by block (quarter)."""

    layer: GuardLayer
    counts: np.ndarray
    blocks: tuple[tuple[GuardCell, ...], ...]  # cells that pass by themselves
    cells: tuple[GuardCell, ...]  # all that are more than empty by nature

    def passes(self, elements: np.ndarray) -> bool:
        return self.layer.backing.passes(self.layer.backing.of(elements), self.layer.demand)

    @property
    def alone(self) -> list[GuardCell]:
        return [cell for block in self.blocks for cell in block]

    def tell(self) -> list[GuardCell]:
        """What the guard tells, a block at a time."""
        told = frozenset().union(*(choose([self.layer], [], block) for block in self.blocks))
        return [cell for cell in self.alone if cell.id in told]


@cache
def read(source: str) -> Trial:
    """A source of the data set; months in UTC."""
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        at, who = SOURCES[source], "NULL" if source == "deployments" else "author"
        events = engine.execute(
            f"SELECT team, year(m) * 12 + month(m) - 1, {who} FROM (SELECT *, CAST({at} AS TIMESTAMPTZ) AS m "
            f"FROM read_csv('{DATA}/{source}.csv.gz', all_varchar = true))"
        ).fetchall()
        people = engine.execute(
            f"SELECT id, team, CAST(first_seen AS DATE) FROM read_csv('{DATA}/people.csv.gz')"
        ).fetchall()
        streams = dict(engine.execute(f"SELECT * FROM read_csv('{DATA}/teams.csv')").fetchall())
    return _build(events, people, streams, named=source != "deployments")


def _build(events: list, people: list, streams: dict[str, str], *, named: bool) -> Trial:
    first = min(month for _, month, _ in events) // 3 * 3
    end = max(month for _, month, _ in events) // 3 * 3  # the last quarter has not closed
    events = [event for event in events if event[1] < end]
    months = end - first
    teams = sorted(streams)
    key = {person: number for number, person in enumerate(sorted({person for person, _, _ in people}))}
    place = {(team, first + m): t * months + m for t, team in enumerate(teams) for m in range(months)}
    counts = np.zeros(len(place))
    made: Counter[tuple[int, int]] = Counter()
    for team, month, person in events:
        counts[place[team, month]] += 1
        if named:
            made[place[team, month], key[person]] += 1
    roster = [
        (place[team, month], key[person])
        for person, team, since in people
        for month in range(max(first, _number(since)), first + months)
    ]
    occupied = counts > 0
    occupied[[element for element, _ in roster]] = True
    rows = (
        [(element, person, number) for (element, person), number in made.items()]
        if named
        else [(element, element % months * len(key) + person, 1) for element, person in roster]
    )
    table = np.array(sorted(rows))
    held = Rows(table[:, 0], table[:, 1], table[:, 2:].astype(float), span=0 if named else len(key))
    backing = Backing(held, loose=np.zeros((len(place), 1)), events=counts, occupied=occupied)
    layer = GuardLayer(NAMED if named else Demand(people=5), backing)
    cohorts = [("org", 0, teams)]
    cohorts += [
        (stream, 1, [t for t in teams if streams[t] == stream]) for stream in sorted(set(streams.values()))
    ]
    cohorts += [(team, 2, [team]) for team in teams]
    cells: dict[int, list[GuardCell]] = {}
    for name, level, own in cohorts:
        for number in range(months // 3):
            whens = [[first + number * 3 + m] for m in range(3)] + [
                [first + number * 3 + m for m in range(3)]
            ]
            for when in whens:
                elements = frozenset(place[team, month] for team in own for month in when)
                events_in = int(counts[sorted(elements)].sum())
                label = f"{name} {when[0]}{'q' if len(when) > 1 else ''}"
                cells.setdefault(number, []).append(
                    GuardCell(label, elements, (0,), level, int(not level and len(when) > 1), events_in)
                )
    trial = Trial(layer, counts, (), ())
    kept = {n: [c for c in block if occupied[sorted(c.elements)].any()] for n, block in cells.items()}
    blocks = tuple(
        tuple(c for c in block if trial.passes(np.array(sorted(c.elements)))) for block in kept.values()
    )
    return Trial(layer, counts, blocks, tuple(c for block in kept.values() for c in block))


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1
