"""Reads worth a name: rows of published values, one's own values, and whether publishing is due."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Max, Min, QuerySet
from msgspec import Struct

from charter.measures.models import PublishedValue, PublishingRun, RevisedValue, Revision, RunState, Withheld
from charter.measures.own import compute_own_rows
from charter.measures.rows import Place, Row, RowsOrigin, make_row, make_unpublished_row, make_withheld_row
from charter.measures.values.aggregation import Estimate
from charter.measures.values.calendar import find_settled_day, split_window
from charter.measures.values.people_bands import format_band
from charter.programme.models import Programme
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from governance.people.models import Cohort, GrantedRole, User
from governance.people.permissions import holds
from ground import clock
from ground.promises import promised

__all__ = [
    "Row",
    "RowsOrigin",
    "compute_own_rows",
    "find_published_months",
    "is_publishing_due",
    "read_rows",
]

# Each metric and cohort is there even without a value, so that its unit is known.
_ROWS = """
SELECT m.slug, c.slug, coalesce(cv.document #>> '{what,unit}', ''),
       v.starts_on, v.value, v.low, v.high, v.bound, v.n, v.people, v.coverage, v.withheld,
       p.coverage_threshold, s.content_hash, v.published_at, p.time_zone, p.settling_days
FROM registry_metric m
JOIN programme_programme p ON p.id = m.programme_id
CROSS JOIN people_cohort c
LEFT JOIN measures_publishedvalue v
    ON v.metric_id = m.id AND v.cohort_id = c.id AND v.superseded_at IS NULL
    AND v.period_kind = %(kind)s AND v.starts_on >= %(from)s AND v.ends_on <= %(to)s
LEFT JOIN measures_snapshot s ON s.id = v.snapshot_id
LEFT JOIN registry_charterversion cv ON cv.id = coalesce(
    v.charter_version_id,
    (SELECT a.id FROM registry_charterversion a WHERE a.metric_id = m.id AND a.standing IN ('active', 'pilot')
     ORDER BY a.standing LIMIT 1)
)
WHERE m.slug = ANY(%(metrics)s) AND c.slug = ANY(%(cohorts)s)
"""


class _ValueLine(Struct, frozen=True):
    """One published value, in that statement's order of columns; where it is withheld it has no number."""

    metric: str
    cohort: str
    unit: str
    starts_on: date
    value: float | None
    low: float | None
    high: float | None
    bound: str | None
    n: int | None
    people: int | None
    coverage: float | None
    withheld: str | None
    coverage_threshold: float
    snapshot: str
    published_at: datetime
    time_zone: str
    settling_days: int


_STARTS_ON = _ValueLine.__struct_fields__.index("starts_on")


def read_rows(
    *, metrics: Sequence[str], cohorts: Sequence[str], window: Window, period: Period
) -> tuple[tuple[Row, ...], RowsOrigin | None]:
    """The published values of a window in the order asked: metric, cohort, period; and the snapshot they are of.

    One SQL statement however many there are. A period without a value is a row that says so. The window must be
    aligned (`calendar.check_window`).
    """
    units, lines, settled = _read(metrics, cohorts, window, period)
    published = {(line.metric, line.cohort, line.starts_on): line for line in lines}
    told = tuple(
        _row(
            Place(metric, cohort, span, units.get(metric, "")),
            published.get((metric, cohort, span.starts_on)),
            settled,
        )
        for metric in dict.fromkeys(metrics)
        for cohort in dict.fromkeys(cohorts)
        for span in split_window(window, period)
    )
    return told, _newest(published.values())


def _read(
    metrics: Sequence[str], cohorts: Sequence[str], window: Window, period: Period
) -> tuple[dict[str, str], list[_ValueLine], date]:
    """The unit of each metric, what is published, and the day by which a period must have ended to be closed."""
    parameters = {
        "metrics": list(metrics),
        "cohorts": list(cohorts),
        "kind": period.value,
        "from": window.start,
        "to": window.end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, parameters)
        found = cursor.fetchall()
    units = {metric: unit for metric, _cohort, unit, *_rest in found}
    settled = find_settled_day(clock.now(), *found[0][-2:]) if found else date.max
    return units, [_ValueLine(*line) for line in found if line[_STARTS_ON] is not None], settled


def _row(place: Place, line: _ValueLine | None, settled: date) -> Row:
    if line is None:
        return make_unpublished_row(place, settled)
    place = Place(place.metric, place.cohort, place.span, line.unit)
    if line.withheld:
        return make_withheld_row(place, Withheld(line.withheld))
    if line.coverage is not None and line.coverage < line.coverage_threshold:
        return make_withheld_row(
            place, Withheld.LOW_COVERAGE
        )  # published before the threshold was raised (S77)
    # That a value which is not withheld is there, with its n, the table promises.
    estimate = Estimate(promised(line.value), line.low, line.high, line.bound or "")
    people = None if line.people is None else format_band(line.people)
    return make_row(place, estimate, n=promised(line.n), people=people, coverage=line.coverage)


def _newest(lines: Collection[_ValueLine]) -> RowsOrigin | None:
    newest = max(lines, key=lambda line: line.published_at, default=None)
    return RowsOrigin(newest.snapshot, newest.published_at) if newest else None


def find_published_months(metrics: Collection[str]) -> tuple[date, date] | None:
    """The first days of the first and of the last month with a published value of any of these; None where there is none.

    A month that is withheld has data, one whose source is not connected has none.
    """
    published = PublishedValue.objects.filter(
        metric__slug__in=metrics, period_kind=Period.MONTH.value, superseded_at__isnull=True
    )
    found = published.exclude(withheld=Withheld.NO_SOURCE).aggregate(
        first=Min("starts_on"), last=Max("starts_on")
    )
    return (found["first"], found["last"]) if found["first"] else None


def list_revisions(user: User) -> QuerySet[Revision]:
    """The revisions that an account may see, newest first: of the metrics that it owns, for auditors all."""
    every = count_values(Revision.objects.all()).order_by("-found_at", "-id")
    return every if holds(user, GrantedRole.AUDITOR) else every.filter(metric__owner=user)


def count_values(revisions: QuerySet[Revision]) -> QuerySet[Revision]:
    """Revisions with `number_of_values` and all that is told of them, in one statement."""
    return revisions.select_related("metric__owner", "proposed_by", "ended_by").annotate(
        number_of_values=Count("values")
    )


def list_revised_values(revision: Revision) -> QuerySet[RevisedValue]:
    """What a revision would change, by cohort and period."""
    return revision.values.select_related("old__cohort")


def is_publishing_due() -> bool:
    """Whether something may have become publishable since the last run that succeeded.

    That is a new day in the programme's zone (a period may have closed, a source been connected), a charter come
    into force, or a cohort registered.
    """
    programme = Programme.objects.first()
    in_force = CharterVersion.objects.filter(standing__in=[StandingChoices.ACTIVE, StandingChoices.PILOT])
    if programme is None or not in_force.exists():
        return False
    # What a revision put in place is no sign that nothing is missing.
    last = PublishingRun.objects.filter(state=RunState.DONE, revision=None).aggregate(at=Max("started_at"))[
        "at"
    ]
    if last is None:
        return True
    begun = in_force.filter(activated_at__lte=clock.now())
    newest_charter = begun.aggregate(at=Max("activated_at"))["at"]
    newest_cohort = Cohort.objects.aggregate(at=Max("registered_at"))["at"]
    zone = ZoneInfo(programme.time_zone)
    new_day = clock.now().astimezone(zone).date() > last.astimezone(zone).date()
    return new_day or any(moment is not None and moment > last for moment in (newest_charter, newest_cohort))
