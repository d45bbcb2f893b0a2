"""What an audit tells, worked out from outcomes that are then forgotten: groups, context of metrics, and managers."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from msgspec.structs import asdict

from audits.fairness import contribution, managers
from audits.fairness.comparing import Attribute, ComparedGroup, Comparison, GroupFinding, compare, merge_small
from audits.fairness.contribution import ContextShare
from audits.fairness.grouping import code_words, count_moved, group_people, last_day
from audits.fairness.managers import ManagerGap, ManagerVariance
from audits.fairness.models import OutcomeSet
from audits.fairness.outcome_rows import OutcomeRow
from audits.fairness.states import AuditedAttribute

METHOD = 1  # of docs/explanation/fairness.md; another one gets another number
_CONTEXT = (AuditedAttribute.TEAM_TYPE, AuditedAttribute.LOCATION, AuditedAttribute.ARRANGEMENT)
_NUMBERS = ("people", "selected", "ratio", "low", "high", "p", "holm", "odds_ratio", "evidence_p")


class Worked(NamedTuple):
    """All that an audit finds: what it tells, each metric's context, and managers who stand out by external id."""

    comparison: Comparison
    results: dict[str, Any]
    contexts: dict[str, ContextShare | None]
    gaps: list[tuple[str, ManagerGap]]


class _OnePerson(NamedTuple):
    """What was handed in of each person, once: persons, whether selected, level of evidence and values of metrics."""

    persons: list[str]
    selected: np.ndarray
    evidence: np.ndarray
    values: list[Mapping[str, float]]


def work_out(outcomes: OutcomeSet, rows: Sequence[OutcomeRow], *, numbers: bool, least: int) -> Worked:
    """The audit of these outcomes. Without `numbers` findings are told in words alone, as an earlier report told of the same."""
    people = _merge(rows, outcomes.favourable_from)
    attributes = group_people(people.persons, on=last_day(outcomes.ends_on))
    comparison = compare(people.selected, people.evidence, attributes, least=least)
    contexts = {slug: _share(slug, people, attributes, least) for slug in outcomes.metrics}
    variance = _compare_managers(rows, attributes, people.persons, least)
    results = {
        "method": METHOD,
        "people": comparison.people,
        "selected": comparison.selected if tells_selected(comparison, least=least) else None,
        "recorded": {name: _floor(count, least) for name, count in comparison.recorded.items()},
        "moved": _floor(count_moved(people.persons, since=outcomes.starts_on, until=outcomes.ends_on), least),
        "left_out": comparison.left_out,
        "groups": [
            _tell(each, numbers=numbers) for each in list_by_name(_order(comparison), numbers=numbers)
        ],
        "compared": len(comparison.groups),
        "unnamed": _count_unnamed(comparison),
        "managers": _tell_managers(variance) if variance else None,
    }
    return Worked(comparison, results, contexts, _find_managers(rows, variance))


def _merge(rows: Sequence[OutcomeRow], favourable_from: float | None) -> _OnePerson:
    """One outcome a person: of several ratings their mean."""
    by_person: dict[str, list[OutcomeRow]] = {}
    for row in rows:
        by_person.setdefault(row.person, []).append(row)
    firsts = [each[0] for each in by_person.values()]
    if favourable_from is None:
        selected = np.array([bool(each.selected) for each in firsts])
    else:
        means = [math.fsum(row.rating or 0.0 for row in each) / len(each) for each in by_person.values()]
        selected = np.array(means) >= favourable_from
    evidence = code_words([each.evidence for each in firsts])
    return _OnePerson(list(by_person), selected, evidence, [each.values for each in firsts])


def _share(
    slug: str, people: _OnePerson, attributes: Mapping[str, Attribute], least: int
) -> ContextShare | None:
    """How much of a metric goes with context; None where too few have a value, or all have the same."""
    values = np.array([each.get(slug, np.nan) for each in people.values])
    found = contribution.share_context(
        values,
        {name: merge_small(attributes[name], least).codes for name in _CONTEXT},
        {
            "evidence": people.evidence,
            AuditedAttribute.ROLE: merge_small(attributes[AuditedAttribute.ROLE], least).codes,
        },
    )
    return found if math.isfinite(found.share) and math.isfinite(found.low) else None


