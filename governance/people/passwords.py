"""Tokens where they are typed as a password: at the SQL door, by SCRAM, which never sends them.

All tokens of an account share a salt, since the other side is told it before we know which of them it has. An account that is not
there, or has none, is challenged as any other, so that nobody learns names here.
"""

import hmac
import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from governance.people import request_rate
from governance.people.authentication import note_use
from governance.people.data_versions import PEOPLE, TOKENS
from governance.people.models import Token, User
from governance.people.scopes import Scope
from ground import counts, data_versions, scram, texts
from ground.data_versions import Versions, cached
from ground.errors import TooMuch, Unauthenticated
from ground.scram import ScramVerifier
from ground.spent import Spent

_KEY = "coalesce((SELECT 'account ' || user_id FROM people_token WHERE id = %(token)s::uuid), 'no account')"


class PasswordChallenge(Struct, frozen=True):
    """What a name is challenged with, and the tokens by whose verifiers its proof may be checked."""

    salt: bytes
    tokens: tuple[UUID, ...]
    verifiers: tuple[ScramVerifier, ...]


def make_columns(secret: str, user: User, scope: Scope) -> dict[str, Any]:
    """What is kept of a new token to check it as a password; nothing of one that may only read."""
    if scope not in Scope.values or not Scope(scope).covers(Scope.ASK):
        return {}  # one that is no scope is refused with its field
    salt = _find_salt(user) or secrets.token_bytes(scram.SALT_BYTES)
    made = scram.make_verifier(secret, salt)
    return {"salt": salt, "stored_key": made.stored_key, "server_key": made.server_key}


def _find_salt(user: User) -> bytes:
    found = Token.objects.filter(user=user).exclude(salt=b"").values_list("salt", flat=True).first()
    return bytes(found or b"")


def find_challenge(name: str, address: str) -> PasswordChallenge:
    """What whoever calls themself so is asked to prove: that they know one of the account's tokens.

    Raises TooMuch where too many have come from this address lately, Unavailable.
    """
    _check_spent(counts.spend(request_rate.describe_origin(address), settings.API_RATE))
    tokens = [
        each
        for each in Token.objects.filter(user__username=texts.fold(name), user__is_active=True)
        .exclude(salt=b"")
        .filter(expires_at__gt=timezone.now())
        .select_related("user")
        if not each.waits
    ]
    if not tokens:
        return PasswordChallenge(_make_up_salt(name), (), ())
    verifiers = tuple(ScramVerifier(bytes(each.stored_key), bytes(each.server_key)) for each in tokens)
    return PasswordChallenge(bytes(tokens[0].salt), tuple(each.pk for each in tokens), verifiers)


def _make_up_salt(name: str) -> bytes:
    """Always the same for the same name, as a real one is."""
    key = settings.SECRET_KEY.encode()
    return hmac.digest(key, b"no salt of " + texts.fold(name).encode(), "sha256")[: scram.SALT_BYTES]


def count_and_read_account(token: UUID) -> tuple[User, Versions]:
    """The account of a token that somebody has proved to know, one more request of its counted, and the data versions.

    Raises Unauthenticated once the token is over or gone or the account closed, TooMuch where it has had its part, Unavailable.
    """
    seen = _count_and_read_versions(token)
    try:
        found = _look_up(seen, token)
    except Token.DoesNotExist:
        found = None
    if found is None or found.is_over or found.waits or not found.user.is_active:
        raise Unauthenticated(
            _("This token is not valid any more. Make a new one on the page of your tokens.")
        )
    note_use(found)
    return found.user, seen


def _count_and_read_versions(token: UUID) -> Versions:
    """As `request_rate` counts, in one statement where PostgreSQL does."""
    if counts.is_beside():
        spent, rows = counts.spend_beside(
            data_versions.ALL, key=_KEY, rate=settings.API_RATE, parameters={"token": str(token)}
        )
        seen = data_versions.by_name(rows)
    else:
        seen = data_versions.read()
        user = Token.objects.filter(pk=token).values_list("user", flat=True).first()
        spent = counts.spend(f"account {user}", settings.API_RATE)
    _check_spent(spent)
    return seen


def _check_spent(spent: Spent) -> None:
    if not spent.granted:
        raise TooMuch(_("You have asked too often. Wait a moment."), code="throttled", wait=spent.wait)


@cached(TOKENS, PEOPLE)
def _look_up(token: UUID) -> Token:
    return Token.objects.select_related("user").get(pk=token)
