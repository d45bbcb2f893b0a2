"""What the detectors are given: the looks of the last months by asker, teams, review dates, named appeals, series of values."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from msgspec import Struct

from audits.findings import detectors
from audits.findings.detectors import SeenLook, Thresholds
from charter.measures.models import PublishedValue
from charter.programme.queries import get_programme
from charter.registry.models import CharterVersion, Review
from charter.rules.vocabulary import ContextKind, DecisionType, Grain, Outcome, Period, Role
from governance.appeals.models import Appeal
from governance.appeals.permissions import read_parties
from governance.appeals.states import AppealKind
from governance.decisions.models import ContextNote, DecisionRecord
from governance.people.models import Cohort, CohortKind, User
from governance.people.queries import read_rosters
from ground import calendar, clock, data_versions

REACH = timedelta(
    days=120
)  # back from now: the longest time that a detector looks at, and the days of a review in it
_LEADS = {Role.MANAGER.value, Role.VALUE_STREAM_LEAD.value, Role.LEADERSHIP.value}
_OFFICES = {Role.HR.value, Role.AUDITOR.value}
_INCIDENTS = [
    each.value for each in (ContextKind.PRODUCTION_INCIDENT, ContextKind.ON_CALL, ContextKind.FREEZE)
]
_AROUND = timedelta(days=14)


class LooksOf(Struct, frozen=True):
    """All that one account looked at, in order of time."""

    account: UUID
    looks: list[SeenLook]


class Series(Struct, frozen=True):
    """Monthly values of a metric and a group around a date, and what the date is."""

    metric: str
    cohort: str
    day: date
    before: list[float]
    after: list[float]
    version: UUID

    @property
    def about(self) -> str:
        return f"{self.metric} · {self.cohort} · {self.day.isoformat()}"


def read_thresholds() -> Thresholds:
    """The programme's settings on looking."""
    programme = get_programme()
    return Thresholds(
        share=programme.enumeration_share, people=programme.enumeration_people, hop_days=programme.hop_days
    )


def read_teams() -> dict[str, frozenset[str]]:
    """Who is in each group that is reported on as a team, today."""
    slugs = tuple(
        Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True)
        .order_by("slug")
        .values_list("slug", flat=True)
    )
    return dict(read_rosters(data_versions.read(), slugs, calendar.today())) if slugs else {}


def read_looks() -> list[LooksOf]:
    """What every account asked for lately, checks and one's own work left out."""
    asked = DecisionRecord.objects.filter(at__gte=clock.now() - REACH, checked_only=False)
    asked = asked.exclude(grain=Grain.SELF.value).order_by("at", "pk")
    notes, own = (
        _read_incidents(),
        dict(User.objects.filter(person__isnull=False).values_list("pk", "person__external_id")),
    )
    fields = ("actor_id", "entry_id", "at", "subjects", "cohorts", "metrics", "use", "verdict", "roles")
    looks = [
        (str(row[0]), _make_look(row, notes, own.get(row[0])))
        for row in asked.values_list(*fields).iterator()
    ]
    return [LooksOf(UUID(account), found) for account, found in detectors.by_asker(looks).items()]


def _make_look(row: tuple[object, ...], incidents: list["_Incident"], own: str | None) -> SeenLook:
    _actor, entry, at, subjects, cohorts, metrics, use, verdict, roles = row
    assert isinstance(at, datetime) and isinstance(subjects, list) and isinstance(cohorts, list)  # noqa: S101 (as the columns are)
    held = set(roles) if isinstance(roles, list) else set()
    founded = None
    if use == DecisionType.INCIDENT_RESPONSE.value:
        founded = any(each.speaks_for(cohorts, at) for each in incidents)
    return SeenLook(
        receipt=str(entry),
        at=at,
        persons=frozenset(subjects) - {own},
        groups=frozenset(cohorts),
        metrics=frozenset(metrics) if isinstance(metrics, list) else frozenset(),
        use=str(use),
        refused=verdict != Outcome.PERMIT.value,
        led=bool(held & (_LEADS | _OFFICES)),
        founded=founded,
    )


class _Incident(Struct, frozen=True):
    """When and for which groups an incident, freeze or on-call period was recorded."""

    since: date
    until: date
    groups: frozenset[str]

    def speaks_for(self, cohorts: list[str], at: datetime) -> bool:
        day = calendar.find_day(at)
        near = self.since - _AROUND <= day <= self.until + _AROUND
        return near and (not cohorts or bool(self.groups & set(cohorts)))


def _read_incidents() -> list[_Incident]:
    notes = ContextNote.objects.filter(
        kind__in=_INCIDENTS, turned_down_at__isnull=True, ends_on__gte=calendar.today() - REACH - _AROUND
    )
    spans = notes.values_list("starts_on", "ends_on", "team__cohorts__slug")
    return [_Incident(since, until, frozenset({slug})) for since, until, slug in spans if slug]


def list_review_dates() -> list[datetime]:
    """When reviews of the charters were due lately, at the end of that day."""
    today = calendar.today()
    due = Review.objects.filter(due_on__gt=today - timedelta(days=14), due_on__lte=today)
    return [calendar.find_midnight(day + timedelta(days=1)) for day in due.values_list("due_on", flat=True)]


def list_named_appeals() -> Iterator[tuple[Appeal, UUID | None, str]]:
    """Appeals by name of the last 60 days, the account that each contests, if any, and the external id of whoever appealed.

    Confidential and anonymous ones are not read: a finding would give away who filed them (AR22).
    """
    lately = Appeal.objects.filter(kind=AppealKind.NAMED, filed_at__gte=clock.now() - timedelta(days=60))
    for appeal in lately.select_related("appellant__person"):
        contested = read_parties(appeal).contested
        if appeal.appellant is not None and appeal.appellant.person is not None:
            yield appeal, contested, appeal.appellant.person.external_id


def list_series() -> Iterator[Series]:
    """Monthly values around each date that could be played to: 12 months before it, the first 3 whole months after."""
    for day, versions in _list_dates().items():
        for version in versions:
            yield from _series_around(day, version)


def _list_dates() -> dict[date, list[CharterVersion]]:
    """Charters in force by the days on which they came into force or their review was due, three to five months ago."""
    today = calendar.today()
    since, until = today - timedelta(days=155), today - timedelta(days=95)
    dates: dict[date, list[CharterVersion]] = {}
    in_force = CharterVersion.objects.filter(standing="active").select_related("metric")
    for version in in_force:
        for day in _days_of(version):
            if since <= day <= until:
                dates.setdefault(day, []).append(version)
    return dates


def _days_of(version: CharterVersion) -> set[date]:
    items = version.review_items.values_list("review__due_on", flat=True)
    activated = {calendar.find_day(version.activated_at)} if version.activated_at else set()
    return activated | set(items)


def _series_around(day: date, version: CharterVersion) -> Iterator[Series]:
    values = PublishedValue.objects.filter(
        Q(value__isnull=False),
        metric=version.metric,
        period_kind=Period.MONTH.value,
        superseded_at__isnull=True,
    )
    by_cohort: dict[str, list[tuple[date, date, float]]] = {}
    for slug, starts, ends, value in values.order_by("starts_on").values_list(
        "cohort__slug", "starts_on", "ends_on", "value"
    ):
        by_cohort.setdefault(slug, []).append((starts, ends, value or 0.0))
    for slug, months in by_cohort.items():
        before = [value for _, ends, value in months if ends <= day][-detectors.MONTHS_BEFORE :]
        after = [value for starts, _, value in months if starts >= day][: detectors.MONTHS_AFTER]
        yield Series(version.metric.slug, slug, day, before, after, version.pk)
