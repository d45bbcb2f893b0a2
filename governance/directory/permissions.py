"""Who says which group gives which role, and who ends what binds an account. Being a superuser counts for nothing."""

from django.conf import settings
from django.utils.translation import gettext as _

from governance.directory.models import BreakGlass, GroupMapping
from governance.people.models import AccountKind, GrantedRole, User
from governance.people.permissions import check_can_administer, holds
from ground.errors import NotFound, NotPermitted


def check_is_there() -> None:
    """Raise NotFound where the organisation signs nobody in here."""
    if not settings.DIRECTORY.is_there:
        raise NotFound(_("Your organisation’s sign-in is not connected here."))


def check_can_see_mappings(user: User) -> None:
    """Raise NotPermitted unless the account is an administrator's or a member's of the board, who is to know of them."""
    if not (holds(user, GrantedRole.ADMIN) or holds(user, GrantedRole.BOARD_MEMBER)):
        raise NotPermitted(_("Administrators and members of the board see which group gives which role."))


def check_can_propose_mapping(user: User) -> None:
    """Raise NotPermitted unless the account is an administrator's."""
    check_can_administer(user)


def check_can_provision(by: User) -> None:
    """Raise NotPermitted unless it is a machine for which an administrator answers: the organisation's directory."""
    owner = by.owner
    if by.kind != AccountKind.MACHINE or owner is None or not holds(owner, GrantedRole.ADMIN):
        raise NotPermitted(
            _("Only a machine whose owner is an administrator writes accounts and groups of the directory.")
        )


def is_break_glass(user: User) -> bool:
    """Whether the account is kept for when nothing else lets anybody in."""
    return BreakGlass.objects.filter(user=user).exists()


def may_use_password(user: User) -> bool:
    """Whether the account signs in by password: any, unless the installation keeps that for break-glass accounts."""
    return not settings.DIRECTORY.passwords_are_kept or is_break_glass(user)


def check_can_confirm_mapping(user: User, mapping: GroupMapping) -> None:
    """Raise NotPermitted unless `user` is a second one, an administrator or a member of the board."""
    check_can_see_mappings(user)
    if user.pk == mapping.proposed_by_id:
        raise NotPermitted(
            _("Another one than who proposed it confirms it: a second administrator, or the board.")
        )


def can_confirm_mapping(user: User, mapping: GroupMapping) -> bool:
    try:
        check_can_confirm_mapping(user, mapping)
    except NotPermitted:
        return False
    return True


def check_can_end_mapping(user: User) -> None:
    """Raise NotPermitted unless the account is an administrator's or a member's of the board: less is always allowed to both."""
    check_can_see_mappings(user)
