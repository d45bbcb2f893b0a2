"""What a publishing run works on and comes to: the charters in force, the cohorts, and values, as plain data. Reads only."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from charter.measures.models import PublishedValue, Withheld
from charter.measures.publishing import joint
from charter.measures.publishing.standing import LimitsOf
from charter.measures.values.aggregation import Estimate
from charter.measures.values.calendar import Span
from charter.measures.values.disclosure import LARGER_GROUPS, LOW_COVERAGE, DisclosureLimits
from charter.measures.values.event_table import Reach
from charter.measures.values.traces import Element
from charter.programme.models import Programme
from charter.programme.queries import get_programme
from charter.registry import queries as registry
from charter.registry.charter_facts import find_oldest_kept_day
from charter.registry.document import Measure
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import Category, Grain, Period
from governance.people.models import Cohort, CohortKind
from ground.errors import BadInput


class CharterToPublish(Struct, frozen=True):
    """A charter version in force, as far as publishing needs it. `floor`: the oldest day it allows data of.

    `pilot` is the only cohort that a charter on trial is published for (S127); None for one in force for all.
    """

    version_id: UUID
    metric_id: UUID
    slug: str
    measure: Measure
    category: Category | None
    grains: frozenset[Grain]
    floor: date
    unit: str = ""
    pilot: str | None = None


class PublishingScope(Struct, frozen=True):
    """The programme with its registered cohorts; a cohort's place in the list is its number in an EventTable."""

    programme: Programme
    cohorts: tuple[Cohort, ...]
    reaches: tuple[Reach, ...]

    def of(self, charter: CharterToPublish) -> list[int]:
        """The numbers of the cohorts that a charter is published for."""
        return [
            number
            for number, cohort in enumerate(self.cohorts)
            if Grain(cohort.kind) in charter.grains and charter.pilot in (None, cohort.slug)
        ]

    def limits(self, category: Category | None) -> DisclosureLimits:
        """The programme's limits for a category; an unknown one gets the stricter."""
        return self.all_limits().get(category)

    def all_limits(self) -> LimitsOf:
        """The programme's limits for every category."""
        programme = self.programme
        usual, larger = programme.minimum_group, programme.minimum_group_strain
        return LimitsOf(self._limits(usual), self._limits(larger), LARGER_GROUPS)

    def teams(self, number: int) -> tuple[str, ...]:
        """The teams of a cohort, and of the whole organisation what belongs to none."""
        reach = self.reaches[number]
        return (*sorted(reach.teams), *((joint.NO_TEAM,) if reach.whole else ()))

    def _limits(self, people: int) -> DisclosureLimits:
        programme = self.programme
        return DisclosureLimits(
            people=people,
            coverage=programme.coverage_threshold,
            events=programme.least_events,
            dominance=programme.largest_share / 100,
            impersonal_events=programme.least_events_unnamed,
        )


class Value(Struct, frozen=True):
    """One value to be written: either a reason why it is withheld, or an estimate and what stands behind it."""

    metric_id: UUID
    version_id: UUID
    cohort_id: UUID
    span: Span
    withheld: str = ""
    estimate: Estimate | None = None
    n: int | None = None
    people: int | None = None
    coverage: float | None = None
    teams: tuple[str, ...] = ()
    level: int = joint.NARROWEST
    protects: bool = False  # withheld for others' sake: by itself it stands on enough

    @property
    def tells(self) -> bool:
        """Whether it says anything of the events: a number, or that they cover too little."""
        return not self.withheld or self.withheld == LOW_COVERAGE

    @property
    def place(self) -> str:
        """What names its place, alike in every run."""
        return f"{self.cohort_id}|{self.span.label}|{self.metric_id}"


class Frozen(Struct, frozen=True):
    """What is published of a metric: the places that stay as they are, and the values to be superseded."""

    kept: frozenset[tuple[UUID, Period, date]]
    superseded: tuple[UUID, ...]


class Missing(Struct, frozen=True):
    """The values that a charter still lacks, by number of the cohort and period."""

    places: tuple[tuple[int, Span], ...]

    @property
    def spans(self) -> list[Span]:
        return [span for _, span in self.places]

    def of(self, kind: Period) -> list[tuple[int, Span]]:
        return [place for place in self.places if place[1].kind is kind]


