"""Who may start, end and say something of a pilot. Being a superuser counts for nothing here."""

from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.board.models import Pilot
from governance.board.permissions.cases import sits
from governance.board.states import PILOT_TRANSITIONS, PilotState
from governance.people.models import Membership, User
from governance.people.permissions import is_system
from ground import calendar
from ground.errors import Conflict, NotPermitted


def check_can_start_some_pilot(user: User) -> None:
    """Raise NotPermitted unless there may be a metric of which the account starts a pilot."""
    if not (sits(user) or user.metrics.exists() or is_system(user)):
        raise NotPermitted(_("Only the board or the metric's owner starts a pilot."))


def check_can_start_pilot(user: User, version: CharterVersion) -> None:
    """Raise unless the account sits on the board or owns the metric, and the board let the charter be tried out."""
    if not (sits(user) or version.metric.owner_id == user.pk or is_system(user)):
        raise NotPermitted(_("Only the board or the metric's owner starts a pilot."))
    if version.standing != StandingChoices.PILOT:
        raise Conflict(
            _("The board has not let this charter be tried out. A case with that condition does."),
            code="not_in_pilot",
        )


def is_of_team(user: User, cohort: str) -> bool:
    """Whether the account's person belongs to one of the cohort's teams today."""
    today = calendar.today()
    teams = Membership.objects.on(today).filter(person=user.person_id, team__cohorts__slug=cohort)
    return user.person_id is not None and teams.exists()


def check_can_end_pilot(user: User, pilot: Pilot) -> None:
    """Raise unless it runs and the account sits on the board, owns the metric or is of the team: consent can end."""
    if not (
        sits(user)
        or is_system(user)
        or pilot.charter_version.metric.owner_id == user.pk
        or is_of_team(user, pilot.cohort)
    ):
        raise NotPermitted(_("Only the board, the metric's owner or somebody of the team ends a pilot."))
    PILOT_TRANSITIONS.check(pilot.state, PilotState.ENDED)


def check_can_write_exit(user: User, pilot: Pilot) -> None:
    """Raise unless the pilot has ended and the account sits on the board or owns the metric (S129)."""
    if not (sits(user) or pilot.charter_version.metric.owner_id == user.pk):
        raise NotPermitted(_("Only the board or the metric's owner writes down what a pilot taught."))
    if pilot.state != PilotState.ENDED:
        raise Conflict(_("This pilot still runs. Write this when it has ended."), code="pilot_runs")
    if hasattr(pilot, "exit"):
        raise Conflict(_("This is written already."), code="already_written")


def check_can_answer_survey(user: User, pilot: Pilot) -> None:
    """Raise unless the account is of the pilot's team, the pilot has begun, and the survey is open (S130)."""
    if not user.is_active or not is_of_team(user, pilot.cohort):
        raise NotPermitted(_("Only the team that tried it out is asked."))
    if calendar.today() < pilot.starts_on:
        raise Conflict(_("This pilot has not begun."), code="pilot_not_begun")
    if hasattr(pilot, "exit"):
        raise Conflict(_("The survey is over: what it said is published."), code="survey_over")
