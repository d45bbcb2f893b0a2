"""Who may start what in this room."""

from django.utils.translation import gettext as _

from governance.people.models import AccountKind, Role, User
from ground import clock
from ground.errors import NotPermitted


def check_can_publish(user: User) -> None:
    """Raise NotPermitted unless this is a machine's account or holds the role of administrator today."""
    if not user.is_active:
        raise NotPermitted(_("This account is closed."))
    if user.kind == AccountKind.MACHINE or _is_administrator(user):
        return
    raise NotPermitted(_("Only the system and administrators may start the publishing of values."))


def _is_administrator(user: User) -> bool:
    today = clock.today()
    grants = user.role_grants.filter(role=Role.ADMIN, valid_from__lte=today)
    return any(grant.valid_to is None or grant.valid_to > today for grant in grants)
