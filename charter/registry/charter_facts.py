"""From a charter document to what the rules may look at. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from dateutil.relativedelta import relativedelta

from charter.registry.document import CharterDocument
from charter.registry.nature import find_nature
from charter.registry.source_descriptions import SourceDescription
from charter.rules.facts import BesideFacts, CharterFacts, ForbiddenUse
from charter.rules.vocabulary import (
    Category,
    DecisionType,
    Grain,
    Kind,
    Layer,
    Nature,
    Role,
    SourceKind,
    Standing,
    UseCondition,
    View,
)

# What a person's own data is kept for where the charter does not say.
PERSON_DEFAULT = "P14D"

_UNITS = {"Y": "years", "M": "months", "W": "weeks", "D": "days"}


def parse_document(stored: Any) -> CharterDocument:
    """The document of a stored charter version (JSON values)."""
    return msgspec.convert(stored, CharterDocument)


def build_charter_facts(
    document: CharterDocument,
    *,
    version: int,
    standing: Standing,
    in_force: bool,
    sources: Mapping[str, SourceDescription],
    today: date,
    pilot_cohorts: frozenset[str] = frozenset(),
    grain_is_person: bool = False,
    nature: frozenset[Nature] | None = None,
) -> CharterFacts:
    """What the rules see of a charter version; its `nature` is worked out from the described `sources` unless it is given.

    An unfinished draft, which AR15 refuses whatever it says, counts as the most restricted kind where it is silent.
    """
    what = document.what
    return CharterFacts(
        metric=document.metric,
        name=document.name,
        version=version,
        standing=Standing(standing),
        in_force=in_force,
        category=what.category or Category.ACTIVITY,
        layer=what.layer or Layer.WORKFLOW,
        kind=what.type or Kind.ACTIVITY,
        view=what.view or View.DIAGNOSTIC,
        sources=_source_kinds(document, sources),
        listed=_listed(document),
        access=_access(document),
        wellness_signal=what.wellness_signal,
        data_from=document.why.data_from,
        kept_from=find_oldest_kept_day(document, today, grain_is_person),
        pilot_cohorts=pilot_cohorts,
        unit=what.unit,
        counter_metric=what.counter_metric,
        needs_beside=_needs_beside(document),
        conditions=_conditions(document),
        affirmations=_affirmations(document),
        forbidden=_forbidden(document),
        counts_hours=what.counts_hours,
        nature=find_nature(what.measure, sources) if nature is None else nature,
    )


def build_beside_facts(document: CharterDocument) -> BesideFacts:
    """What the rules see of a charter when its metric stands beside another in a request."""
    what = document.what
    return BesideFacts(
        metric=document.metric,
        category=what.category or Category.ACTIVITY,
        kind=what.type or Kind.ACTIVITY,
        view=what.view or View.DIAGNOSTIC,
    )


def find_oldest_kept_day(document: CharterDocument, today: date, grain_is_person: bool) -> date:
    """The oldest day that retention still allows (AR28).

    A person's values are worked out from the facts, so they live as long as those; others as long as published values.
    Where a charter says nothing, a person's facts are kept for 14 days and nothing else is kept at all.
    """
    kept = (document.how_long.facts or PERSON_DEFAULT) if grain_is_person else document.how_long.values
    try:
        return today - parse_duration(kept) if kept else today
    except (ValueError, OverflowError):  # longer than there have been years
        return date.min


def parse_duration(duration: str) -> relativedelta:
    """The calendar length of an ISO 8601 duration of days and up, such as P1Y6M or P31D."""
    amounts: dict[str, Any] = {}
    number = ""
    for letter in duration.removeprefix("P"):
        if letter.isdigit():
            number += letter
        else:
            amounts[_UNITS[letter]], number = int(number), ""
    return relativedelta(**amounts)


def _source_kinds(
    document: CharterDocument, sources: Mapping[str, SourceDescription]
) -> frozenset[SourceKind]:
    """Kinds of what the measure reads; a source that nobody has described counts as banned until somebody does."""
    measure = document.what.measure
    read = measure.sources if measure else ()
    return frozenset(sources[slug].kind if slug in sources else SourceKind.PRESENCE for slug in read)


def _listed(document: CharterDocument) -> frozenset[tuple[DecisionType, Grain]]:
    return frozenset(
        (clause.decision, grain) for clause in document.which_decisions.allowed for grain in clause.grains
    )


def _needs_beside(document: CharterDocument) -> frozenset[tuple[DecisionType, Grain, str]]:
    return frozenset(
        (clause.decision, grain, metric)
        for clause in document.which_decisions.allowed
        for grain in clause.grains
        for metric in clause.beside
    )


def _conditions(document: CharterDocument) -> frozenset[tuple[DecisionType, Grain, UseCondition]]:
    return frozenset(
        (clause.decision, grain, condition)
        for clause in document.which_decisions.allowed
        for grain in clause.grains
        for condition in clause.conditions
    )


def _affirmations(document: CharterDocument) -> frozenset[tuple[DecisionType, Grain, str]]:
    return frozenset(
        (clause.decision, grain, said)
        for clause in document.which_decisions.allowed
        for grain in clause.grains
        for said in clause.affirm
    )


def _forbidden(document: CharterDocument) -> tuple[ForbiddenUse, ...]:
    return tuple(
        ForbiddenUse(each.use, frozenset(each.decisions), frozenset(each.grains), frozenset(each.forms))
        for each in document.which_decisions.forbidden
        if each.binds
    )


def _access(document: CharterDocument) -> frozenset[tuple[Role, Grain]]:
    return frozenset((entry.role, grain) for entry in document.who.access for grain in entry.grains)
