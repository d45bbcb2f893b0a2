"""Telling signals: the weeks of all teams, as far as their months are told, against the limits of their kind."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction

from audits.ledger import services as ledger
from audits.strain import judging, permissions, queries
from audits.strain.events import SignalsTold
from audits.strain.judging import JudgedWeeks
from audits.strain.limits import WEEKS_READ
from audits.strain.models import TeamSignal
from audits.strain.signals import SHORT_REST_DAYS, SIGNALS, SignalKind
from audits.strain.team_weeks import pick_teams, read_weeks
from charter.measures.weekly import WeeklyCounts, read_weeks_told
from governance.people.models import Cohort, User

_BATCH = 2_000


def tell_signals(*, through: date | None = None, by: User) -> int:
    """Hold the newest weeks of all teams against the limits of their kind; gives how many signals were told anew.

    `through` holds weeks before that day against them instead, as for what was missed. Raises NotPermitted, and Unavailable where the warehouse fails.
    """
    permissions.check_tells(by)
    limits, kinds = queries.read_limits(), _read_kinds()
    signal_of = {definition.metric: signal for signal, definition in SIGNALS.items()}
    made = [
        each
        for weekly in read_weeks_told(
            queries.METRICS, weeks=WEEKS_READ, short=SHORT_REST_DAYS, through=through
        )
        for each in _judge(signal_of[weekly.metric], weekly, limits, kinds)
    ]
    return _keep(made, by)


@transaction.atomic(durable=True)
def _keep(made: list[TeamSignal], by: User) -> int:
    if not made:
        return 0
    ends_on = made[0].ends_on
    known = set(TeamSignal.objects.filter(ends_on=ends_on).values_list("cohort_id", "signal"))
    anew = [each for each in made if (each.cohort_id, each.signal) not in known]
    TeamSignal.objects.bulk_create(anew, batch_size=_BATCH)
    ledger.append(SignalsTold(through=ends_on, told=len(anew)), by=by.actor)
    return len(anew)


def _read_kinds() -> dict[UUID, str]:
    """The kind of each team; of several that are reported together, that of the first by name."""
    kinds: dict[UUID, str] = {}
    for cohort, kind in (
        Cohort.objects.filter(retired_at__isnull=True)
        .order_by("teams__slug")
        .values_list("pk", "teams__context_class")
    ):
        kinds.setdefault(cohort, kind or "")
    return kinds


def _judge(
    signal: SignalKind, weekly: WeeklyCounts, limits: dict[str, dict[str, float]], kinds: dict[UUID, str]
) -> Iterator[TeamSignal]:
    """Signals of the teams whose kind has a limit for this signal."""
    definition = SIGNALS[signal]
    set_to = [limits.get(kinds.get(each, ""), {}).get(signal.value) for each in weekly.cohorts]
    chosen = np.array([at for at, limit in enumerate(set_to) if limit is not None], dtype=int)
    if not len(chosen):
        return
    weeks = read_weeks(
        weekly.counts[definition.counted.value],
        weekly.person_weeks,
        known=weekly.known,
        began=weekly.began,
        ended=weekly.ended,
    )
    against = np.array([set_to[at] for at in chosen], dtype=float)
    judged = judging.judge_weeks(pick_teams(weeks, chosen), against, definition.strained_by)
    for at, each in zip(chosen, judged, strict=True):
        yield _make(signal, weekly, int(at), each)


def _make(signal: SignalKind, weekly: WeeklyCounts, at: int, judged: JudgedWeeks) -> TeamSignal:
    return TeamSignal(
        cohort_id=weekly.cohorts[at],
        signal=signal.value,
        ends_on=weekly.weeks[-1] + timedelta(days=7),
        finding=judged.finding.value,
        judged_by=judged.by.value,
        since=None if judged.since is None else weekly.weeks[judged.since],
        over=judged.over,
        known=judged.known,
        lasting=judged.lasting,
        why=judged.why,
        weeks=judged.weeks,
    )
