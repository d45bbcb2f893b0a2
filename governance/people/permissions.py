"""Who may change accounts, roles, the organisation and its cohorts. Being a superuser counts for nothing here."""

from django.utils.translation import gettext as _

from governance.people.models import AccountKind, Role, User
from ground import clock
from ground.errors import NotPermitted

SYSTEM = "system"


def is_system(user: User) -> bool:
    """Whether this is the account that the house itself acts as."""
    return user.kind == AccountKind.MACHINE and user.username == SYSTEM


def holds(user: User, role: Role) -> bool:
    """Whether the account holds a role today."""
    return user.is_active and user.role_grants.on(clock.today()).filter(role=role).exists()


def check_can_administer(user: User) -> None:
    """Raise NotPermitted unless the account is the system's own or holds the administrator's role today."""
    if not is_system(user) and not holds(user, Role.ADMIN):
        raise NotPermitted(_("Only an administrator may do this. Ask one of them, or to be made one."))


def can_administer(user: User) -> bool:
    try:
        check_can_administer(user)
    except NotPermitted:
        return False
    return True


def check_can_grant(by: User, *, to: User) -> None:
    """Raise NotPermitted where `by` is no administrator, or would raise themself."""
    check_can_administer(by)
    if by == to:
        raise NotPermitted(_("Nobody gives a role to themself. Ask another administrator."))


def check_can_set_password(by: User, *, of: User) -> None:
    """Raise NotPermitted unless it is one's own password, or `by` is an administrator."""
    if by != of:
        check_can_administer(by)
