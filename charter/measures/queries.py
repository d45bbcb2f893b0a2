"""Reads worth a name: rows of published values, one's own values, and whether publishing is due."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max
from msgspec import Struct

from charter.measures.aggregation import Estimate
from charter.measures.calendar import spans_in
from charter.measures.disclosure import LARGER_GROUPS
from charter.measures.models import PublishingRun, RunState, Withheld
from charter.measures.own import own_rows
from charter.measures.rows import Place, Row, Source, row_with, row_without
from charter.registry.models import CharterVersion, Programme
from charter.registry.states import Standing
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from governance.people.models import Cohort
from ground import clock

__all__ = ["Row", "Source", "is_publishing_due", "own_rows", "rows"]

# Each metric and cohort is there even without a value, so that its unit is known.
_ROWS = """
SELECT m.slug, c.slug, coalesce(cv.document #>> '{what,unit}', ''),
       CASE WHEN cv.category = ANY(%(larger)s) THEN p.minimum_group_strain ELSE p.minimum_group END,
       v.starts_on, v.value, v.low, v.high, v.bound, v.n, v.people, v.coverage, v.withheld,
       p.coverage_threshold, s.content_hash, v.published_at
FROM registry_metric m
JOIN registry_programme p ON p.id = m.programme_id
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


class _Line(Struct, frozen=True):
    """One line of that statement, in its order of columns; from `starts_on` on None where nothing is published."""

    metric: str
    cohort: str
    unit: str
    minimum: int
    starts_on: date | None
    value: float | None
    low: float | None
    high: float | None
    bound: str | None
    n: int | None
    people: int | None
    coverage: float | None
    withheld: str | None
    coverage_threshold: float
    snapshot: str | None
    published_at: datetime | None


def rows(
    *, metrics: Sequence[str], cohorts: Sequence[str], window: Window, period: Period
) -> tuple[tuple[Row, ...], Source | None]:
    """The published values of a window in the order asked: metric, cohort, period; and the snapshot they are of.

    One SQL statement however many there are. A period without a value is a row that says so. The window must be
    aligned (`calendar.check_window`).
    """
    lines = _read(metrics, cohorts, window, period)
    published = {(line.metric, line.cohort, line.starts_on): line for line in lines if line.starts_on}
    units = {line.metric: line.unit for line in lines}
    told = tuple(
        _row(
            Place(metric, cohort, span, units.get(metric, "")),
            published.get((metric, cohort, span.starts_on)),
        )
        for metric in dict.fromkeys(metrics)
        for cohort in dict.fromkeys(cohorts)
        for span in spans_in(window, period)
    )
    return told, _newest(published.values())


def _read(metrics: Sequence[str], cohorts: Sequence[str], window: Window, period: Period) -> list[_Line]:
    parameters = {
        "metrics": list(metrics),
        "cohorts": list(cohorts),
        "kind": period.value,
        "from": window.start,
        "to": window.end,
        "larger": [category.value for category in LARGER_GROUPS],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, parameters)
        return [_Line(*line) for line in cursor.fetchall()]


def _row(place: Place, line: _Line | None) -> Row:
    if line is None:
        return row_without(place, Withheld.NOT_PUBLISHED)
    place = Place(place.metric, place.cohort, place.span, line.unit)
    if line.withheld:
        return row_without(place, Withheld(line.withheld), minimum=line.minimum)
    if line.coverage is not None and line.coverage < line.coverage_threshold:
        return row_without(place, Withheld.LOW_COVERAGE)  # published before the threshold was raised (S77)
    estimate = Estimate(line.value, line.low, line.high, line.bound or "")
    return row_with(place, estimate, n=line.n, people=line.people, coverage=line.coverage)


def _newest(lines: Collection[_Line]) -> Source | None:
    newest = max(lines, key=lambda line: line.published_at, default=None)
    return Source(newest.snapshot, newest.published_at) if newest else None


def is_publishing_due() -> bool:
    """Whether something may have become publishable since the last run that succeeded.

    That is a new day in the programme's zone (a period may have closed, a source been connected), a charter come
    into force, or a cohort registered.
    """
    programme = Programme.objects.first()
    in_force = CharterVersion.objects.filter(standing__in=[Standing.ACTIVE, Standing.PILOT])
    if programme is None or not in_force.exists():
        return False
    last = PublishingRun.objects.filter(state=RunState.DONE).aggregate(at=Max("started_at"))["at"]
    if last is None:
        return True
    begun = in_force.filter(activated_at__lte=clock.now())
    newest_charter = begun.aggregate(at=Max("activated_at"))["at"]
    newest_cohort = Cohort.objects.aggregate(at=Max("registered_at"))["at"]
    zone = ZoneInfo(programme.time_zone)
    new_day = clock.now().astimezone(zone).date() > last.astimezone(zone).date()
    return new_day or any(moment is not None and moment > last for moment in (newest_charter, newest_cohort))
