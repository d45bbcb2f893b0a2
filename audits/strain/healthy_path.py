"""The healthy path of teams: what goes well, for recognition and never for a ranking (S120, S121). Reads.

Only what went well is said. What did not, and what nobody knows, are told alike: nothing is said of it, and no team stands before another.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from audits.strain import queries
from audits.strain.judging import SignalFinding
from audits.strain.limits import STEADY_MONTHS
from audits.strain.models import TeamRecognition, TeamSignal
from audits.strain.signals import SignalKind
from audits.strain.states import PathItem
from charter.measures.models import PublishedValue
from charter.rules.vocabulary import Period
from governance.people.models import Cohort

DELIVERY = "deployment-frequency"
# Which quiet signals say that an item went well.
_BY_SIGNALS = {
    PathItem.ROTATION: (SignalKind.AFTER_HOURS, SignalKind.ON_CALL),
    PathItem.IN_PROGRESS: (SignalKind.SWITCHING,),
    PathItem.DOWNTIME: (SignalKind.LEAVE,),
}


class TeamPath(NamedTuple):
    """What went well for a team over the last thirteen weeks that are told, and what it was recognised for last."""

    cohort: Cohort
    kept: tuple[PathItem, ...]
    recognition: TeamRecognition | None


def read_paths(cohorts: Sequence[Cohort]) -> list[TeamPath]:
    """What goes well for each team, in the order given, in a number of statements that does not depend on how many."""
    signals, steady = queries.list_newest_signals(cohorts), _find_steady(cohorts)
    newest = {
        each.cohort_id: each
        for each in list_recognitions().filter(cohort__in=cohorts).order_by("published_at", "id")
    }
    return [
        TeamPath(each, tuple(_find_kept(signals[each.pk], each.pk in steady)), newest.get(each.pk))
        for each in cohorts
    ]


def list_recognitions() -> QuerySet[TeamRecognition]:
    """Recognitions as they were published, newest first."""
    return TeamRecognition.objects.select_related("cohort").order_by("-published_at", "-id")


def _find_kept(signals: Sequence[TeamSignal], steady: bool) -> list[PathItem]:
    findings = {each.signal: each.finding for each in signals}
    kept = []
    for item in PathItem:
        said = [findings.get(each.value) for each in _BY_SIGNALS.get(item, ())]
        heard = [each for each in said if each not in (None, SignalFinding.UNTOLD)]
        if (item is PathItem.STEADY and steady) or (heard and set(heard) == {SignalFinding.QUIET}):
            kept.append(item)
    return kept


def _find_steady(cohorts: Sequence[Cohort]) -> set[UUID]:
    """Teams of which each of the last months that are told has a delivery: that something was delivered, never how much."""
    months: dict[UUID, list[PublishedValue]] = {}
    rows = PublishedValue.objects.filter(
        metric__slug=DELIVERY, cohort__in=cohorts, period_kind=Period.MONTH.value, superseded_at__isnull=True, withheld=""
    )  # fmt: skip
    for each in rows.order_by("-starts_on"):
        months.setdefault(each.cohort_id, []).append(each)
    return {
        cohort
        for cohort, values in months.items()
        if len(values) >= STEADY_MONTHS and all((each.value or 0) > 0 for each in values[:STEADY_MONTHS])
    }
