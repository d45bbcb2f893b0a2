"""What a publishing run works out: the missing values of each charter in force. Reads only; `services` writes."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from charter.measures import calendar, disclosure
from charter.measures.aggregation import Estimate, estimate, told
from charter.measures.calendar import Span
from charter.measures.disclosure import LARGER_GROUPS, NO_EVENTS, Limits, Tally
from charter.measures.events import NO_VALUES, EventTable, Group, Membership, Reach
from charter.measures.models import PublishedValue, Withheld
from charter.measures.warehouse import Warehouse
from charter.registry import queries as registry
from charter.registry.charter_facts import kept_from
from charter.registry.document import Measure
from charter.registry.facts_sql import carries_person
from charter.registry.models import CharterVersion, Programme
from charter.registry.states import Standing
from charter.rules.vocabulary import Category, Grain, Period
from governance.people.models import Cohort, CohortKind, Team
from governance.people.models import Membership as MembershipRecord
from ground.errors import BadInput, Conflict


class Charter(Struct, frozen=True):
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
    pilot: str | None = None


class Organisation(Struct, frozen=True):
    """The programme with its registered cohorts; a cohort's place in the list is its number in an EventTable."""

    programme: Programme
    cohorts: tuple[Cohort, ...]
    reaches: tuple[Reach, ...]

    def of(self, charter: Charter) -> list[int]:
        """The numbers of the cohorts that a charter is published for."""
        return [
            number
            for number, cohort in enumerate(self.cohorts)
            if Grain(cohort.kind) in charter.grains and charter.pilot in (None, cohort.slug)
        ]

    def limits(self, category: Category | None) -> Limits:
        """The programme's limits for a category; an unknown one gets the stricter."""
        larger = category is None or category in LARGER_GROUPS
        programme = self.programme
        return Limits(
            people=programme.minimum_group_strain if larger else programme.minimum_group,
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


class Frozen(Struct, frozen=True):
    """What is published of a metric: the places that stay as they are, and the values to be superseded."""

    kept: frozenset[tuple[UUID, Period, date]]
    superseded: tuple[UUID, ...]


class Missing(Struct, frozen=True):
    """The values that a charter still lacks, by number of the cohort and period."""

    places: tuple[tuple[int, Span], ...]

    def of(self, kind: Period) -> list[tuple[int, Span]]:
        return [place for place in self.places if place[1].kind is kind]


class Outcome(Struct, frozen=True):
    """What one charter's part of a run comes to. `sources` are the tables that were read for it."""

    slug: str
    values: tuple[Value, ...] = ()
    superseded: tuple[UUID, ...] = ()
    sources: frozenset[str] = frozenset()


class Publisher:
    """One run over one warehouse at one moment: `work_out` a charter at a time.

    `through` leaves out the periods that end after that day.
    """

    def __init__(self, warehouse: Warehouse, *, now: datetime, through: date | None = None) -> None:
        self.now = now
        self._warehouse = warehouse
        self._tables = warehouse.tables()
        self._organisation = read_organisation()
        self._zone = self._organisation.programme.time_zone
        today = now.astimezone(ZoneInfo(self._zone)).date()
        self._end = min(through or today, today)
        self._events = EventTable(
            self._organisation.reaches,
            _memberships(),
            list(Team.objects.values_list("slug", flat=True)),
            self._zone,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._events.close()

    def work_out(self, charter: Charter) -> Outcome:
        """The missing values of one charter, and which of its published ones give way to them."""
        connected = self._tables.issuperset(charter.measure.sources)
        frozen = read_frozen(charter, connected=connected)
        missing = self._missing(charter, frozen, connected)
        if not missing.places:
            return Outcome(charter.slug, superseded=frozen.superseded)
        if not connected:
            values = [self._value(charter, place, withheld=Withheld.NO_SOURCE) for place in missing.places]
            return Outcome(charter.slug, tuple(values), frozen.superseded)
        self._events.load(self._warehouse.facts(charter.measure), charter.measure.aggregation)
        values = [value for kind in Period for value in self._of_kind(charter, kind, missing.of(kind))]
        return Outcome(charter.slug, tuple(values), frozen.superseded, frozenset(charter.measure.sources))

    def _missing(self, charter: Charter, frozen: Frozen, connected: bool) -> Missing:
        first_event = self._first_event(charter) if connected else None
        cohorts = self._organisation.of(charter)
        return Missing(
            tuple(
                (number, span)
                for kind in Period
                for span in self._spans(kind, charter.floor, first_event)
                for number in cohorts
                if (self._organisation.cohorts[number].pk, kind, span.starts_on) not in frozen.kept
            )
        )

    def _spans(self, kind: Period, floor: date, first_event: date | None) -> Iterator[Span]:
        """Periods wholly on the allowed side of the floor, from the one that holds the first event."""
        first = calendar.start_from(kind, floor)
        if first_event is not None:
            first = max(first, calendar.start_of(kind, first_event))
        return calendar.spans_between(kind, first, self._end)

    def _first_event(self, charter: Charter) -> date | None:
        moment = self._warehouse.first_event(charter.measure)
        return moment.astimezone(ZoneInfo(self._zone)).date() if moment else None

    def _of_kind(self, charter: Charter, kind: Period, places: Sequence[tuple[int, Span]]) -> Iterator[Value]:
        """Decide each place on its counts alone; only what may be told is then worked out."""
        if not places:
            return
        spans = sorted({span for _, span in places})
        tallies = self._events.tallies(kind, spans[0].starts_on, spans[-1].ends_on)
        rosters = None if carries_person(charter.measure) else self._events.rosters(spans)
        to_tell = {}
        for place in places:
            group = (place[0], place[1].starts_on)
            tally = tallies.get(group, NO_EVENTS)
            roster = None if rosters is None else rosters.get(group, 0)
            if reason := self._reason(charter, tally, roster):
                yield self._value(charter, place, withheld=reason)
            else:
                to_tell[group] = (place, tally, tally.people if roster is None else roster)
        yield from self._told(charter, kind, to_tell)

    def _reason(self, charter: Charter, tally: Tally, roster: int | None) -> str | None:
        limits = self._organisation.limits(charter.category)
        return disclosure.reason_to_withhold(tally, limits, charter.measure.aggregation, roster=roster)

    def _told(
        self, charter: Charter, kind: Period, to_tell: dict[Group, tuple[tuple[int, Span], Tally, int]]
    ) -> Iterator[Value]:
        aggregation = charter.measure.aggregation
        found = {group: (values, weights) for group, values, weights in self._events.values(kind, to_tell)}
        for group, (place, tally, people) in to_tell.items():
            values, weights = found.get(group, (NO_VALUES, None))
            yield self._value(
                charter,
                place,
                estimate=told(estimate(aggregation, values, weights, days=place[1].days), aggregation),
                n=tally.events,
                people=people,
                coverage=tally.coverage,
            )

    def _value(
        self,
        charter: Charter,
        place: tuple[int, Span],
        *,
        withheld: str = "",
        estimate: Estimate | None = None,
        n: int | None = None,
        people: int | None = None,
        coverage: float | None = None,
    ) -> Value:
        number, span = place
        return Value(
            metric_id=charter.metric_id,
            version_id=charter.version_id,
            cohort_id=self._organisation.cohorts[number].pk,
            span=span,
            withheld=withheld,
            estimate=estimate,
            n=n,
            people=people,
            coverage=coverage,
        )


def the_programme() -> Programme:
    """The one programme; Conflict where none has been established."""
    programme = Programme.objects.first()
    if programme is None:
        raise Conflict("There is no programme yet, so there is nothing to publish.", code="no_programme")
    return programme


def charters_in_force(*, now: datetime, only: Collection[str] | None = None) -> list[Charter]:
    """The charters that allow publishing at `now`, by slug; BadInput where `only` names another."""
    today = now.astimezone(ZoneInfo(the_programme().time_zone)).date()
    versions = CharterVersion.objects.filter(
        standing__in=[Standing.ACTIVE, Standing.PILOT], activated_at__lte=now, expires_at__gt=now
    ).select_related("metric")
    if only is not None:
        versions = versions.filter(metric__slug__in=only)
        if unknown := sorted(set(only) - {version.metric.slug for version in versions}):
            raise BadInput(f"“{unknown[0]}” has no charter in force, so it has no values.", field="only")
    return [charter for version in versions.order_by("metric__slug") if (charter := _charter(version, today))]


def _charter(version: CharterVersion, today: date) -> Charter | None:
    """None where the charter has no measure: qualitative kinds have no values to publish."""
    document = registry.document(version.pk)
    if document.what.measure is None:
        return None
    # Without a date the board has agreed to no backfill: nothing from before the approval (DESIGN, "why").
    begins = document.why.data_from or version.activated_at.date()
    return Charter(
        version_id=version.pk,
        metric_id=version.metric_id,
        slug=version.metric.slug,
        measure=document.what.measure,
        category=document.what.category,
        grains=frozenset(document.what.grains),
        floor=max(begins, kept_from(document, today, grain_is_person=False)),
        pilot=version.pilot_cohort if version.standing == Standing.PILOT else None,
    )


def read_organisation() -> Organisation:
    """The programme and its registered cohorts with their teams."""
    cohorts = tuple(Cohort.objects.filter(retired_at__isnull=True).prefetch_related("teams"))
    reaches = tuple(
        Reach(tuple(team.slug for team in cohort.teams.all()), whole=cohort.kind == CohortKind.ORG)
        for cohort in cohorts
    )
    return Organisation(the_programme(), cohorts, reaches)


def _memberships() -> list[Membership]:
    rows = MembershipRecord.objects.values_list("person__external_id", "team__slug", "valid_from", "valid_to")
    return [Membership(*row) for row in rows.iterator()]


def read_frozen(charter: Charter, *, connected: bool) -> Frozen:
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
        outdated = registry.document(version).what.measure != charter.measure
        if outdated or (connected and withheld == Withheld.NO_SOURCE):
            superseded.append(pk)
        else:
            kept.append((cohort, Period(kind), starts_on))
    return Frozen(frozenset(kept), tuple(superseded))
