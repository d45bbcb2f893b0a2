"""Facts: what is true about a request, read by us and never taken from the asker. One a metric."""

from datetime import date, datetime

from msgspec import Struct

from charter.rules.request import Request
from charter.rules.vocabulary import (
    Category,
    ContextClass,
    ContextKind,
    DecisionGroup,
    DecisionType,
    Grain,
    Kind,
    Layer,
    Nature,
    RequestForm,
    Role,
    SourceKind,
    Standing,
    UseCondition,
    View,
)


class ActorFacts(Struct, frozen=True):
    """Who asks. `roles` are those held over *every* cohort and person asked about, not over some of them."""

    human: bool
    roles: frozenset[Role]
    asks_about_self: bool
    acknowledged: bool  # has acknowledged the rulebook in force (AR24)
    trained: bool  # has current training, whatever the view asked for (AR24)


class ForbiddenUse(Struct, frozen=True):
    """A use that a charter names as forbidden: of these decisions, at these grains, in these forms; empty stands for any."""

    use: str
    decisions: frozenset[DecisionType] = frozenset()
    grains: frozenset[Grain] = frozenset()
    forms: frozenset[RequestForm] = frozenset()


class CharterFacts(Struct, frozen=True):
    """The charter version that governs the metric now. Listings are (decision, grain) and (role, grain) pairs."""

    metric: str
    name: str
    version: int
    standing: Standing
    in_force: bool  # active or in pilot, begun and not past its expiry at the moment of asking (AR15)
    category: Category
    layer: Layer
    kind: Kind
    view: View
    sources: frozenset[SourceKind]
    listed: frozenset[tuple[DecisionType, Grain]]
    access: frozenset[tuple[Role, Grain]]
    wellness_signal: bool  # tagged as a sign of wellness or strain (AR20)
    data_from: date | None
    kept_from: date  # the oldest day whose values retention still allows (AR28)
    pilot_cohorts: frozenset[str]
    unit: str = ""
    counter_metric: str | None = None  # shown beside it wherever it is shown (S26)
    needs_beside: frozenset[tuple[DecisionType, Grain, str]] = (
        frozenset()
    )  # metrics a listed use must be asked with
    conditions: frozenset[tuple[DecisionType, Grain, UseCondition]] = frozenset()  # of listed uses
    affirmations: frozenset[tuple[DecisionType, Grain, str]] = frozenset()  # sentences that the asker affirms
    forbidden: tuple[ForbiddenUse, ...] = ()  # those that bind; what people keep is not here
    counts_hours: bool = False  # counts weekend, evening or online time, as weekend-share does (AR03)
    nature: frozenset[Nature] = frozenset()  # what its sources and measure make it, whatever its label says


class DecisionFacts(Struct, frozen=True):
    """What the programme lays down for the decision (S7)."""

    decision: DecisionType
    group: DecisionGroup
    consequential: bool
    evidence_needed: int
    fairness_needed: bool
    accountable_needed: bool


class CohortFacts(Struct, frozen=True):
    """One registered cohort asked about, with its people on the roster and the smallest number that may be reported."""

    slug: str
    people: int
    minimum: int
    context_classes: frozenset[ContextClass]


class BesideFacts(Struct, frozen=True):
    """A metric asked for in the same request."""

    metric: str
    category: Category
    kind: Kind
    view: View


class ValueFacts(Struct, frozen=True):
    """What is known of the values asked for, before any is read: counts over the metric, its subjects and the window."""

    held: int = 0  # values under review, whatever the cause and however many holds are on each (AR21)
    unsettled: int = 0  # context notes that nobody has confirmed or turned down yet (AR16)
    affected: int = 0  # periods that confirmed context notes touch (AR16)
    thin: bool = False  # somebody asked about has too little coverage for a number to mean anything (AR27)
    piloted: bool = False  # some come from a pilot of the metric, running or over (AR23)
    budget_burning: bool = False  # an error budget of the teams asked about burned (AR19)


class LookingFacts(Struct, frozen=True):
    """What the asker has looked at lately, with this request counted in (AR13)."""

    persons_today: int = 0  # distinct other people looked at on this day
    persons_limit: int = 10
    enumerated: str = ""  # the group whose people are being gone through one by one
    hopped_from: DecisionType | None = (
        None  # a decision refused lately for this metric and much the same people
    )
    hopped_on: date | None = None  # the day of that refusal
    hopped_until: date | None = None  # the first day on which it no longer counts


class Facts(Struct, frozen=True):
    """All that the rules may look at for one metric of one request."""

    request: Request
    at: datetime  # in the programme's time zone, so that its day is the programme's
    actor: ActorFacts
    charter: CharterFacts
    decision: DecisionFacts
    cohorts: tuple[CohortFacts, ...]
    person_classes: frozenset[ContextClass]  # context classes of the teams of the persons asked about (AR11)
    beside: tuple[BesideFacts, ...]
    fairness_until: date | None  # last day of the passed fairness audit, None where there is none (AR25)
    waived: frozenset[str]  # ids of rules waived for this metric and use, now
    accountable_human: bool = (
        False  # a person's account that the asker may name is named as accountable (AR18, S93)
    )
    values: ValueFacts = ValueFacts()
    looking: LookingFacts = LookingFacts()
    protected: bool = (
        False  # somebody asked about has disputed a use of the asker's by name, not long ago (AR22)
    )
    ruled: frozenset[str] = (
        frozenset()
    )  # ids of referring rules of which the board has said yes to this question
    ruled_against: frozenset[str] = frozenset()  # … and of which it has said no
    lasting: frozenset[ContextKind] = (
        frozenset()
    )  # of confirmed notes that last today, for every group asked about
    consented: bool = False  # two thirds of each team asked about have agreed to this charter
    checked_evidence: int = (
        0  # pieces of the request's evidence that are records which somebody else has opened (AR07, S95)
    )
