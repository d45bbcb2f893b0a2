"""Who may ask a team whether it agrees to a charter, and who answers."""

from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import UseCondition
from governance.board import consents
from governance.board.models import TeamConsent
from governance.board.permissions.cases import sits
from governance.board.permissions.pilots import is_of_team
from governance.people.models import Cohort, CohortKind, User
from governance.people.permissions import is_system
from ground import calendar
from ground.errors import BadInput, Conflict, NotPermitted


def check_can_ask_some_team(user: User) -> None:
    """Raise NotPermitted unless there may be a charter of which the account asks a team."""
    if not (sits(user) or user.metrics.exists() or is_system(user)):
        raise NotPermitted(_("Only the board or the metric's owner asks a team whether it agrees."))


def check_can_ask_of(user: User, version: CharterVersion) -> None:
    """Raise unless the account sits on the board or owns the metric, and the charter asks for a team's consent."""
    if not (sits(user) or version.metric.owner_id == user.pk or is_system(user)):
        raise NotPermitted(_("Only the board or the metric's owner asks a team whether it agrees."))
    if version.standing == StandingChoices.PILOT:
        return
    if version.standing != StandingChoices.ACTIVE or not wants_consent(version):
        raise Conflict(_("This charter asks for no team's consent now."), code="no_consent_needed")


def check_can_ask_for_consent(user: User, version: CharterVersion, cohort: str) -> None:
    """Raise unless the account may ask this team: one that is registered, and as large as the smallest group."""
    check_can_ask_of(user, version)
    if not Cohort.objects.filter(slug=cohort, kind=CohortKind.TEAM, retired_at__isnull=True).exists():
        raise BadInput(_("There is no team cohort called “%(slug)s”.") % {"slug": cohort}, field="cohort")
    smallest = version.metric.programme.minimum_group
    if len(consents.list_members(cohort, calendar.today())) < smallest:
        raise BadInput(
            _("This team is smaller than the smallest group, so that each answer could be told."),
            field="cohort",
            code="too_few",
        )


def wants_consent(version: CharterVersion) -> bool:
    """Whether a charter allows some use only with the consent of the team."""
    allowed = version.document.get("which_decisions", {}).get("allowed", [])
    return any(UseCondition.CONSENT in use.get("conditions", []) for use in allowed)


def check_can_answer_consent(user: User, consent: TeamConsent) -> None:
    """Raise unless the account is of the team, and the answer still counts: while it is asked, or while it holds."""
    if not user.is_active or not is_of_team(user, consent.cohort):
        raise NotPermitted(_("Only the team that is asked answers."))
    if consent.withdrawn_at is not None:
        raise Conflict(_("This consent was withdrawn. It is asked for anew."), code="consent_withdrawn")
    if consent.given_at is None and calendar.today() >= consent.answer_by:
        raise Conflict(_("The time to answer is over."), code="consent_over")