def _compare_managers(
    rows: Sequence[OutcomeRow], attributes: Mapping[str, Attribute], persons: Sequence[str], least: int
) -> ManagerVariance | None:
    """Ratings of managers within cells of the same evidence and role; None where no manager rated anybody."""
    rated = [row for row in rows if row.rating is not None and row.manager]
    if not rated:
        return None
    places = {person: place for place, person in enumerate(persons)}
    place = np.array([places[row.person] for row in rated])
    role = attributes[AuditedAttribute.ROLE]
    evidence = code_words([row.evidence for row in rated])
    return managers.compare_managers(
        [row.rating or 0.0 for row in rated],
        code_words([row.manager for row in rated]),
        place,
        evidence * (len(role.labels) + 1) + role.codes[place] + 1,
        least=least,
    )


def _find_managers(
    rows: Sequence[OutcomeRow], variance: ManagerVariance | None
) -> list[tuple[str, ManagerGap]]:
    names = sorted({row.manager for row in rows if row.rating is not None and row.manager})
    gaps = variance.gaps if variance else ()
    return [(names[each.manager], each) for each in managers.list_standing_out(gaps)]


def _order(comparison: Comparison) -> list[ComparedGroup]:
    """Flagged first, then watched, then single attributes before pairs."""
    rank = {GroupFinding.FLAGGED: 0, GroupFinding.WATCHED: 1, GroupFinding.NOT_RULED_OUT: 2}
    return sorted(
        comparison.groups, key=lambda each: (rank[each.finding], len(each.of), each.of, each.labels)
    )


def _tell(group: ComparedGroup, *, numbers: bool) -> dict[str, Any]:
    """A group as a report has it: its numbers only where nobody can be singled out by them."""
    said: dict[str, Any] = {
        "of": list(group.of),
        "labels": list(group.labels),
        "finding": group.finding.value,
    }
    if group.told and numbers:
        said |= {name: _finite(getattr(group, name)) for name in _NUMBERS}
    return said


def list_by_name(groups: Sequence[ComparedGroup], *, numbers: bool) -> list[ComparedGroup]:
    """Which groups a report names: findings that may be told by name, and groups without one whose numbers are told.

    All others are counted together, so that a group whose finding may not be named is not the one that is missing. Where too
    few others are among them, no group without a finding is named.
    """
    unnamed = sum(not each.named for each in groups)
    found = [each for each in groups if each.named and each.finding is not GroupFinding.NOT_RULED_OUT]
    quiet = [each for each in groups if each.finding is GroupFinding.NOT_RULED_OUT]
    named = [each for each in quiet if each.told and numbers]
    return [*found, *(named if len(quiet) - len(named) >= unnamed else ())]


def _count_unnamed(comparison: Comparison) -> dict[str, int]:
    """How many groups have a finding that is told without their name."""
    found = [each.finding for each in comparison.groups if not each.named]
    return {each.value: found.count(each) for each in (GroupFinding.FLAGGED, GroupFinding.WATCHED)}


def _tell_managers(variance: ManagerVariance) -> dict[str, Any]:
    """Managers together: of a single one HR alone learns."""
    return {
        "people": variance.people,
        "managers": variance.managers,
        "compared": len(variance.gaps),
        "too_few": variance.too_few,
        "between_managers": _finite(variance.between_managers),
        "between_cells": _finite(variance.between_cells),
        "residual": _finite(variance.residual),
    }


def tell_context(share: ContextShare) -> dict[str, Any]:
    """The context of a metric as a report has it."""
    said = asdict(share)
    return said | {"shares": dict(share.shares)}


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def tells_selected(comparison: Comparison, *, least: int) -> bool:
    """Whether it is told how many were selected: both outcomes happened often enough.

    Beside a finding without a name it is not: it would show which groups are too large to be the one with nearly none selected.
    """
    mixed = least <= comparison.selected <= comparison.people - least
    return mixed and all(each.named for each in comparison.groups)


def _floor(count: int, least: int) -> int:
    """A count rounded down to whole groups of the smallest size, so that it points at nobody."""
    return count // least * least
