"""What the guard costs: a month and the quarter that closes with it, of 30 metrics on one source, beside what stands.

Processor time, since the guard waits for nothing.
"""

from time import process_time

import numpy as np

from charter.measures.guard import Backing, Demand, GuardCell, GuardLayer, Rows, choose

PEOPLE, METRICS, TEAM, STREAM = 10_000, 30, 12, 14
MONTHS = 3
SECONDS, RATIO = 5.0, 12.0
DEMAND = Demand(people=5, events=10, dominance=0.5)


def run() -> list[dict]:
    """Seconds for 10,000 people (aim: under 5), and against a tenth of them (aim: at most 12 times)."""
    tenth, whole = _measure(PEOPLE // 10), _measure(PEOPLE)
    return [
        _line(
            "guard: a month of 30 metrics for 10,000 people",
            whole,
            "s",
            f"under {SECONDS:g}",
            whole < SECONDS,
        ),
        _line(
            "guard: ten times the people, time against once",
            whole / tenth,
            "ratio",
            f"at most {RATIO:g}",
            whole <= RATIO * tenth,
        ),
    ]


def _measure(people: int) -> float:
    chance = np.random.default_rng(people)
    layers, counts = _layers(people, chance)
    cells = _cells(counts)
    standing = [cell for cell in cells if cell.id.startswith(("0", "1"))]
    told = choose(layers, [], standing, tries=0)
    standing = [cell for cell in standing if cell.id in told]
    begun = process_time()
    new = choose(layers, standing, [cell for cell in cells if cell.id.startswith(("2", "q"))])
    took = process_time() - begun
    if not new:
        raise RuntimeError("The guard told nothing.")
    return took


def _layers(people: int, chance: np.random.Generator) -> tuple[list[GuardLayer], np.ndarray]:
    """What all metrics demand of all events, and what each demands of those it can use, nineteen of twenty."""
    teams = people // TEAM
    place = (chance.integers(0, teams, people)[:, None] * MONTHS + np.arange(MONTHS)).ravel()
    person = np.repeat(np.arange(people), MONTHS)
    events = chance.integers(1, 6, len(place)).astype(float)
    elements = teams * MONTHS
    counts = np.bincount(place, events, elements)

    def back(rows: np.ndarray) -> GuardLayer:
        held = Rows(place[rows], person[rows], events[rows][:, None])
        backing = Backing(held, loose=np.zeros((elements, 1)), events=counts, occupied=counts > 0)
        return GuardLayer(DEMAND, backing)

    used = [back(chance.random(len(place)) < 0.95) for _ in range(METRICS)]
    return [*used, back(np.ones(len(place), dtype=bool))], counts


def _cells(counts: np.ndarray) -> list[GuardCell]:
    teams = len(counts) // MONTHS
    cohorts = [("org", 0, range(teams))]
    cohorts += [(f"stream{at}", 1, range(at, min(at + STREAM, teams))) for at in range(0, teams, STREAM)]
    cohorts += [(f"team{team}", 2, range(team, team + 1)) for team in range(teams)]
    whens = {"0": [0], "1": [1], "2": [2], "q": [0, 1, 2]}
    cells = []
    for name, level, own in cohorts:
        for when, months in whens.items():
            elements = frozenset(team * MONTHS + month for team in own for month in months)
            number = int(counts[sorted(elements)].sum())
            cells += [
                GuardCell(f"{when} {name} {metric}", elements, (metric, METRICS), level, 0, number)
                for metric in range(METRICS)
            ]
    return cells


def _line(name: str, value: float, unit: str, aim: str, holds: bool) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}
