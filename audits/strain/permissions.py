"""Who sees strain of which team, who acts on it, and who is asked. Nobody sees strain of a person by any of it (S114)."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from audits.strain.models import StrainAlert, StrainReport, TradeOff
from audits.strain.states import UNDER_WAY
from charter.rules.vocabulary import Role
from governance.board.permissions import sits
from governance.people.models import AccountKind, Cohort, GrantedRole, User
from governance.people.permissions import can_administer, holds, is_system
from governance.people.queries import is_same_hand, read_cohorts_asked
from ground import calendar
from ground.errors import DomainError, NotPermitted

LEADS = frozenset({Role.MANAGER, Role.VALUE_STREAM_LEAD})
OF_THE_TEAM = LEADS | {Role.TEAM_MEMBER}


def find_roles(user: User, cohort: Cohort) -> frozenset[Role]:
    """The roles that an account holds over a team today."""
    asked = read_cohorts_asked([cohort.slug], user=user, on=calendar.today()).get(cohort.slug)
    return asked.roles if asked else frozenset()


def sees_all(user: User) -> bool:
    """Whether the account sees strain of every team: HR and leadership, which answer for all of them."""
    return holds(user, GrantedRole.HR) or holds(user, GrantedRole.LEADERSHIP)


def check_sees_team(user: User, cohort: Cohort) -> None:
    """Raise NotPermitted unless the account is of the team, leads it, is of HR or leadership, or of a board that strain was put to."""
    if user.kind == AccountKind.HUMAN:
        if sees_all(user) or find_roles(user, cohort) & OF_THE_TEAM:
            return
        if sits(user) and StrainReport.objects.filter(cohort=cohort).exists():
            return
    raise NotPermitted(
        _("The load of a team is seen by the team, those who lead it, HR and leadership; by the board once it was put to it.")
    )  # fmt: skip


def check_tells(user: User) -> None:
    """Raise NotPermitted unless the account is the product's own or an administrator's: signals are told by the clock."""
    if not is_system(user) and not can_administer(user):
        raise NotPermitted(_("Signals of strain are told by the clock, or by an administrator."))


def check_sets_limits(user: User) -> None:
    """Raise NotPermitted unless the account sits on the board or administers: the board decides what load is healthy."""
    if not (sits(user) or can_administer(user)):
        raise NotPermitted(_("Limits of a healthy load are put to the board by its members."))


def check_keeps_playbooks(user: User) -> None:
    """Raise NotPermitted unless the account sits on the board or is of HR."""
    if user.kind != AccountKind.HUMAN or not (sits(user) or holds(user, GrantedRole.HR)):
        raise NotPermitted(_("Playbooks are written, and alerts switched, by the board and HR."))


def check_acts(user: User, alert: StrainAlert) -> None:
    """Raise NotPermitted unless the account owns the alert or is of HR."""
    if user.kind != AccountKind.HUMAN or not (alert.owner_id == user.pk or holds(user, GrantedRole.HR)):
        raise NotPermitted(_("An alert is acted on by its owner, or by HR."))


def check_opens_pulses(user: User) -> None:
    """Raise NotPermitted unless the account is of HR."""
    if user.kind != AccountKind.HUMAN or not holds(user, GrantedRole.HR):
        raise NotPermitted(_("A pulse is opened by HR."))


def check_takes_pulses(user: User) -> None:
    """Raise NotPermitted unless the account is a person's who works here."""
    if user.kind != AccountKind.HUMAN or user.person_id is None:
        raise NotPermitted(_("A pulse asks people who are on a team. Your account is nobody’s of them."))


def check_leads(user: User, cohort: Cohort) -> None:
    """Raise NotPermitted unless the account leads the team."""
    if user.kind != AccountKind.HUMAN or not find_roles(user, cohort) & LEADS:
        raise NotPermitted(_("This is for those who lead the team."))


def check_recognises(user: User, cohort: Cohort) -> None:
    """Raise NotPermitted unless the account leads the team or is of HR."""
    if user.kind == AccountKind.HUMAN and holds(user, GrantedRole.HR):
        return
    check_leads(user, cohort)


def check_trades(user: User, cohort: Cohort) -> None:
    """Raise NotPermitted unless the account is of the team, leads it or is of leadership."""
    if user.kind != AccountKind.HUMAN or not (
        holds(user, GrantedRole.LEADERSHIP) or find_roles(user, cohort) & OF_THE_TEAM
    ):
        raise NotPermitted(
            _("A trade-off is written by product and engineering of the team, or by leadership.")
        )


def check_agrees(user: User, trade: TradeOff) -> None:
    """Raise NotPermitted unless the account may trade for the team and did not write it."""
    check_trades(user, trade.cohort)
    if is_same_hand(trade.written_by_id, user):
        raise NotPermitted(_("Somebody of the other side agrees to it, and not whoever wrote it."))


def can(check: Callable[..., None], *about: object) -> bool:
    """Whether a check lets through."""
    try:
        check(*about)
    except DomainError:
        return False
    return True


def is_under_way(alert: StrainAlert) -> bool:
    """Whether something is still to be done about an alert."""
    return alert.state in UNDER_WAY
