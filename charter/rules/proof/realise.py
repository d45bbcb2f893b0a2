"""From a model of a solver back to facts: a request that somebody could send, and what would be true of it. Pure.

Kept only where the engine agrees: `project` tells Cedar of these facts what the model says, and `judge` permits them.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from charter.rules import asking, conditions, context
from charter.rules.engine import judge
from charter.rules.facts import (
    ActorFacts,
    BesideFacts,
    CharterFacts,
    CohortFacts,
    DecisionFacts,
    Facts,
    ForbiddenUse,
    LookingFacts,
    ValueFacts,
)
from charter.rules.proof.solvers import Value
from charter.rules.request import Evidence, Request, Window
from charter.rules.rulebook import Rulebook
from charter.rules.vocabulary import (
    GROUP_OF,
    Category,
    Combine,
    ContextClass,
    DecisionType,
    EvidenceKind,
    Grain,
    Kind,
    Layer,
    Nature,
    OrderBy,
    Period,
    Role,
    SourceKind,
    Standing,
    TimeFilter,
    View,
)

_CLASSES = tuple(ContextClass)
_AT = datetime(2026, 4, 14, 9, tzinfo=UTC)


def realise(
    model: Mapping[str, Value],
    rulebook: Rulebook,
    *,
    permitted: bool = True,
    charter: CharterFacts | None = None,
) -> Facts | None:
    """Facts of which all is true that the model says; None where the engine does not say of them what the model does.

    The charter is made up, unless it is one that there is.
    """
    read = ModelReader(model)
    try:
        facts = read.facts()
        facts = (
            _with_charter(facts, charter, affirms=model.get("fact.affirmed") is True) if charter else facts
        )
    except (ValueError, OverflowError):
        return None
    if find_differences(facts, model, rulebook):
        return None
    return facts if judge(facts, rulebook).permitted is permitted or not permitted else None


def _with_charter(facts: Facts, charter: CharterFacts, *, affirms: bool) -> Facts:
    """The same asked of another metric, together with those that its charter wants beside it; its pilot is as in the model."""
    charter = replace(charter, pilot_cohorts=facts.charter.pilot_cohorts)
    request = facts.request
    metrics = (charter.metric, *request.metrics[1:])
    missing = context.find_missing_beside(
        replace(facts, charter=charter, request=replace(request, metrics=metrics))
    )
    spare = [each for each in metrics[1:] if each not in missing][: max(len(metrics) - 1 - len(missing), 0)]
    asked = replace(request, metrics=(charter.metric, *missing, *spare))
    said = conditions.list_affirmations(replace(facts, charter=charter, request=asked)) if affirms else ()
    return replace(facts, charter=charter, request=replace(asked, affirms=said))


def find_differences(facts: Facts, model: Mapping[str, Value], rulebook: Rulebook) -> list[str]:
    """The variables of a model of which the engine would be told something else."""
    told = list_values(facts, rulebook)
    return sorted(name for name, value in model.items() if name in told and told[name] != value)


def list_values(facts: Facts, rulebook: Rulebook) -> dict[str, Value]:
    """What the engine is told of facts, under the names of a text: each variable that they give a value."""
    use = context.project(facts, rulebook.waivable, rulebook.referring)
    charter = context.describe_charter(facts.charter, facts.request.grain)
    found: dict[str, Value] = {"principal": f"Asker.{'human' if facts.actor.human else 'machine'}"}
    return found | list_record_values("c", use) | list_record_values("r", charter)


def list_record_values(prefix: str, record: context.Context | context.CharterAttributes) -> dict[str, Value]:
    """The same of one record, each field under its name in a text."""
    found: dict[str, Value] = {}
    for field in record.__struct_fields__:
        found |= _values(f"{prefix}.{field}", getattr(record, field))
    return found


def _values(name: str, value: object) -> dict[str, Value]:
    if isinstance(value, context.EntityRef):
        return {name: f"{value.type}.{value.id}"}
    if isinstance(value, bool | int):
        return {name: value}
    words = _WORDS_OF.get(name, ())
    held = {each.id if isinstance(each, context.EntityRef) else str(each) for each in value}  # type: ignore[attr-defined]
    return {f"{name}.{word}": word in held for word in {*words, *held}}


_WORDS_OF = {
    "c.roles": tuple(Role),
    "r.roles": tuple(Role),
    "r.nature": tuple(Nature),
    "r.sources": tuple(SourceKind),
    "r.decisions": tuple(DecisionType),
    "c.waived": tuple(f"AR{n:02}" for n in range(1, 30)),
    "c.ruled": tuple(f"AR{n:02}" for n in range(1, 30)),
}


class ModelReader:
    """Reads facts out of a model; what it says nothing of is false, none or the first word."""

    def __init__(self, model: Mapping[str, Value]) -> None:
        self._model = model

    def _flag(self, name: str) -> bool:
        return self._model.get(name) is True

    def _count(self, name: str) -> int:
        return int(self._model.get(name, 0))

    def _word(self, name: str, default: str) -> str:
        return str(self._model.get(name, f".{default}")).partition(".")[2]

    def _held(self, name: str) -> list[str]:
        head = f"{name}."
        return sorted(
            each.removeprefix(head) for each in self._model if each.startswith(head) and self._flag(each)
        )

    @property
    def _decision(self) -> DecisionType:
        return DecisionType(self._word("c.decision", DecisionType.RETROSPECTIVE))

    @property
    def _grain(self) -> Grain:
        return Grain(self._word("c.grain", Grain.TEAM))

    @property
    def _metrics(self) -> list[str]:
        return ["the-metric", *(f"another-metric-{n}" for n in range(1, self._count("c.metrics")))]

    @property
    def _cohorts(self) -> list[str]:
        kind = self._grain.value
        if self._grain in asking.PERSON_GRAINS:
            kind = Grain.TEAM.value
        elif not self._flag("c.at_level"):
            kind = (Grain.VALUE_STREAM if self._grain is Grain.TEAM else Grain.TEAM).value
        return [f"{kind}:group-{n + 1}" for n in range(self._count("c.cohorts"))]

    def facts(self) -> Facts:
        """The whole of it."""
        request, decision = self._request(), self._decision_facts()
        own = self._flag("c.own")
        return Facts(
            request=request,
            at=_AT,
            actor=ActorFacts(
                human=self._word("principal", "human") == "human",
                roles=frozenset(map(Role, self._held("c.roles"))),
                asks_about_self=own,
                acknowledged=self._flag("c.acknowledged"),
                trained=self._flag("c.trained"),
            ),
            charter=self._charter(),
            decision=decision,
            cohorts=tuple(self._cohort_facts()),
            person_classes=frozenset(
                _CLASSES[: self._count("c.context_classes")] if not self._cohorts else ()
            ),
            beside=tuple(self._beside()),
            fairness_until=_AT.date() if self._flag("c.audited") else None,
            waived=frozenset(self._held("c.waived")),
            accountable_human=self._flag("c.accountable"),
            values=self._value_facts(),
            looking=self._looking(),
            protected=self._flag("c.protected"),
            ruled=frozenset(self._held("c.ruled")),
            consented=self._flag("fact.consented"),
            lasting=frozenset(each for each in conditions.LASTING.values() if self._flag(f"fact.{each}")),
            checked_evidence=self._count("c.evidence"),
        )

    def _request(self) -> Request:
        start = date.fromordinal(self._count("c.from_day") or 1)
        return Request(
            decision=self._decision,
            metrics=tuple(self._metrics),
            grain=self._grain,
            window=Window(start=start, end=min(start, date.max - timedelta(31)) + timedelta(31)),
            period=Period.MONTH,
            view=View(self._word("c.view", View.DIAGNOSTIC)),
            cohorts=tuple(self._cohorts),
            persons=tuple(f"person-{n + 1}" for n in range(self._count("c.persons"))),
            order_by=self._order(),
            limit=1 if self._flag("c.limited") else None,
            percentile=self._flag("c.percentile"),
            compare=self._flag("c.compare"),
            combine=self._combine(),
            time_filter=TimeFilter.WEEKEND if self._flag("c.by_clock") else None,
            evidence=tuple(
                Evidence(EvidenceKind.DESIGN_REVIEW, f"review {n + 1}")
                for n in range(min(self._count("c.evidence"), 20))
            ),
            accountable="somebody" if self._flag("c.accountable") else None,
            export=self._flag("c.export"),
        )

    def _order(self) -> OrderBy | None:
        if self._flag("c.of_appeals"):
            return OrderBy.APPEALS
        if self._flag("c.by_value"):
            return OrderBy.VALUE
        return OrderBy.PERIOD if self._flag("c.ordered") else None

    def _combine(self) -> Combine | None:
        if self._flag("c.distributed"):
            return Combine.QUOTA
        return Combine.SUM if self._flag("c.combined") else None

    def _decision_facts(self) -> DecisionFacts:
        return DecisionFacts(
            decision=self._decision,
            group=GROUP_OF[self._decision],
            consequential=self._flag("c.consequential"),
            evidence_needed=self._count("c.evidence_needed"),
            fairness_needed=self._flag("c.fairness_needed"),
            accountable_needed=self._flag("c.accountable_needed"),
        )

    def _charter(self) -> CharterFacts:
        earliest = self._count("r.data_from")
        missing = self._count("c.missing_beside")
        return CharterFacts(
            metric="the-metric",
            name="The metric",
            version=1,
            standing=Standing(self._word("r.standing", Standing.ACTIVE)),
            in_force=self._flag("r.in_force"),
            category=Category(self._word("r.category", Category.OUTCOME)),
            layer=Layer.WORKFLOW,
            kind=Kind(self._word("r.kind", Kind.OUTCOME)),
            view=View(self._word("r.view", View.DIAGNOSTIC)),
            sources=frozenset(map(SourceKind, self._held("r.sources"))),
            listed=frozenset((DecisionType(each), self._grain) for each in self._held("r.decisions")),
            access=frozenset((Role(each), self._grain) for each in self._held("r.roles")),
            wellness_signal=self._flag("r.wellness_signal"),
            data_from=date.fromordinal(earliest) if earliest else None,
            kept_from=date.fromordinal(self._count("r.kept_from") or 1),
            pilot_cohorts=frozenset(self._cohorts[self._count("c.outside_pilot") :]),
            needs_beside=frozenset(
                (self._decision, self._grain, f"missing-metric-{n}") for n in range(missing)
            ),
            affirmations=frozenset(
                (self._decision, self._grain, f"Sentence {n + 1}.")
                for n in range(self._count("c.unmet_conditions"))
            ),
            forbidden=tuple(
                ForbiddenUse(f"Forbidden use {n + 1}.") for n in range(self._count("c.forbidden_uses"))
            ),
            counts_hours=self._flag("r.counts_hours"),
            nature=frozenset(map(Nature, self._held("r.nature"))),
        )

    def _cohort_facts(self) -> list[CohortFacts]:
        """As many kinds of project among them as the model says: first the kinds there are, then unknown ones."""
        small, unknown = (
            self._count("c.small_cohorts"),
            max(self._count("c.context_classes") - len(_CLASSES), 0),
        )
        known = frozenset(_CLASSES[: self._count("c.context_classes") - unknown])
        if self._cohorts and unknown == len(self._cohorts):
            known = frozenset()  # those of persons are counted then
        return [
            CohortFacts(slug, 1 if place < small else 9, 5, frozenset() if place < unknown else known)
            for place, slug in enumerate(self._cohorts)
        ]

    def _beside(self) -> list[BesideFacts]:
        mine = View(self._word("r.view", View.DIAGNOSTIC))
        theirs = View.PERFORMANCE if mine is View.DIAGNOSTIC else View.DIAGNOSTIC
        unlike = self._count("c.other_class_beside")
        return [
            BesideFacts(metric, Category.OUTCOME, Kind.OUTCOME, theirs if place < unlike else mine)
            for place, metric in enumerate(self._metrics[1:])
        ]

    def _value_facts(self) -> ValueFacts:
        return ValueFacts(
            held=self._count("c.held"),
            unsettled=self._count("c.unsettled"),
            affected=self._count("c.affected"),
            thin=self._flag("c.thin"),
            piloted=self._flag("c.piloted"),
            budget_burning=self._flag("c.budget_burning"),
        )

    def _looking(self) -> LookingFacts:
        return LookingFacts(
            persons_today=self._count("c.persons_today"),
            persons_limit=self._count("c.persons_limit"),
            enumerated="team:group-1" if self._flag("c.enumerated") else "",
            hopped_from=self._decision if self._flag("c.hopped") else None,
            hopped_on=_AT.date() if self._flag("c.hopped") else None,
            hopped_until=_AT.date() + timedelta(1) if self._flag("c.hopped") else None,
        )
