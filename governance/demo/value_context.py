"""What bears on the demo's values, and a question kept: a note, a hold and a view, so that their pages show some.

Made through the services, each where it is missing. Their words say that they are made up, as data may be real.
"""

from collections.abc import Mapping
from datetime import date

from dateutil.relativedelta import relativedelta

from charter.registry.models import Metric
from charter.rules.vocabulary import ContextKind, DecisionType, Grain
from governance.decisions import services as decisions
from governance.decisions.models import ContextNote, Hold
from governance.decisions.states import HoldCause, NoteState
from governance.demo.dataset import DataSet
from governance.people.models import Cohort, Team, User
from governance.saved_views import services as views
from governance.saved_views.models import SavedView, ViewClass
from ground import calendar

HELD = "cycle-time"
KEPT = ("lead-time-for-changes", "change-failure-rate")
NOTE = "Demo: builds moved to new runners, and changes waited for them."
REVIEW = "Demo: a week's changes were counted twice; the source is being put right."


def show(data: DataSet, accounts: Mapping[str, User]) -> None:
    """A confirmed note and values under review in the last closed month, and a view of the manager's team."""
    month = calendar.today().replace(day=1) - relativedelta(months=1)
    _note(data, accounts, month)
    _hold(data, accounts, month)
    _view(data, accounts["manager"])


def _note(data: DataSet, accounts: Mapping[str, User], month: date) -> None:
    """What the manager says of the team, and HR confirms."""
    team = Team.objects.get(slug=data.team)
    note = ContextNote.objects.filter(team=team, says=NOTE).first() or decisions.propose_note(
        kind=ContextKind.MIGRATION,
        team=team,
        starts_on=month + relativedelta(days=6),
        ends_on=month + relativedelta(days=13),
        says=NOTE,
        by=accounts["manager"],
    )
    if note.state is NoteState.PROPOSED:
        decisions.confirm_note(note=note, by=accounts["hr"])


def _hold(data: DataSet, accounts: Mapping[str, User], month: date) -> None:
    """What the metric's owner puts under review: the team's values, or all where it is in a merged cohort."""
    metric = Metric.objects.get(slug=HELD)
    if not Hold.objects.filter(metric=metric, reason=REVIEW).exists():
        decisions.place_hold(
            metric=metric,
            cohort=_cohort(data),
            starts_on=month,
            ends_on=month + relativedelta(months=1),
            cause=HoldCause.DATA_QUALITY,
            reason=REVIEW,
            by=accounts["owner"],
        )


def _view(data: DataSet, manager: User) -> None:
    """The question that the manager asks before each retrospective; none where the team is in a merged cohort."""
    cohort, slug = _cohort(data), f"delivery-of-{data.team}"
    if cohort is None or SavedView.objects.filter(slug=slug).exists():
        return
    views.make_view(
        slug=slug,
        name=f"Delivery of {data.team}",
        purpose="Demo: to open each retrospective with how changes went.",
        view_class=ViewClass.DIAGNOSTIC,
        decision=DecisionType.RETROSPECTIVE,
        grain=Grain.TEAM,
        metrics=[Metric.objects.get(slug=each) for each in KEPT],
        cohorts=[cohort.slug],
        by=manager,
    )


def _cohort(data: DataSet) -> Cohort | None:
    return Cohort.objects.filter(slug=f"team:{data.team}", retired_at__isnull=True).first()
