"""Random facts, likely and unlikely alike, drawn with replacement from small worlds so that rules meet."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st
from msgspec.structs import replace

from charter.rules.examples.base import PERSON_USE, TEAM_USE, make_decision_facts, one_person, oneself
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
from charter.rules.request import Evidence, Request, Window
from charter.rules.vocabulary import (
    Category,
    Combine,
    ContextClass,
    ContextKind,
    DecisionGroup,
    DecisionType,
    EvidenceKind,
    Grain,
    Kind,
    Layer,
    Nature,
    OrderBy,
    Period,
    RequestForm,
    Role,
    SourceKind,
    Standing,
    TimeFilter,
    UseCondition,
    View,
)

_LOOSE = (
    "cohorts",
    "person_classes",
    "beside",
    "fairness_until",
    "waived",
    "accountable_human",
    "checked_evidence",
    "values",
    "looking",
    "protected",
    "ruled",
    "ruled_against",
    "lasting",
    "consented",
)
_ASKED = (
    "decision",
    "view",
    "order_by",
    "limit",
    "percentile",
    "compare",
    "combine",
    "time_filter",
    "export",
    "persons",
)
LASTING = (ContextKind.PRODUCTION_INCIDENT, ContextKind.FREEZE, ContextKind.MIGRATION)
METRICS = ("lead-time-for-changes", "commit-count", "slo-compliance")
COHORTS = ("team:payments", "team:search", "value_stream:money")
SENTENCES = ("The team asked.", "A fault is looked for.")
PERSONS = ("p-001", "p-002")
DAYS = st.dates(date(2025, 12, 30), date(2026, 1, 3))
GRAINS = st.sampled_from([Grain.TEAM, Grain.PERSON, Grain.SELF, Grain.VALUE_STREAM])
DECISIONS = st.sampled_from(
    [
        DecisionType.RETROSPECTIVE,
        DecisionType.ONE_ON_ONE,
        DecisionType.PERFORMANCE_RATING,
        DecisionType.COMPENSATION,
    ]
)
ROLES = st.sampled_from([Role.MANAGER, Role.SELF, Role.HR])
VIEWS = st.sampled_from(View)
RARELY = st.sampled_from([False, False, False, True])
MOSTLY = RARELY.map(lambda value: not value)


def tuples_of(values: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3).map(tuple)


def optional(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(st.none(), st.none(), strategy)


requests = st.builds(
    Request,
    decision=DECISIONS,
    metrics=tuples_of(METRICS, least=1),
    grain=GRAINS,
    window=st.builds(Window, start=DAYS, end=st.just(date(2026, 4, 1))),
    period=st.sampled_from(Period),
    view=VIEWS,
    cohorts=tuples_of(COHORTS),
    persons=tuples_of(PERSONS),
    order_by=optional(st.sampled_from(OrderBy)),
    limit=optional(st.integers(1, 10)),
    percentile=RARELY,
    compare=RARELY,
    combine=optional(st.sampled_from(Combine)),
    time_filter=optional(st.sampled_from(TimeFilter)),
    evidence=st.lists(
        st.builds(Evidence, kind=st.sampled_from(EvidenceKind), ref=st.sampled_from(["DR-1", "DR-1 ", " "])),
        max_size=2,
    ).map(tuple),
    accountable=optional(st.just("hr-partner")),
    export=RARELY,
    affirms=tuples_of(SENTENCES),
)
actors = st.builds(
    ActorFacts,
    human=MOSTLY,
    roles=st.frozensets(ROLES, max_size=2),
    asks_about_self=st.booleans(),
    acknowledged=MOSTLY,
    trained=st.booleans(),
)
classes = st.frozensets(st.sampled_from([ContextClass.PLATFORM, ContextClass.RESCUE]), max_size=2)
charters = st.builds(
    CharterFacts,
    metric=st.sampled_from(METRICS),
    name=st.sampled_from(["Lead time", "SLO compliance", "x"]),
    version=st.integers(1, 2),
    standing=st.one_of(st.just(Standing.ACTIVE), st.just(Standing.PILOT), st.sampled_from(Standing)),
    in_force=MOSTLY,
    category=st.sampled_from(Category),
    layer=st.sampled_from(Layer),
    kind=st.sampled_from(Kind),
    view=VIEWS,
    sources=st.frozensets(
        st.sampled_from([SourceKind.VERSION_CONTROL, SourceKind.ROTA, SourceKind.SCREEN]), max_size=2
    ),
    listed=st.frozensets(st.tuples(DECISIONS, GRAINS), max_size=12),
    access=st.frozensets(st.tuples(ROLES, GRAINS), max_size=8),
    wellness_signal=RARELY,
    data_from=optional(DAYS),
    kept_from=DAYS,
    pilot_cohorts=st.frozensets(st.sampled_from(COHORTS), max_size=2),
    counter_metric=optional(st.just("slo-compliance")),
    needs_beside=st.frozensets(st.tuples(DECISIONS, GRAINS, st.sampled_from(METRICS)), max_size=3),
    conditions=st.frozensets(st.tuples(DECISIONS, GRAINS, st.sampled_from(UseCondition)), max_size=3),
    affirmations=st.frozensets(st.tuples(DECISIONS, GRAINS, st.sampled_from(SENTENCES)), max_size=2),
    forbidden=st.lists(
        st.builds(
            ForbiddenUse,
            use=st.just("Ranking"),
            decisions=st.frozensets(DECISIONS, max_size=2),
            grains=st.frozensets(GRAINS, max_size=2),
            forms=st.frozensets(st.sampled_from(RequestForm), min_size=1, max_size=2),
        ),
        max_size=1,
    ).map(tuple),
    counts_hours=RARELY,
    nature=st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(Nature), max_size=2)),
)

WAIVABLE = st.frozensets(st.sampled_from(["AR05", "AR16", "AR19", "AR26", "AR27", "AR29"]), max_size=3)
RULED = st.frozensets(st.sampled_from(["AR05", "AR13"]), max_size=2)
COUNTS = st.sampled_from([0, 0, 0, 1, 2])
values = st.builds(
    ValueFacts,
    held=COUNTS,
    unsettled=COUNTS,
    affected=COUNTS,
    thin=RARELY,
    budget_burning=RARELY,
    piloted=RARELY,
)
looking = st.builds(
    LookingFacts,
    persons_today=st.integers(0, 12),
    persons_limit=st.sampled_from([10, 10, 3]),
    enumerated=st.sampled_from(["", "", "", "team:payments"]),
    hopped_from=optional(DECISIONS),
)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """One metric of a request; cohorts and the decision are those that the request names."""
    request = draw(requests)
    decision = DecisionFacts(
        decision=request.decision,
        group=draw(st.sampled_from(DecisionGroup)),
        consequential=draw(st.booleans()),
        evidence_needed=draw(st.integers(0, 2)),
        fairness_needed=draw(RARELY),
        accountable_needed=draw(RARELY),
    )
    cohorts = tuple(
        CohortFacts(slug, draw(st.integers(4, 9)), draw(st.sampled_from([5, 5, 8])), draw(classes))
        for slug in dict.fromkeys(request.cohorts)
    )
    beside = st.builds(
        BesideFacts,
        metric=st.sampled_from(METRICS),
        category=st.sampled_from(Category),
        kind=st.sampled_from(Kind),
        view=VIEWS,
    )
    return Facts(
        request=request,
        at=datetime(2026, 1, 2, 12, tzinfo=UTC),
        actor=draw(actors),
        charter=draw(charters),
        decision=decision,
        cohorts=cohorts,
        person_classes=draw(classes),
        beside=tuple(draw(st.lists(beside, max_size=1))),
        fairness_until=draw(optional(DAYS)),
        waived=draw(WAIVABLE),
        accountable_human=draw(st.booleans()),
        values=draw(values),
        looking=draw(looking),
        protected=draw(RARELY),
        ruled=draw(RULED),
        ruled_against=draw(RULED),
        checked_evidence=draw(st.integers(0, 2)),
        lasting=draw(st.frozensets(st.sampled_from(LASTING), max_size=1)),
        consented=draw(st.booleans()),
    )


@st.composite
def near(draw: st.DrawFn) -> Facts:
    """Facts that differ in a few fields from a use that is permitted, so that single rules match, or none."""
    base = draw(st.sampled_from([TEAM_USE, PERSON_USE, one_person(), oneself()]))
    other = draw(facts())
    for part in draw(st.sets(st.sampled_from(("request", "actor", "charter", "decision")), max_size=2)):
        mine, theirs = getattr(base, part), getattr(other, part)
        names = draw(st.sets(st.sampled_from(mine.__struct_fields__), max_size=2))
        changed = replace(mine, **{name: getattr(theirs, name) for name in names})
        base = replace(base, **{part: changed})
    names = draw(st.sets(st.sampled_from(_LOOSE), max_size=1))
    return replace(base, **{name: getattr(other, name) for name in names})


@st.composite
def asked_otherwise(draw: st.DrawFn) -> Facts:
    """A permitted use asked in another way, so that some change of the question would be permitted again."""
    base = draw(st.sampled_from([TEAM_USE, one_person(), one_person(cohorts=("team:payments",)), oneself()]))
    base = replace(base, cohorts=TEAM_USE.cohorts)
    other = draw(requests)
    names = draw(st.sets(st.sampled_from(_ASKED), max_size=6))
    request = replace(base.request, **{name: getattr(other, name) for name in names})
    return replace(base, request=request, decision=make_decision_facts(request.decision))