class CharterRun(Struct, frozen=True):
    """What one charter's part of a run comes to. `sources` are the tables that were read for it; `failed` says why it has none.

    `values` are those that may be told by themselves, until all charters were decided together.
    """

    slug: str
    values: tuple[Value, ...] = ()
    superseded: tuple[UUID, ...] = ()
    sources: frozenset[str] = frozenset()
    failed: str = ""
    charter: CharterToPublish | None = None  # where there are traces of what its values were made from
    traces: dict[Element, str] = {}


class KeptAttribution(Struct, frozen=True):
    """What is to be kept of a month of a measure, of which something is told for the first time: a hash a team."""

    measure_hash: str
    month: date
    teams: dict[str, str]


class Decision(Struct, frozen=True):
    """What a run comes to when all of its charters were decided together."""

    outcomes: tuple[CharterRun, ...]
    attributions: tuple[KeptAttribution, ...] = ()


def list_charters_in_force(*, now: datetime, only: Collection[str] | None = None) -> list[CharterToPublish]:
    """The charters that allow publishing at `now`, by slug; BadInput where `only` names another."""
    today = now.astimezone(ZoneInfo(get_programme().time_zone)).date()
    versions = CharterVersion.objects.filter(
        standing__in=[StandingChoices.ACTIVE, StandingChoices.PILOT],
        activated_at__lte=now,
        expires_at__gt=now,
    ).select_related("metric__programme")
    if only is not None:
        versions = versions.filter(metric__slug__in=only)
        if unknown := sorted(set(only) - {version.metric.slug for version in versions}):
            raise BadInput(f"“{unknown[0]}” has no charter in force, so it has no values.", field="only")
    return [charter for version in versions.order_by("metric__slug") if (charter := _charter(version, today))]


def _charter(version: CharterVersion, today: date) -> CharterToPublish | None:
    """None where the charter has no measure: qualitative kinds have no values to publish."""
    document = registry.load_document(version.pk)
    if document.what.measure is None:
        return None
    begins = registry.find_first_day(version, document)
    return CharterToPublish(
        version_id=version.pk,
        metric_id=version.metric_id,
        slug=version.metric.slug,
        measure=document.what.measure,
        category=document.what.category,
        grains=frozenset(document.what.grains),
        floor=max(begins, find_oldest_kept_day(document, today, grain_is_person=False)),
        unit=document.what.unit,
        pilot=version.pilot_cohort if version.standing == StandingChoices.PILOT else None,
    )


def read_organisation() -> PublishingScope:
    """The programme and its registered cohorts with their teams."""
    cohorts = tuple(Cohort.objects.filter(retired_at__isnull=True).prefetch_related("teams"))
    reaches = tuple(
        Reach(tuple(team.slug for team in cohort.teams.all()), whole=cohort.kind == CohortKind.ORG)
        for cohort in cohorts
    )
    return PublishingScope(get_programme(), cohorts, reaches)


def read_frozen(charter: CharterToPublish, *, connected: bool) -> Frozen:
    """Published values never change, with two exceptions that give nobody away.

    Another measure makes other values, so all of the old one's go together; and "no source" gives way to values
    once the source is connected. A charter on trial touches its own cohort's alone.
    """
    kept, superseded = [], []
    rows = PublishedValue.objects.filter(metric_id=charter.metric_id, superseded_at__isnull=True)
    if charter.pilot is not None:
        rows = rows.filter(cohort__slug=charter.pilot)
    fields = ("pk", "charter_version_id", "cohort_id", "period_kind", "starts_on", "withheld")
    for pk, version, cohort, kind, starts_on, withheld in rows.values_list(*fields).iterator():
        outdated = registry.load_document(version).what.measure != charter.measure
        if outdated or (connected and withheld == Withheld.NO_SOURCE):
            superseded.append(pk)
        else:
            kept.append((cohort, Period(kind), starts_on))
    return Frozen(frozenset(kept), tuple(superseded))
