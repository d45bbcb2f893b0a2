"""What the rules cost beyond Cedar itself: bare `cedarpy` with everything prepared, against `rules.decide`."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import cedarpy

from charter import rules
from charter.rules import engine
from charter.rules.context import ACTION, HUMAN, build_context_json, format_charter_uid
from charter.rules.examples.base import PAYMENTS, about, team
from charter.rules.facts import Facts
from charter.rules.rulebook import Rulebook, charter_handle
from charter.rules.vocabulary import Category, DecisionType, Grain, Kind, OrderBy

ROUNDS, BATCH = 60, 50
AIM = 1.6


def run() -> list[dict[str, Any]]:
    """Measure in alternating batches, so that whatever else the machine does falls on both alike."""
    rulebook = rules.compile_rulebook(rules.builtin_files())
    allowed, refused = team(), _refused()
    floor, permits, denies = medians(
        bare(allowed, rulebook),
        afresh(allowed, rulebook),
        afresh(refused, rulebook),
    )
    bare_denies, denies_beside = medians(bare(refused, rulebook), afresh(refused, rulebook))
    (again,) = medians(lambda: rules.decide([allowed], rulebook))
    return [
        _line("bare cedarpy, a permit", floor * 1e6, "µs"),
        _line("rules.decide, a permit", permits * 1e6, "µs"),
        _line("rules.decide against bare cedarpy, a permit", permits / floor, "times", AIM),
        _line("rules.decide, a refusal with all its rules in words", denies * 1e6, "µs"),
        _line("rules.decide against bare cedarpy, a refusal", denies_beside / bare_denies, "times", AIM),
        _line("rules.decide, a permit that is remembered", again * 1e6, "µs"),
    ]


def _refused() -> Facts:
    return team(
        decision=DecisionType.PERFORMANCE_RATING,
        grain=Grain.PERSON,
        order_by=OrderBy.VALUE,
        kind=Kind.ACTIVITY,
        category=Category.ACTIVITY,
        **about(PAYMENTS),
    )


def afresh(facts: Facts, rulebook: Rulebook) -> Callable[[], object]:
    """The engine with nothing remembered."""

    def decide() -> object:
        engine.forget()
        return rules.decide([facts], rulebook)

    return decide


def bare(facts: Facts, rulebook: Rulebook) -> Callable[[], object]:
    """Cedar alone: policies, schema, charter and context all parsed or encoded before."""
    request = {
        "principal": HUMAN,
        "action": ACTION,
        "resource": format_charter_uid(facts.charter),
        "context": build_context_json(facts, rulebook.waivable),
    }
    charter = charter_handle(facts.charter, facts.request.grain)
    return lambda: cedarpy.is_authorized(request, rulebook.policies, charter, rulebook.schema)


def medians(*calls: Callable[[], object]) -> list[float]:
    """Return the median seconds of one call of each, taken over interleaved batches."""
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, taken in zip(calls, seconds, strict=True):
            began = time.perf_counter()
            for _ in range(BATCH):
                call()
            taken.append((time.perf_counter() - began) / BATCH)
    return [statistics.median(taken) for taken in seconds]


def _line(name: str, value: float, unit: str, aim: float | None = None) -> dict[str, Any]:
    """One line of the table; `holds` is None where nothing is aimed at."""
    holds = None if aim is None else value <= aim
    return {"name": name, "value": value, "unit": unit, "aim": aim and f"≤ {aim}", "holds": holds}
