"""Who may publish a course, take it, and see who is ready. Being a superuser counts for nothing here."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from charter.rules.vocabulary import Role as Word
from governance.people.models import AccountKind, GrantedRole, User
from governance.people.permissions import is_system
from governance.training.models import Attempt
from ground import calendar
from ground.errors import DomainError, NotFound, NotPermitted

PUBLISH = (GrantedRole.HR, GrantedRole.BOARD_MEMBER, GrantedRole.ADMIN)
SEE_NAMES = (GrantedRole.HR, GrantedRole.BOARD_MEMBER, GrantedRole.AUDITOR)
SEE_COUNTS = (*SEE_NAMES, GrantedRole.ADMIN)
# Who looks at other people's values by role, and so is asked to take the course. Everybody else may.
ASKED = frozenset({Word.MANAGER, Word.VALUE_STREAM_LEAD, Word.LEADERSHIP, Word.HR, Word.BOARD_MEMBER})


def check_can_publish_course(user: User) -> None:
    """Raise NotPermitted unless the account is HR's, on the board, or an administrator's."""
    if not is_system(user) and not _holds_one(user, PUBLISH):
        raise NotPermitted(
            _("Only HR, the review board and administrators publish a course. Ask one of them.")
        )


def can_publish_course(user: User) -> bool:
    return _may(check_can_publish_course, user)


def check_can_take(user: User) -> None:
    """Raise NotPermitted unless the account is a person's: a machine knows no rules, whoever runs it does."""
    if not user.is_active or user.kind != AccountKind.HUMAN:
        raise NotPermitted(_("Only people take the course. Sign in with an account of your own."))


def can_take(user: User) -> bool:
    return _may(check_can_take, user)


def check_can_see_attempt(user: User, attempt: Attempt) -> None:
    """Raise NotFound unless it is the account's own: to everybody else, whatever their role, it is not there."""
    if not user.is_active or attempt.user_id != user.pk:
        raise NotFound(_("There is no such attempt among yours."), code="attempt_not_found")


def check_can_see_names(user: User) -> None:
    """Raise NotPermitted unless the account may see which managers are not ready: HR, the board, auditors (S54, S59)."""
    if not _holds_one(user, SEE_NAMES):
        raise NotPermitted(
            _("Which managers have not acknowledged the rules is for HR, the review board and auditors.")
        )


def can_see_names(user: User) -> bool:
    return _may(check_can_see_names, user)


def check_can_see_counts(user: User) -> None:
    """Raise NotPermitted unless the account may see how many managers are ready: administrators too, without names."""
    if not _holds_one(user, SEE_COUNTS):
        raise NotPermitted(
            _("How many managers are ready is for HR, the review board, auditors and administrators.")
        )


def _holds_one(user: User, roles: tuple[GrantedRole, ...]) -> bool:
    return user.is_active and user.role_grants.on(calendar.today()).filter(role__in=roles).exists()


def _may(check: Callable[[User], None], user: User) -> bool:
    try:
        check(user)
    except DomainError:
        return False
    return True
