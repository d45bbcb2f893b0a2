"""What fairness audits cost, and how often they are wrong: flags in organisations where nothing is wrong, and findings where something is.

Processor time, since nothing is waited for. Organisations are drawn by seeds, so that the shares are the same each time.
"""

import resource
from time import process_time

import numpy as np

from audits.fairness.comparing import Attribute, ComparedGroup, Comparison, GroupFinding, compare
from audits.fairness.contribution import share_context
from audits.fairness.limits import CONTEXT_SHARE, LEAST
from audits.fairness.managers import compare_managers, list_standing_out
from tests.benchmarks import fairlearn_beside

NULLS = 2_000
POWERS = 200
ATTRIBUTES = {"team_type": 4, "location": 4, "role": 3, "tenure": 4, "arrangement": 3}
PEOPLE = 240
SELECTED = 0.25  # of all


def run() -> list[dict]:
    """Times and memory at 100,000 people, then shares of organisations in which each finding is made."""
    return [*_time_report(), *_time_managers(), *_count_nulls(), *_count_found()]


def _time_report() -> list[dict]:
    """100,000 people by six attributes and their pairs (aim: under 1 s and 1 GB)."""
    chance = np.random.default_rng(1)
    sizes = {"team_type": 6, "location": 8, "role": 6, "tenure": 4, "arrangement": 3, "stream": 10}
    attributes = _draw_attributes(chance, 100_000, sizes)
    selected, strata = chance.random(100_000) < SELECTED, chance.integers(0, 3, 100_000)
    begun = process_time()
    compared = compare(selected, strata, attributes, least=LEAST)
    took = process_time() - begun
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return [
        _line(f"fairness: {len(compared.groups)} groups of 100,000 people", took, "s", "under 1", took < 1),
        _line("fairness: memory of the process with it", used, "GB", "under 1", used < 1),
        *_hold_beside_fairlearn(compared, selected, attributes, took),
    ]


def _hold_beside_fairlearn(
    compared: Comparison, selected: np.ndarray, attributes: dict[str, Attribute], took: float
) -> list[dict]:
    """fairlearn's MetricFrame on the same people and groups: the same counts and rates, which is all that it tells of them."""
    found = fairlearn_beside.ask(selected, attributes)
    if found is None:
        return [_line("fairness: fairlearn, which could not be installed", "–", "", "", True)]
    differing = [
        each.labels
        for each in compared.groups
        if (each.people, each.selected / each.people) != _round(found.groups[_name(each)], each.people)
    ]
    return [
        _line("fairness: fairlearn's MetricFrame, counts and rates alone", found.seconds, "s", "", True),
        _line("fairness: ours, tested, bounded and chosen, in its time", took / found.seconds, "times", "", True),
        _line("fairness: groups whose count or rate differs from its", len(differing), "", "0", not differing),
    ]  # fmt: skip


def _name(group: ComparedGroup) -> str:
    return "/".join(f"{name}={label}" for name, label in zip(group.of, group.labels, strict=True))


def _round(told: tuple[float, float], people: int) -> tuple[int, float]:
    """Its rate as a count over people, past the last digit of a mean."""
    count, rate = told
    return int(count), round(rate * people) / people


def _time_managers() -> list[dict]:
    """100,000 ratings by 3,000 managers in 24 cells of equal evidence (aim: under 10 s)."""
    chance = np.random.default_rng(2)
    managers, cells = chance.integers(0, 3_000, 100_000), chance.integers(0, 24, 100_000)
    y = np.clip(np.round(3 + 0.2 * (cells % 3) + 0.8 * chance.normal(size=100_000)), 1, 5)
    begun = process_time()
    compare_managers(y, managers, np.arange(100_000), cells, least=LEAST)
    took = process_time() - begun
    return [_line("fairness: managers of 100,000 ratings", took, "s", "under 10", took < 10)]


