"""Break-glass accounts: named by an administrator, told to the board, and every sign-in to one told at once."""

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.board.queries import list_holders
from governance.directory.events import BreakGlassEnded, BreakGlassKept, BreakGlassUsed
from governance.directory.models import BreakGlass
from governance.notices.services import notify
from governance.people import permissions as people_permissions
from governance.people.models import AccountKind, GrantedRole, RoleGrant, User
from ground import calendar, clock, records
from ground.errors import BadInput, NotFound


@transaction.atomic(durable=True)
def keep_break_glass(*, user: User, by: User) -> BreakGlass:
    """Keep an account for when nothing else lets anybody in. The board is told.

    Raises NotPermitted unless `by` is an administrator; BadInput for a machine's, and for one that is closed or has no password.
    """
    people_permissions.check_can_administer(by)
    if user.kind != AccountKind.HUMAN or not user.is_active or not user.has_usable_password():
        raise BadInput(_("A break-glass account is in use, no machine’s, and has a password."), field="user")
    kept = records.insert(BreakGlass(user=user, kept_by=by))
    ledger.append(BreakGlassKept(kept=kept.pk, user=user.pk), by=by.actor)
    text = _("“%(name)s” signs in by password whatever else is off. You are told whenever it does.")
    _tell(_("An account is kept as break-glass"), text % {"name": user.name}, once=f"kept {kept.pk}", by=by)
    return kept


@transaction.atomic(durable=True)
def end_break_glass(*, kept: BreakGlass, by: User) -> None:
    """Keep it so no more. Raises NotPermitted, and NotFound where it is gone already."""
    people_permissions.check_can_administer(by)
    ended = BreakGlassEnded(kept=kept.pk, user=kept.user_id)
    if not BreakGlass.objects.filter(pk=kept.pk).delete()[0]:
        raise NotFound(_("This is no break-glass account any more."))
    ledger.append(ended, by=by.actor)


@transaction.atomic
def tell_of_use(*, user: User) -> bool:
    """Tell the board and administrators that an account was signed in to, where it is kept as break-glass; gives whether it is."""
    if not BreakGlass.objects.filter(user=user).exists():
        return False
    ledger.append(BreakGlassUsed(user=user.pk), by=user.actor)
    text = _(
        "“%(name)s” signed in at %(at)s UTC. If nobody told you why, ask at once: an administrator can end its sessions."
    )
    at = clock.now()
    said = text % {"name": user.name, "at": f"{at:%Y-%m-%d %H:%M}"}
    _tell(_("A break-glass account was used"), said, once=f"used {user.pk} {at.isoformat()}", by=user)
    return True


def _tell(subject: str, text: str, *, once: str, by: User) -> None:
    today = calendar.today()
    granted = RoleGrant.objects.on(today).filter(role__in=[GrantedRole.ADMIN, GrantedRole.BOARD_MEMBER])
    told = set(list_holders(today)) | set(User.objects.filter(is_active=True, role_grants__in=granted))
    for account in sorted(told, key=lambda each: each.pk):
        notify(
            to=account,
            kind="directory.break_glass",
            subject=subject,
            text=text,
            path="/directory/break-glass",
            once=once,
            by=by,
        )
