"""Tokens at doors that are no views of the REST framework: the same tokens, counted and refused alike.

`Authorization: Bearer …` is what AuthZEN and the Model Context Protocol send (RFC 6750); `Token …`, as the API takes it, is the same.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed, Throttled

from governance.people import request_rate
from governance.people.authentication import RememberedTokenAuthentication, check_scope
from governance.people.models import User
from governance.people.scopes import Scope
from ground import counts
from ground.errors import TooMuch, Unauthenticated

_SCHEMES = ("bearer", "token")


def find_bearer(http: HttpRequest, *, needs: Scope) -> User:
    """The account whose token a request brings.

    Raises Unauthenticated, TooMuch where the account or its address has had its part, NotPermitted where the token is for less.
    """
    reader = RememberedTokenAuthentication()
    reader.origin = request_rate.origin(http)
    token = _read_token(http)
    if token is None:
        _count_nobody(reader.origin)
        raise Unauthenticated(_("Send a token: Authorization: Bearer, and the token."))
    try:
        user, found = reader.authenticate_credentials(token)
    except AuthenticationFailed as error:
        raise Unauthenticated(str(error.detail), code="authentication_failed") from None
    except Throttled as error:
        raise _make_too_often(float(getattr(error, "wait", None) or 1.0)) from None
    check_scope(found, needs)
    assert isinstance(user, User)  # noqa: S101 - knox says nothing of what it gives
    return user


def _read_token(http: HttpRequest) -> bytes | None:
    """The token of the header, None where there is none in a form that is a token's."""
    parts = http.META.get("HTTP_AUTHORIZATION", "").split()
    if len(parts) != 2 or parts[0].lower() not in _SCHEMES:
        return None
    return str(parts[1]).encode(errors="replace")


def _count_nobody(origin: str) -> None:
    spent = counts.spend(origin, settings.API_RATE)
    if not spent.granted:
        raise _make_too_often(spent.wait)


def _make_too_often(wait: float) -> TooMuch:
    return TooMuch(_("You have asked too often. Wait a moment."), code="throttled", wait=wait)
