"""Who may change accounts, roles, the organisation and its cohorts. Being a superuser counts for nothing here."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from charter.rules.vocabulary import Role
from governance.people.models import (
    AccountKind,
    AddressChange,
    GrantedRole,
    Identity,
    Person,
    RoleGrant,
    Token,
    User,
)
from governance.people.queries import is_same_hand
from ground import calendar
from ground.errors import NotPermitted

SYSTEM = "system"


def is_system(user: User) -> bool:
    """Whether this is the account that the product itself acts as."""
    return user.kind == AccountKind.MACHINE and user.username == SYSTEM


def holds(user: User, role: GrantedRole | Role) -> bool:
    """Whether the account holds a role today."""
    return user.is_active and user.role_grants.on(calendar.today()).filter(role=role).exists()


def check_can_administer(user: User) -> None:
    """Raise NotPermitted unless the account is the system's own or holds the administrator's role today."""
    if not is_system(user) and not holds(user, GrantedRole.ADMIN):
        raise NotPermitted(_("Only an administrator may do this. Ask one of them, or to be made one."))


def can_administer(user: User) -> bool:
    try:
        check_can_administer(user)
    except NotPermitted:
        return False
    return True


def is_last_administrator(user: User) -> bool:
    """Whether nobody else in use holds the administrator's role today, and the account does."""
    held = RoleGrant.objects.on(calendar.today()).filter(role=GrantedRole.ADMIN, user__is_active=True)
    return set(held.values_list("user", flat=True)) == {user.pk}


def check_can_grant(by: User, *, to: User) -> None:
    """Raise NotPermitted where `by` is no administrator, or would raise themself."""
    check_can_administer(by)
    if by == to:
        raise NotPermitted(_("Nobody gives a role to themself. Ask another administrator."))


def check_can_give_identity(by: User, *, to: Person | None, before: Collection[Identity]) -> None:
    """Raise NotPermitted where `by` is no administrator, is the person themself, or would move a name alone.

    `before` are the rows in which that name was somebody else's: whoever gave it to them or took it from them cannot give it
    to another, since one's own values follow one's names.
    """
    check_can_administer(by)
    if to is not None and by.person_id == to.pk:
        raise NotPermitted(_("Nobody gives a name to themself. Ask another administrator."))
    if any(by.pk in {row.given_by_id, row.ended_by_id} for row in before):
        raise NotPermitted(
            _(
                "This name was somebody else’s. Another administrator than who gave or ended it has to give it."
            )
        )


def check_can_set_password(by: User, *, of: User) -> None:
    """Raise NotPermitted unless it is one's own password, or `by` is an administrator."""
    if by != of:
        check_can_administer(by)


def check_can_propose_address(by: User, *, of: User) -> None:
    """Raise NotPermitted unless `by` is an administrator, and the account another's: one's own is confirmed by its mailbox."""
    check_can_administer(by)
    if by == of:
        raise NotPermitted(_("Change your own address on its page, by your password and a link to it."))


def check_can_confirm_address(by: User, change: AddressChange) -> None:
    """Raise NotPermitted unless `by` is a second administrator: whoever reads an account’s mails can sign in to it."""
    check_can_confirm_as_second(by, asked_by=change.asked_by_id, of=(change.user_id,))


def check_can_confirm_as_second(by: User, *, asked_by: UUID, of: Collection[UUID]) -> None:
    """Raise NotPermitted unless `by` is an administrator, another one than asked, and none whose account it is about."""
    if not holds(by, GrantedRole.ADMIN):
        raise NotPermitted(_("Only an administrator may do this. Ask one of them, or to be made one."))
    if by.pk in {asked_by, *of}:
        raise NotPermitted(
            _(
                "A second administrator confirms this, who neither asked for it nor is whom it is about. Ask another one."
            )
        )


def can_confirm_address(by: User, change: AddressChange) -> bool:
    try:
        check_can_confirm_address(by, change)
    except NotPermitted:
        return False
    return True


def check_can_drop_address(by: User, change: AddressChange) -> None:
    """Raise NotPermitted unless it is of one's own account, or `by` is an administrator."""
    if by.pk != change.user_id:
        check_can_administer(by)


def check_can_end_sessions(by: User, *, of: User) -> None:
    """Raise NotPermitted unless they are one's own, or `by` is an administrator."""
    if by != of:
        check_can_administer(by)


def check_can_make_token(by: User, *, of: User) -> None:
    """Raise NotPermitted unless it is one's own, or that of a machine which one answers for."""
    own = by == of and by.kind == AccountKind.HUMAN
    if not by.is_active or not (own or _owns(by, of)):
        raise NotPermitted(
            _("One makes tokens for oneself, and for machines that one answers for. Ask whoever does.")
        )


def check_can_confirm_token(by: User, token: Token) -> None:
    """Raise NotPermitted unless `by` holds the administrator's role and is another than who made a machine's token."""
    if not holds(by, GrantedRole.ADMIN):
        raise NotPermitted(_("Only an administrator may do this. Ask one of them, or to be made one."))
    if any(is_same_hand(each, by) for each in (token.made_by_id, token.user.owner_id)):
        raise NotPermitted(_("A second administrator confirms a machine’s token. Ask another one."))


def can_confirm_token(by: User, token: Token) -> bool:
    try:
        check_can_confirm_token(by, token)
    except NotPermitted:
        return False
    return True


def check_can_revoke_token(by: User, token: Token) -> None:
    """Raise NotPermitted unless it is one's own, a machine's that one answers for, or `by` administers machines."""
    of_a_machine = token.user.kind == AccountKind.MACHINE
    if by != token.user and not _owns(by, token.user) and not (of_a_machine and can_administer(by)):
        raise NotPermitted(
            _("A token is revoked by whose it is; a machine’s by its owner or an administrator.")
        )


def _owns(by: User, machine: User) -> bool:
    return machine.kind == AccountKind.MACHINE and machine.owner_id == by.pk
