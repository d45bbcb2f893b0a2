"""Weeks of teams, for what is worked out of them and never told as numbers: as far as months of the same metric are told.

A week splits a month, so no value of one is ever published. What stands behind a week is read only where every month that it
touches is told of that metric and team, by the guard that decides all that is told, and where the team has the larger minimum of
people through the week. Whoever reads this tells of weeks what no number can be worked out of.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
import pyarrow as pa
from django.db.models import QuerySet
from numpy.typing import NDArray

from charter.measures.models import PublishedValue
from charter.measures.publishing.publishable import list_charters_in_force
from charter.measures.publishing.publisher import Publisher
from charter.measures.warehouse.connecting import open_warehouse
from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import Category, Period
from governance.people.models import Cohort, CohortKind
from governance.people.queries import list_roster_spans
from ground import clock

WEEK = timedelta(days=7)
COLUMNS = ("events", "total", "ones", "short")

Floats = NDArray[np.float64]


class WeeklyCounts(NamedTuple):
    """Weeks of one metric: arrays of shape (cohorts, weeks), 0 where a week is not `known`.

    `weeks` are Mondays, `cohorts` teams or small teams reported together. `counts` is by what is counted (`COLUMNS`);
    `person_weeks` how many were there from its first to its last day; `began` and `ended` the first week with anybody, and the first
    after the last.
    """

    metric: str
    cohorts: tuple[UUID, ...]
    weeks: tuple[date, ...]
    counts: dict[str, Floats]
    person_weeks: Floats
    known: NDArray[np.bool_]
    began: NDArray[np.int64]
    ended: NDArray[np.int64]


def find_told_end(metrics: Collection[str]) -> date | None:
    """The Monday up to which whole weeks lie in months that are told of any team, of any of these metrics; None where there is none."""
    newest = _told(metrics).order_by("-ends_on").values_list("ends_on", flat=True).first()
    return newest and newest - timedelta(days=newest.weekday())


def read_weeks_told(
    metrics: Collection[str], *, weeks: int, short: float, through: date | None = None
) -> Iterator[WeeklyCounts]:
    """The weeks of each of these metrics that has a charter in force and a source, of all cohorts of teams, up to the newest told.

    `through` ends them earlier, at the Monday on or before that day. Raises Unavailable where the warehouse fails.
    """
    end = find_told_end(metrics)
    if end is None:
        return
    if through is not None:
        end = min(end, through - timedelta(days=through.weekday()))
    mondays = tuple(end - WEEK * (weeks - at) for at in range(weeks))
    charters = list_charters_in_force(now=clock.now(), only=_list_in_force(metrics))
    cohorts = list(Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True).order_by("slug"))
    people = _count_people(cohorts, mondays)
    with open_warehouse() as source, Publisher(source, now=clock.now()) as publisher:
        place = {cohort.pk: number for number, cohort in enumerate(publisher.cohorts)}
        numbers = [place[cohort.pk] for cohort in cohorts if cohort.pk in place]
        for charter in charters:
            if charter.category != Category.STRAIN:
                continue
            table = publisher.count_weeks(charter, mondays[0], end, short)
            if table is None:
                continue
            known = _find_known(charter.slug, cohorts, mondays, people, publisher.least_people(charter))
            yield _put_together(charter.slug, cohorts, numbers, mondays, people, known, table)


def _list_in_force(metrics: Collection[str]) -> list[str]:
    versions = CharterVersion.objects.filter(
        standing__in=[StandingChoices.ACTIVE, StandingChoices.PILOT], metric__slug__in=metrics,
        activated_at__lte=clock.now(), expires_at__gt=clock.now(),
    )  # fmt: skip
    return sorted(versions.values_list("metric__slug", flat=True))


def _told(metrics: Collection[str]) -> QuerySet[PublishedValue]:
    return PublishedValue.objects.filter(
        metric__slug__in=metrics, period_kind=Period.MONTH.value, cohort__kind=CohortKind.TEAM,
        superseded_at__isnull=True, withheld="",
    )  # fmt: skip


def _count_people(cohorts: Sequence[Cohort], mondays: Sequence[date]) -> Floats:
    """How many people of each cohort were there through each week, by external ids and teams of each day."""
    rows: dict[str, list[int]] = {}
    for row, cohort in enumerate(
        Cohort.objects.filter(pk__in=[each.pk for each in cohorts]).order_by("slug").prefetch_related("teams")
    ):
        for team in cohort.teams.all():
            rows.setdefault(team.slug, []).append(row)  # fmt: skip
    steps = np.zeros((len(cohorts), len(mondays) + 1))
    for _person, slug, since, until in list_roster_spans():
        first = max(0, -((mondays[0] - since).days // 7)) if since > mondays[0] else 0
        last = len(mondays) if until is None else min(len(mondays), max(0, (until - mondays[0]).days // 7))
        if first < last:
            for row in rows.get(slug, ()):
                steps[row, first] += 1
                steps[row, last] -= 1
    return np.asarray(steps.cumsum(axis=1)[:, :-1])


def _find_known(
    metric: str, cohorts: Sequence[Cohort], mondays: Sequence[date], people: Floats, least: int
) -> NDArray[np.bool_]:
    """Weeks all of whose months are told, of as many people as the limit asks for."""
    told = set(_told([metric]).values_list("cohort_id", "starts_on"))
    months = [{each.replace(day=1), (each + timedelta(days=6)).replace(day=1)} for each in mondays]
    every = sorted(set().union(*months))
    by_month = np.array(
        [[(cohort.pk, month) in told for month in every] for cohort in cohorts], dtype=bool
    ).reshape(len(cohorts), len(every))
    column = {month: at for at, month in enumerate(every)}
    of_weeks = [by_month[:, [column[month] for month in both]].all(axis=1) for both in months]
    return np.asarray(np.stack(of_weeks, axis=1) & (people >= least))  # fmt: skip


def _put_together(
    metric: str, cohorts: Sequence[Cohort], numbers: Sequence[int], mondays: Sequence[date], people: Floats,
    known: NDArray[np.bool_], table: pa.Table,
) -> WeeklyCounts:  # fmt: skip
    row_of = {number: row for row, number in enumerate(numbers)}
    rows = np.array([row_of.get(number, -1) for number in table.column("cohort").to_pylist()], dtype=int)
    at = np.array([(week - mondays[0]).days // 7 for week in table.column("week").to_pylist()], dtype=int)
    kept = (rows >= 0) & (at >= 0)
    counts = {}
    for name in COLUMNS:
        filled = np.zeros(known.shape)
        filled[rows[kept], at[kept]] = table.column(name).to_numpy()[kept]
        counts[name] = np.where(known, filled, 0.0)
    there = people > 0
    began = np.where(there.any(axis=1), there.argmax(axis=1), len(mondays))
    ended = np.where(there.any(axis=1), len(mondays) - there[:, ::-1].argmax(axis=1), len(mondays))
    return WeeklyCounts(
        metric, tuple(each.pk for each in cohorts), tuple(mondays), counts, np.where(known, people, 0.0), known, began, ended,
    )  # fmt: skip
