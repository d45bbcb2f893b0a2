"""A question that the demo's manager asked of their team, so that the employee finds a look in “who looked”."""

from django.db.models import QuerySet

from charter.registry.models import Metric
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType, Grain, Outcome, Period
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.screens.months import list_closed_months
from governance.decisions.services import answer
from governance.demo.dataset import DataSet
from governance.people.cohorts import find_covering_cohort
from governance.people.models import User
from governance.ui.questions import month_window
from ground import calendar

LOOKED_AT = "lead-time-for-changes"
MONTHS = 3


def list_looks(manager: User) -> QuerySet[DecisionRecord]:
    """What the manager has seen of their team for a retrospective, oldest first."""
    seen = DecisionRecord.objects.filter(actor=manager, verdict=Outcome.PERMIT.value, checked_only=False)
    return seen.filter(use=DecisionType.RETROSPECTIVE.value).order_by("at")


def show(data: DataSet, manager: User) -> None:
    """Ask it once; nothing where the team is reported in no group."""
    looked = list_looks(manager)
    cohort = find_covering_cohort(data.team)
    if cohort is None or looked.exists() or not Metric.objects.filter(slug=LOOKED_AT).exists():
        return
    # The newest month may still take late rows in.
    months = list_closed_months(calendar.today())[1 : MONTHS + 1]
    request = Request(
        decision=DecisionType.RETROSPECTIVE,
        metrics=(LOOKED_AT,),
        grain=Grain.TEAM,
        window=month_window(months[-1], months[0]),
        period=Period.MONTH,
        cohorts=(cohort.slug,),
        reason="Demo: what to talk about in the retrospective.",
    )
    answer(request=request, by=manager, door=Door.SHELL)