def _count_nulls() -> list[dict]:
    """Findings in organisations where nothing is wrong: of any group, any manager, and of a metric that follows nothing."""
    flagged = watched = rule_of_thumb = managers = context = contributed = 0
    for seed in range(NULLS):
        chance = np.random.default_rng(seed)
        attributes = _draw_attributes(chance, PEOPLE, ATTRIBUTES)
        strata = chance.integers(0, 3, PEOPLE)
        compared = compare(chance.random(PEOPLE) < SELECTED, strata, attributes, least=LEAST)
        flagged += _has(compared, GroupFinding.FLAGGED)
        watched += _has(compared, GroupFinding.WATCHED) or _has(compared, GroupFinding.FLAGGED)
        rule_of_thumb += any(each.ratio < 0.8 and each.p < 0.05 for each in compared.groups)
        managers += _finds_manager(chance, strata, 0.0)
        context += _exceeds(chance, attributes, strata, 0.0, 0.0)
        contributed += _exceeds(chance, attributes, strata, 0.0, 0.6)
    return [
        _share("a group flagged, nothing wrong", flagged, NULLS, 0.05),
        _share("a group watched, nothing wrong", watched, NULLS, 0.10),
        _share("the same by four fifths and p < .05 alone", rule_of_thumb, NULLS),
        _share("a manager found, nothing wrong", managers, NULLS, 0.10),
        _share("context found, metric follows nothing", context, NULLS, 0.05),
        _share("context found, metric follows evidence", contributed, NULLS, 0.05),
    ]


def _count_found() -> list[dict]:
    """Findings where something is wrong, by how much is."""
    found: dict[str, int] = {}
    for seed in range(POWERS):
        for times in (0.5, 0.3):
            found[f"a location of a quarter flagged, rate × {times}"] = found.get(
                f"a location of a quarter flagged, rate × {times}", 0
            ) + _flags_location(np.random.default_rng(seed), times, PEOPLE)
        name = "the same of 2,000 people, rate × 0.7"
        found[name] = found.get(name, 0) + _flags_location(np.random.default_rng(seed), 0.7, 2_000)
        for gap in (0.5, 0.8):
            chance = np.random.default_rng(seed)
            name = f"a manager of 20 found, gap {gap}"
            found[name] = found.get(name, 0) + _finds_manager(chance, chance.integers(0, 3, PEOPLE), gap)
        for effect in (0.5, 1.0):
            chance = np.random.default_rng(seed)
            attributes, strata = _draw_attributes(chance, PEOPLE, ATTRIBUTES), chance.integers(0, 3, PEOPLE)
            name = f"context found, {effect} sd a step of location"
            found[name] = found.get(name, 0) + _exceeds(chance, attributes, strata, effect, 0.0)
    return [_share(name, count, POWERS) for name, count in found.items()]


def _draw_attributes(chance: np.random.Generator, people: int, sizes: dict[str, int]) -> dict[str, Attribute]:
    return {
        name: Attribute(chance.integers(0, size, people), tuple(str(each) for each in range(size)))
        for name, size in sizes.items()
    }


def _has(compared: Comparison, finding: GroupFinding) -> bool:
    return any(each.finding is finding for each in compared.groups)


def _flags_location(chance: np.random.Generator, times: float, people: int) -> bool:
    """Whether the location whose people are selected so many times as often as others is flagged."""
    attributes = _draw_attributes(chance, people, ATTRIBUTES)
    rate = np.where(attributes["location"].codes == 0, SELECTED * times, SELECTED)
    compared = compare(chance.random(people) < rate, chance.integers(0, 3, people), attributes, least=LEAST)
    return any(
        each.labels == ("0",) and each.of == ("location",) and each.finding is GroupFinding.FLAGGED
        for each in compared.groups
    )


def _finds_manager(chance: np.random.Generator, strata: np.ndarray, gap: float) -> bool:
    """Whether a manager stands out among twelve of twenty people each, of whom the first rates so many points higher."""
    managers = np.arange(PEOPLE) % 12
    y = np.clip(
        np.round(2.5 + 0.6 * strata + 0.6 * chance.normal(size=PEOPLE) + gap * (managers == 0), 1), 1, 5
    )
    found = list_standing_out(compare_managers(y, managers, np.arange(PEOPLE), strata, least=LEAST).gaps)
    return any(each.manager == 0 for each in found) if gap else bool(found)


def _exceeds(
    chance: np.random.Generator,
    attributes: dict[str, Attribute],
    strata: np.ndarray,
    of_place: float,
    of_evidence: float,
) -> bool:
    """Whether a metric's context is found too large; it follows location and evidence by so many standard deviations a step."""
    y = of_place * attributes["location"].codes + of_evidence * strata + chance.normal(size=PEOPLE)
    context = {name: attributes[name].codes for name in ("team_type", "location", "arrangement")}
    return share_context(
        y, context, {"evidence": strata, "role": attributes["role"].codes}, draws=100
    ).exceeds(CONTEXT_SHARE)


def _share(name: str, count: int, of: int, most: float | None = None) -> dict:
    share = count / of
    holds = most is None or share <= most + 2 * (most * (1 - most) / of) ** 0.5
    return _line(f"fairness: {name}", share, "share", f"at most {most:g}" if most else "", holds)


def _line(name: str, value: float | str, unit: str, aim: str, holds: bool) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}
