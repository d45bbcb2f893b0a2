"""What may be told of a month and the quarter that closes with it: 30 metrics on one source, from their events to the verdict.

Processor time, since nothing waits. `guard` measures the atoms alone.
"""

import os
from collections.abc import Iterator
from datetime import date
from time import process_time

import numpy as np
import pyarrow as pa

PEOPLE, METRICS, TEAM, STREAM = 10_000, 30, 12, 14
MONTHS = tuple(date(2026, month, 1) for month in (1, 2, 3))
SECONDS, RATIO = 5.0, 12.0


def run() -> list[dict]:
    """Seconds for 10,000 people (aim: under 5), and against a tenth of them (aim: at most 12 times)."""
    tenth, whole = _measure(PEOPLE // 10), _measure(PEOPLE)
    name = "deciding: a month of 30 metrics for 10,000 people"
    return [
        _line(name, whole, "s", f"under {SECONDS:g}", whole < SECONDS),
        _line("deciding: ten times the people, time against once", whole / tenth, "ratio", f"at most {RATIO:g}", whole <= RATIO * tenth),
    ]  # fmt: skip


def _line(name: str, value: float, unit: str, aim: str, holds: bool) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}


def _measure(people: int) -> float:
    _set_up()
    from charter.measures.publishing import joint

    chance = np.random.default_rng(people)
    team = chance.integers(0, people // TEAM, people)
    events = chance.integers(1, 6, (people, len(MONTHS))).astype(float)
    measures = [_measure_of(number) for number in range(METRICS)]
    evidence = _gather(measures, team, events, chance)
    tellings = list(_list_tellings(measures, team, events))
    before = [each for each in tellings if each.span.ends_on <= MONTHS[2]]
    told = joint.decide(evidence, [], before)
    standing = [each for each in before if each.id in told]
    new = [each for each in tellings if each.span.ends_on > MONTHS[2]]
    begun = process_time()
    found = joint.decide(evidence, standing, new)
    took = process_time() - begun
    if not found:
        raise RuntimeError("Nothing was told.")
    return took


def _set_up() -> None:
    """Django, which the rooms beside `guard` know of; no database is asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()


def _measure_of(number: int):
    from charter.registry.document import Measure
    from charter.rules.vocabulary import Aggregation

    facts = f"SELECT merged_at AS at, author AS person, team, {number} AS value FROM changes"
    return Measure(sources=("changes",), facts=facts, aggregation=Aggregation.MEDIAN)


def _gather(measures: list, team: np.ndarray, events: np.ndarray, chance: np.random.Generator):
    """Each metric can use nineteen of twenty events, others than the next one's."""
    from charter.measures.publishing.joint import CharterEvidence

    people = len(team)
    slugs = [f"t{number}" for number in range(people // TEAM)]
    shared = {
        "team": pa.array([slugs[each] for each in team for _ in MONTHS]),
        "month": pa.array([*MONTHS] * people, pa.date32()),
        "person": pa.array([f"p{person}" for person in range(people) for _ in MONTHS]),
        "events": events.ravel(),
        "content": pa.array(["1"] * events.size),
    }
    tables = {}
    for measure in measures:
        usable = np.floor(shared["events"] * (chance.random(events.size) < 0.95))
        tables[measure] = pa.table({**shared, "usable": usable, "weight": usable, "mass": usable})
    crews = {
        (slug, month): [f"p{person}" for person in np.flatnonzero(team == number)]
        for number, slug in enumerate(slugs)
        for month in MONTHS
    }
    return CharterEvidence(tables, crews, frozenset(slugs), {})


def _list_tellings(measures: list, team: np.ndarray, events: np.ndarray) -> Iterator:
    from charter.measures.publishing.joint import NO_TEAM, Telling
    from charter.measures.values.calendar import list_spans
    from charter.measures.values.disclosure import DisclosureLimits
    from charter.rules.vocabulary import Period

    limits = DisclosureLimits(people=5, coverage=0.8, events=10, dominance=0.5, impersonal_events=5)
    teams = len(team) // TEAM
    counts = np.stack([np.bincount(team, column, teams) for column in events.T], axis=1)
    cohorts = [("org", 0, range(teams))]
    cohorts += [(f"stream{at}", 1, range(at, min(at + STREAM, teams))) for at in range(0, teams, STREAM)]
    cohorts += [(f"team{number}", 2, range(number, number + 1)) for number in range(teams)]
    spans = [
        span
        for kind in (Period.MONTH, Period.QUARTER)
        for span in list_spans(kind, MONTHS[0], date(2026, 4, 1))
    ]
    for name, level, own in cohorts:
        slugs = (*(f"t{number}" for number in own), *([NO_TEAM] if level == 0 else []))
        for span in spans:
            when = [at for at, month in enumerate(MONTHS) if span.starts_on <= month < span.ends_on]
            number = int(counts[np.ix_(list(own), when)].sum())
            for metric, measure in enumerate(measures):
                yield Telling(f"{name}|{span.label}|{metric}", measure, limits, slugs, span, level, number)
