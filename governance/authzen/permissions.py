"""Who says which machines may ask for others, and for whom a caller may ask. Being a superuser counts for nothing."""

from django.utils.translation import gettext as _

from governance.authzen.models import EnforcementPoint
from governance.people.models import AccountKind, GrantedRole, User
from governance.people.permissions import holds
from ground.errors import NotPermitted


def check_can_keep_points(user: User) -> None:
    """Raise NotPermitted unless the account is an administrator's or a member's of the board."""
    if not (holds(user, GrantedRole.ADMIN) or holds(user, GrantedRole.BOARD_MEMBER)):
        raise NotPermitted(
            _("Administrators and members of the board say which machines may ask for others.")
        )


def check_can_register_point(user: User, *, client: User) -> None:
    """Raise NotPermitted where the account may not, answers for the machine itself, or the client is nobody's machine."""
    check_can_keep_points(user)
    if client.kind != AccountKind.MACHINE or client.owner_id is None:
        raise NotPermitted(_("Only a machine for which somebody answers can ask for others."))
    if client.owner_id == user.pk:
        raise NotPermitted(_("Nobody lets their own machine ask for others. Ask another administrator."))


def check_can_name(caller: User, point: EnforcementPoint | None, *, subject: User | None) -> None:
    """Raise NotPermitted unless the subject is whoever asks, or a registered enforcement point asks.

    The sentence is the same whether there is such a subject or not.
    """
    if point is None and (subject is None or subject.pk != caller.pk):
        raise NotPermitted(
            _(
                "The subject is whose token it is. Only a registered enforcement point asks for others; "
                "an administrator or the board registers one."
            ),
            field="subject",
            code="not_the_subject",
        )
