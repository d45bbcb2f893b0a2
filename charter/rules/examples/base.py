"""Two uses that every rule permits, to be bent one part at a time: what examples of rules are made of."""

from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace

from charter.rules.context import count_evidence
from charter.rules.facts import ActorFacts, BesideFacts, CharterFacts, CohortFacts, DecisionFacts, Facts
from charter.rules.request import Evidence, Request, Window
from charter.rules.vocabulary import (
    GROUP_OF,
    Category,
    ContextClass,
    DecisionType,
    EvidenceKind,
    Grain,
    Kind,
    Layer,
    Period,
    Role,
    SourceKind,
    Standing,
    View,
)
from charter.rules.vocabulary import DecisionGroup as Group

AT = datetime(2026, 4, 14, 9, 0, tzinfo=UTC)
PAYMENTS = CohortFacts("team:payments", 9, 5, frozenset({ContextClass.PLATFORM}))
SEARCH = CohortFacts("team:search", 8, 5, frozenset({ContextClass.PLATFORM}))
RESCUE = CohortFacts("team:ledger", 8, 5, frozenset({ContextClass.RESCUE}))
TINY = CohortFacts("team:tiny", 4, 5, frozenset({ContextClass.PLATFORM}))

TEAM_USE = Facts(
    request=Request(
        decision=DecisionType.RETROSPECTIVE,
        metrics=("lead-time-for-changes",),
        grain=Grain.TEAM,
        window=Window(start=date(2026, 1, 1), end=date(2026, 4, 1)),
        period=Period.MONTH,
        cohorts=("team:payments",),
    ),
    at=AT,
    actor=ActorFacts(
        human=True,
        roles=frozenset({Role.MANAGER}),
        asks_about_self=False,
        acknowledged=True,
        trained=False,
    ),
    charter=CharterFacts(
        metric="lead-time-for-changes",
        name="Lead time for changes",
        version=3,
        standing=Standing.ACTIVE,
        in_force=True,
        category=Category.DELIVERY,
        layer=Layer.SYSTEM,
        kind=Kind.OUTCOME,
        view=View.DIAGNOSTIC,
        sources=frozenset({SourceKind.VERSION_CONTROL, SourceKind.DELIVERY_PIPELINE}),
        listed=frozenset(
            {
                (DecisionType.RETROSPECTIVE, Grain.TEAM),
                (DecisionType.RETROSPECTIVE, Grain.SELF),
                (DecisionType.RETROSPECTIVE, Grain.PERSON),
                (DecisionType.STAFFING, Grain.VALUE_STREAM),
            }
        ),
        access=frozenset(
            {
                (Role.MANAGER, Grain.TEAM),
                (Role.MANAGER, Grain.PERSON),
                (Role.TEAM_MEMBER, Grain.TEAM),
                (Role.LEADERSHIP, Grain.VALUE_STREAM),
            }
        ),
        wellness_signal=False,
        data_from=date(2025, 6, 1),
        kept_from=date(2021, 4, 14),
        pilot_cohorts=frozenset(),
        unit="hour",
    ),
    decision=DecisionFacts(
        decision=DecisionType.RETROSPECTIVE,
        group=Group.OPERATIONAL,
        consequential=False,
        evidence_needed=0,
        fairness_needed=False,
        accountable_needed=False,
    ),
    cohorts=(PAYMENTS,),
    person_classes=frozenset(),
    beside=(),
    fairness_until=None,
    waived=frozenset(),
)
PERSON_USE = replace(
    TEAM_USE,
    request=replace(
        TEAM_USE.request,
        decision=DecisionType.PROMOTION_EVIDENCE,
        metrics=("project-outcomes", "incident-follow-through"),
        grain=Grain.PERSON,
        view=View.PERFORMANCE,
        cohorts=(),
        persons=("p-001",),
        evidence=(Evidence(EvidenceKind.DESIGN_REVIEW, "DR-12"),),
        accountable="hr-partner",
    ),
    actor=replace(TEAM_USE.actor, trained=True),
    charter=replace(
        TEAM_USE.charter,
        metric="project-outcomes",
        name="Project outcomes",
        category=Category.OUTCOME,
        view=View.PERFORMANCE,
        listed=frozenset(
            {(DecisionType.PROMOTION_EVIDENCE, Grain.PERSON), (DecisionType.ONE_ON_ONE, Grain.SELF)}
        ),
    ),
    decision=DecisionFacts(
        decision=DecisionType.PROMOTION_EVIDENCE,
        group=Group.PEOPLE,
        consequential=True,
        evidence_needed=1,
        fairness_needed=True,
        accountable_needed=True,
    ),
    cohorts=(),
    person_classes=frozenset({ContextClass.PLATFORM}),
    beside=(BesideFacts("incident-follow-through", Category.OUTCOME, Kind.OUTCOME, View.PERFORMANCE),),
    fairness_until=date(2026, 12, 31),
    accountable_human=True,
    checked_evidence=1,
)
_PARTS = ("request", "actor", "charter")


