"""Tokens of the API, looked up once and remembered while nothing is written about tokens or accounts.

What a token's scope does not cover is refused here, before any view (governance/people/scopes.py).
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from governance.people import request_rate
from governance.people.data_versions import PEOPLE, TOKENS
from governance.people.models import Token
from governance.people.scopes import Scope, needed
from ground import counts, data_versions
from ground.data_versions import Versions, cached
from ground.errors import NotPermitted

# How exactly the time of last use is kept, which is how seldom it is written.
_EXACT = timedelta(hours=1)


class RememberedTokenScheme(KnoxTokenScheme):
    """The same token as knox's to whoever reads the API's document."""

    target_class = "governance.people.authentication.RememberedTokenAuthentication"


class RememberedTokenAuthentication(TokenAuthentication):
    """knox's tokens, each request counted for its account (governance/people/request_rate.py).

    A token withdrawn or an account closed counts at the next request: both change a data version.
    """

    origin = ""  # the key of where the request comes from

    def authenticate(self, request: Request) -> Any:
        """The account and its token, None without one. Raises AuthenticationFailed, Throttled, Unavailable, NotPermitted."""
        self.origin = request_rate.origin(request)
        found = super().authenticate(request)
        if found is not None:
            check_scope(found[1], needed(request.method, request.parser_context["view"]))
        return found

    def authenticate_credentials(self, token: bytes) -> Any:
        """The account and its token. Raises as `authenticate` does."""
        found = self._count_and_find(_digest(token))
        if found is None:
            raise AuthenticationFailed(_("Invalid token."))
        if found.is_over or found.waits:
            raise AuthenticationFailed(_("This token is over, or waits for a second administrator."))
        return self.validate_user(found)

    def _count_and_find(self, digest: str) -> Token | None:
        if counts.is_beside():
            return _find(request_rate.count_and_read_versions(digest, origin=self.origin), digest)
        found = _find(data_versions.read(), digest)
        request_rate.count(found and found.user_id, origin=self.origin)
        if found is not None and not found.is_over and not found.waits:
            note_use(found)
        return found


def _digest(token: bytes) -> str:
    """The digest under which a token is kept; what is no text is no token's."""
    try:
        return str(hash_token(token.decode()))
    except UnicodeDecodeError:
        return ""


def _find(versions: Versions, digest: str) -> Token | None:
    try:
        return _look_up(versions, digest)
    except Token.DoesNotExist:
        return None


@cached(TOKENS, PEOPLE)
def _look_up(digest: str) -> Token:
    """The token of a digest, with its account; the token itself is never kept."""
    return Token.objects.select_related("user").get(digest=digest)


def note_use(token: Token) -> None:
    """Where there is no statement to ride in, one of its own, once an hour in each process."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - _EXACT:
        token.last_used_at = now  # of what is remembered
        Token.objects.filter(pk=token.pk).update(last_used_at=now)


def check_scope(token: Token, needs: Scope) -> None:
    """Raise NotPermitted where the token is for less than is asked."""
    if not Scope(token.scope).covers(needs):
        raise NotPermitted(
            _(
                "This token is for “%(scope)s”; this needs one for “%(needs)s”. Make one on the page of your tokens."
            )
            % {"scope": token.scope, "needs": needs.value},
            code="token_scope",
        )
