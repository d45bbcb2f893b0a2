"""The writers of tokens of the API, and reads of them. Their last use alone is written where they are used
(`request_rate.py`, and `authentication.py` where Redis counts).

One makes a token for oneself, or for a machine that one answers for; a machine's is worth nothing until a second administrator
has confirmed it. The token itself is given back once and kept nowhere. There is no door to this in the API: a token that could make
tokens would outlive its own end.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.crypto import create_token_string, hash_token

from audits.ledger import services as ledger
from governance.people import passwords, permissions
from governance.people.events import TokenConfirmed, TokenMade, TokenRevoked
from governance.people.models import AccountKind, GrantedRole, Token, User
from governance.people.scopes import LONGEST, Scope
from ground import records
from ground.errors import BadInput, Conflict, NotFound

# Of one account at a time, those that are over not counted.
MOST = 10


@transaction.atomic(durable=True)
def make_token(*, user: User, name: str, scope: Scope, days: int, by: User) -> tuple[Token, str]:
    """Make a token of an account, valid for some days (1 to 90); gives what is kept of it, and the token itself.

    Raises NotPermitted unless it is one's own or that of a machine which one answers for, BadInput naming the field, and
    Conflict where the account has ten already. Those that are over are removed.
    """
    permissions.check_can_make_token(by, of=user)
    _check(user, scope, days)
    _make_room(user)
    secret: str = create_token_string()
    now = timezone.now()
    token = Token(
        digest=hash_token(secret),
        user=user,
        name=" ".join(name.split()),
        scope=scope,
        made_at=now,
        expires_at=now + timedelta(days=days),
        made_by=by,
        **passwords.make_columns(secret, user, scope),
    )
    records.insert(token)
    made = TokenMade(
        token=token.pk, user=user.pk, name=token.name, scope=token.scope, expires_at=token.expires_at
    )
    ledger.append(made, by=by.actor)
    return token, secret


@transaction.atomic(durable=True)
def confirm_token(*, token: Token, by: User) -> Token:
    """Confirm a machine's token as a second administrator; from then on it is worth something.

    Raises NotPermitted, and Conflict where there is nothing to confirm.
    """
    permissions.check_can_confirm_token(by, token)
    token = _locked(token)
    if not token.waits or token.is_over:
        raise Conflict(_("This token waits for nobody any more."))
    token.confirmed_by, token.confirmed_at = by, timezone.now()
    token.save(update_fields=["confirmed_by", "confirmed_at"])
    ledger.append(TokenConfirmed(token=token.pk, user=token.user_id), by=by.actor)
    return token


@transaction.atomic(durable=True)
def revoke_token(*, token: Token, by: User) -> None:
    """Revoke a token: the next request with it is refused. Raises NotPermitted, and NotFound where it is gone already."""
    permissions.check_can_revoke_token(by, token)
    token = _locked(token)
    revoked = TokenRevoked(token=token.pk, user=token.user_id)
    token.delete()
    ledger.append(revoked, by=by.actor)


def list_tokens(by: User) -> QuerySet[Token]:
    """The tokens that an account may revoke or confirm: its own, its machines', and as an administrator all machines'."""
    seen = Q(user=by) | Q(user__owner=by)
    if permissions.holds(by, GrantedRole.ADMIN):
        seen |= Q(user__kind=AccountKind.MACHINE)
    return Token.objects.filter(seen).select_related("user", "made_by", "confirmed_by")


def list_own_first(by: User) -> QuerySet[Token]:
    """The same, one's own before those of machines, the newest of each first."""
    is_machines = ExpressionWrapper(~Q(user=by), output_field=BooleanField())
    return list_tokens(by).annotate(is_machines=is_machines).order_by("is_machines", "-made_at", "-pk")


def get_token(key: UUID, *, by: User) -> Token:
    """One of these by its key; NotFound for any other, whether there is one or not."""
    found = list_tokens(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such token among yours."))
    return found


def is_valid(secret: str, *, of: User) -> bool:
    """Whether this is a token of the account that is not over."""
    return Token.objects.filter(user=of, digest=hash_token(secret), expires_at__gt=timezone.now()).exists()


def _locked(token: Token) -> Token:
    found = Token.objects.select_for_update(of=("self",)).select_related("user").filter(pk=token.pk).first()
    if found is None:
        raise NotFound(_("There is no such token among yours."))
    return found


def _check(user: User, scope: Scope, days: int) -> None:
    if not 1 <= days <= LONGEST.days:
        raise BadInput(_("A token lasts 1 to %(most)s days.") % {"most": LONGEST.days}, field="days")
    if user.kind == AccountKind.MACHINE and scope == Scope.BOARD:
        raise BadInput(_("A machine does no work of the board. Choose a narrower scope."), field="scope")
    if user.kind != AccountKind.MACHINE and scope == Scope.ACCOUNTS:
        raise BadInput(
            _("Only a machine, the directory, writes accounts and groups. Choose another scope."),
            field="scope",
        )


def _make_room(user: User) -> None:
    """Remove the account's tokens that are over. Two who make one at once wait for each other here."""
    User.objects.select_for_update().get(pk=user.pk)
    Token.objects.filter(user=user, expires_at__lte=timezone.now()).delete()
    if Token.objects.filter(user=user).count() >= MOST:
        raise Conflict(
            _("This account has %(most)s tokens. Revoke one that is not used any more.") % {"most": MOST}
        )