def bend(base: Facts, **changes: Any) -> Facts:
    """Change facts by field name: of the request, the asker or the charter, or of the facts themselves.

    `view_of_metric` is the charter's own view, `decided` the facts of the decision. A decision changes its facts too.
    """
    parts: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
    own: dict[str, Any] = {}
    for name, value in changes.items():
        part, field = _place(base, name)
        (parts[part] if part else own)[field] = value
    if "evidence" in changes:  # records, unless it says otherwise
        own.setdefault("checked_evidence", count_evidence(changes["evidence"]))
    decision = base.decision
    if "decision" in changes:
        decision = make_decision_facts(changes["decision"])
    decision = replace(decision, **own.pop("decided", {}))
    for part in _PARTS:
        own[part] = replace(getattr(base, part), **parts[part])
    return replace(base, decision=decision, **own)


def _place(base: Facts, name: str) -> tuple[str, str]:
    if name == "view_of_metric":
        return "charter", "view"
    if name == "cohort_facts":
        return "", "cohorts"
    if name == "decided":
        return "", name
    for part in _PARTS:
        if name in getattr(base, part).__struct_fields__:
            return part, name
    if name not in base.__struct_fields__:
        raise AttributeError(name)
    return "", name


def make_decision_facts(decision: DecisionType) -> DecisionFacts:
    """What the programme lays down by default: decisions about people need evidence, an audit and somebody to answer."""
    people = GROUP_OF[decision] is Group.PEOPLE
    return DecisionFacts(
        decision=decision,
        group=GROUP_OF[decision],
        consequential=people,
        evidence_needed=int(people),
        fairness_needed=people,
        accountable_needed=people,
    )


def team(**changes: Any) -> Facts:
    return bend(TEAM_USE, **changes)


def person(**changes: Any) -> Facts:
    return bend(PERSON_USE, **changes)


def about(cohort: CohortFacts, *more: CohortFacts) -> dict[str, Any]:
    """The parts of a question about these cohorts."""
    asked = (cohort, *more)
    return {"cohorts": tuple(one.slug for one in asked), "cohort_facts": asked}


def one_person(**changes: Any) -> Facts:
    """A manager looks at one report's value for a retrospective, with everything in order."""
    return team(
        **{
            "grain": Grain.PERSON,
            "cohorts": (),
            "cohort_facts": (),
            "persons": ("p-001",),
            "fairness_until": date(2026, 12, 31),
            **changes,
        }
    )


def oneself(**changes: Any) -> Facts:
    """Somebody looks at their own value, without having read the rules and without any audit."""
    return team(
        **{
            "grain": Grain.SELF,
            "cohorts": (),
            "cohort_facts": (),
            "persons": ("p-001",),
            "asks_about_self": True,
            "roles": frozenset({Role.SELF}),
            "acknowledged": False,
            **changes,
        }
    )
