"""Facts as Cedar sees them: counts and known keys only, so that nothing an asker sends can become a fact.

`builtin/schema.cedarschema` declares the same fields; what it does not declare, Cedar refuses.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec
from msgspec import Struct

from charter.rules.asking import PERSON_GRAINS, asks_of_persons, asks_own, count_classes
from charter.rules.conditions import find_forbidden, list_lacking
from charter.rules.facts import CharterFacts, CohortFacts, Facts
from charter.rules.request import Evidence
from charter.rules.vocabulary import (
    Category,
    Combine,
    DecisionGroup,
    DecisionType,
    Grain,
    Kind,
    Nature,
    OrderBy,
    Role,
    SourceKind,
    Standing,
    View,
)

ALWAYS = 0  # a day before every day: no bound
MOST_COUNTED = 1_000_000_000  # rules are told of no more, so that no sum of a few counts overflows
ACTION = {"type": "Action", "id": "use"}
HUMAN = {"type": "Asker", "id": "human"}
MACHINE = {"type": "Asker", "id": "machine"}


class EntityRef(Struct, frozen=True):
    """A word of a vocabulary, as Cedar's JSON writes it."""

    type: str
    id: str


class Context(Struct, frozen=True):
    """The record `Use` of the schema, for one metric."""

    decision: EntityRef
    grain: EntityRef
    view: EntityRef
    from_day: int
    metrics: int
    subjects: int
    cohorts: int
    persons: int
    of_persons: bool
    ordered: bool
    by_value: bool
    limited: bool
    percentile: bool
    compare: bool
    combined: bool
    by_clock: bool
    evidence: int
    accountable: bool
    export: bool
    consequential: bool
    planned: bool
    evidence_needed: int
    fairness_needed: bool
    accountable_needed: bool
    roles: Sequence[EntityRef]
    own: bool
    acknowledged: bool
    trained: bool
    at_level: bool
    small_cohorts: int
    context_classes: int
    outside_pilot: int
    missing_beside: int
    unmet_conditions: int
    forbidden_uses: int
    other_class_beside: int
    audited: bool
    distributed: bool
    of_appeals: bool
    protected: bool
    persons_today: int
    persons_limit: int
    enumerated: bool
    hopped: bool
    held: int
    unsettled: int
    affected: int
    thin: bool
    piloted: bool
    budget_burning: bool
    waived: Sequence[str]
    ruled: Sequence[str]


class CharterAttributes(Struct, frozen=True):
    """The attributes of the entity `Charter` of the schema, at one grain."""

    category: EntityRef
    kind: EntityRef
    nature: Sequence[EntityRef]
    view: EntityRef
    sources: Sequence[EntityRef]
    wellness_signal: bool
    counts_hours: bool
    standing: EntityRef
    in_force: bool
    decisions: Sequence[EntityRef]
    roles: Sequence[EntityRef]
    data_from: int
    kept_from: int


# Cedar's name of each vocabulary that rules may use.
ENTITY_TYPES: dict[type[StrEnum], str] = {
    Category: "Category",
    DecisionType: "Decision",
    Grain: "Grain",
    Kind: "Kind",
    Nature: "Nature",
    Role: "Role",
    SourceKind: "Source",
    Standing: "Standing",
    View: "View",
}
# Keyed by type and word, since words of two vocabularies may be equal as strings.
_REFS = {
    vocabulary: {word.value: EntityRef(name, word.value) for word in vocabulary}
    for vocabulary, name in ENTITY_TYPES.items()
}
_DECISION, _GRAIN, _VIEW, _ROLE = (_REFS[words] for words in (DecisionType, Grain, View, Role))


def build_context_json(
    facts: Facts, waivable: frozenset[str], referring: frozenset[str] = frozenset()
) -> str:
    """Project facts to the JSON of the Cedar context.

    A waiver counts only for a rule in `waivable`, a ruling of the board only for one in `referring`.
    """
    return msgspec.json.encode(project(facts, waivable, referring)).decode()


def project(facts: Facts, waivable: frozenset[str], referring: frozenset[str] = frozenset()) -> Context:
    """Name every known key, once; counts stand in for lists, because Cedar has no quantifiers."""
    request, actor, decision = facts.request, facts.actor, facts.decision
    values, looking = facts.values, facts.looking
    return Context(
        decision=_DECISION[request.decision.value],
        grain=_GRAIN[request.grain.value],
        view=_VIEW[request.view.value],
        from_day=request.window.start.toordinal(),
        metrics=len(set(request.metrics)),
        subjects=len(set(request.cohorts)) + len(set(request.persons)),
        cohorts=len(set(request.cohorts)),
        persons=len(set(request.persons)),
        of_persons=asks_of_persons(facts),
        ordered=request.order_by is not None,
        by_value=request.order_by is OrderBy.VALUE,
        limited=request.limit is not None,
        percentile=request.percentile,
        compare=request.compare,
        combined=request.combine is not None,
        by_clock=request.time_filter is not None,
        evidence=_count(facts.checked_evidence),
        accountable=request.accountable is not None and facts.accountable_human,
        export=request.export,
        consequential=decision.consequential,
        planned=decision.group in _PLANNED,
        evidence_needed=_count(decision.evidence_needed),
        fairness_needed=decision.fairness_needed,
        accountable_needed=decision.accountable_needed,
        roles=[_ROLE[role.value] for role in actor.roles],
        own=asks_own(facts),
        acknowledged=actor.acknowledged,
        trained=actor.trained,
        at_level=is_at_level(facts),
        small_cohorts=len(find_small_cohorts(facts.cohorts)),
        context_classes=count_classes(facts),
        outside_pilot=len(outside_pilot(facts)),
        missing_beside=_count(len(find_missing_beside(facts))),
        unmet_conditions=_count(len(list_lacking(facts))),
        forbidden_uses=_count(len(find_forbidden(facts))),
        other_class_beside=len(find_other_class_beside(facts)),
        audited=facts.fairness_until is not None and facts.fairness_until >= facts.at.date(),
        distributed=asks_for_distribution(facts),
        of_appeals=asks_of_appeals(facts),
        protected=facts.protected,
        persons_today=_count(looking.persons_today),
        persons_limit=_count(looking.persons_limit),
        enumerated=bool(looking.enumerated),
        hopped=looking.hopped_from is not None,
        held=_count(values.held),
        unsettled=_count(values.unsettled),
        affected=_count(values.affected),
        thin=values.thin,
        piloted=values.piloted,
        budget_burning=values.budget_burning,
        waived=sorted(facts.waived & waivable),
        ruled=sorted(facts.ruled & referring),
    )


