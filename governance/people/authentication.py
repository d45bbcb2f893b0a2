"""Tokens of the API, looked up once and remembered while nothing is written about tokens or accounts."""

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from ground import marks


class RememberedTokenScheme(KnoxTokenScheme):
    """The same token as knox's to whoever reads the API's document."""

    target_class = "governance.people.authentication.RememberedTokenAuthentication"


# By the marks of tokens and of people, and the digest of the token; never the token itself.
_Key = tuple[str, str, bytes]
_remembered: dict[_Key, tuple[Any, Any]] = {}
_MOST = 10_000


class RememberedTokenAuthentication(TokenAuthentication):
    """knox's tokens. A token withdrawn or an account closed counts at the next request: both change a mark."""

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        """The account and its token. Raises AuthenticationFailed."""
        seen = marks.read()
        key = (seen.tokens, seen.people, hashlib.sha256(token).digest())
        found = _remembered.get(key)
        if found is None or _is_over(found[1]):
            found = self._look_up(token)
            _remember(key, found)
        return found

    def _look_up(self, token: bytes) -> tuple[Any, Any]:
        try:
            return super().authenticate_credentials(token)
        except UnicodeDecodeError:
            raise AuthenticationFailed(_("Invalid token.")) from None


def _is_over(token: Any) -> bool:
    return token.expiry is not None and token.expiry < timezone.now()


def _remember(key: _Key, found: tuple[Any, Any]) -> None:
    if len(_remembered) >= _MOST:
        _remembered.clear()  # marks that have passed are never asked for again
    _remembered[key] = found