# A share of people that must come out low, whatever their work.
DISTRIBUTIONS = frozenset({Combine.QUOTA, Combine.CURVE})


def build_charter_entity(charter: CharterFacts, grain: Grain) -> str:
    """Return the charter as Cedar's entities JSON, with its listings as they stand at `grain`."""
    uid, attributes = format_charter_uid(charter), describe_charter(charter, grain)
    return msgspec.json.encode([{"uid": uid, "attrs": attributes, "parents": []}]).decode()


def describe_charter(charter: CharterFacts, grain: Grain) -> CharterAttributes:
    """What rules may look at of a charter, with its listings as they stand at `grain`."""
    return CharterAttributes(
        category=_ref(charter.category),
        kind=_ref(charter.kind),
        nature=_refs(find_natures(charter)),
        view=_ref(charter.view),
        sources=_refs(charter.sources),
        wellness_signal=charter.wellness_signal,
        counts_hours=counts_hours(charter),
        standing=_ref(charter.standing),
        in_force=charter.in_force,
        decisions=_refs(decision for decision, at in charter.listed if at is grain),
        roles=_refs(role for role, at in charter.access if at is grain),
        data_from=_day(charter.data_from),
        kept_from=_day(charter.kept_from),
    )


def format_charter_uid(charter: CharterFacts) -> dict[str, str]:
    return {"type": "Charter", "id": f"{charter.metric}@{charter.version}"}


# Decisions for which several groups stand side by side, by their names.
_PLANNED = frozenset({DecisionGroup.PLANNING, DecisionGroup.ASSURANCE})
# What a label says of a metric, where that is more than its measure shows.
_OF_KIND = {Kind.ACTIVITY: Nature.ACTIVITY}
_OF_CATEGORY = {
    Category.ACTIVITY: Nature.ACTIVITY,
    Category.SURVEY: Nature.SURVEY,
    Category.AI_ASSIST: Nature.AI_ASSIST,
}


def find_natures(charter: CharterFacts) -> frozenset[Nature]:
    """What a metric is, by its measure and by its label; a label can add to it and take nothing away."""
    by_kind, by_category = _OF_KIND.get(charter.kind), _OF_CATEGORY.get(charter.category)
    return charter.nature.union(said for said in (by_kind, by_category) if said is not None)


def counts_hours(charter: CharterFacts) -> bool:
    """Whether a metric looks at when people work: because it says so, or because its measure does (AR03)."""
    return charter.counts_hours or Nature.HOURS in charter.nature


def is_at_level(facts: Facts) -> bool:
    """Whether what is asked about is of the level asked for; a level that has no groups of its own has none that fit."""
    request = facts.request
    if request.grain in PERSON_GRAINS:
        return True
    kinds = {slug.partition(":")[0] for slug in request.cohorts}
    return kinds == {request.grain.value}


def asks_for_distribution(facts: Facts) -> bool:
    """Whether the request wants people or values spread over a set shape: a quota, a curve."""
    return facts.request.combine in DISTRIBUTIONS


def asks_of_appeals(facts: Facts) -> bool:
    """Whether the request wants to know who has appealed."""
    return facts.request.order_by is OrderBy.APPEALS


def count_evidence(evidence: Iterable[Evidence]) -> int:
    """Count pieces of evidence once each; a blank reference is none."""
    return len({(piece.kind, piece.ref.strip()) for piece in evidence if piece.ref.strip()})


def find_small_cohorts(cohorts: Iterable[CohortFacts]) -> tuple[CohortFacts, ...]:
    return tuple(cohort for cohort in cohorts if cohort.people < cohort.minimum)


def outside_pilot(facts: Facts) -> tuple[str, ...]:
    return tuple(slug for slug in facts.request.cohorts if slug not in facts.charter.pilot_cohorts)


def find_missing_beside(facts: Facts) -> tuple[str, ...]:
    """Return the metrics that the charter wants asked with it for this use and that the request leaves out."""
    request = facts.request
    return tuple(
        sorted(
            metric
            for decision, grain, metric in facts.charter.needs_beside
            if decision is request.decision and grain is request.grain and metric not in request.metrics
        )
    )


def find_other_class_beside(facts: Facts) -> tuple[str, ...]:
    return tuple(beside.metric for beside in facts.beside if beside.view is not facts.charter.view)


def _ref(word: StrEnum) -> EntityRef:
    return _REFS[type(word)][word.value]


def _refs(words: Iterable[StrEnum]) -> list[EntityRef]:
    return sorted((_ref(word) for word in words), key=lambda ref: ref.id)


def _count(many: int) -> int:
    return max(0, min(many, MOST_COUNTED))


def _day(day: date | None) -> int:
    return ALWAYS if day is None else day.toordinal()
