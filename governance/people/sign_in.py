"""Who may try passwords: failures are counted in the database, so that all web workers count together (django-axes).

An account tried too often from one address is locked there, for a while. Failures of one account from many addresses, and of
many accounts from one address, are counted too, more slowly; those lock only where the account has not signed in of late. A
browser that has signed in before is counted on its own, whoever else tries from wherever (devices.py). So nobody can lock
another out of where they usually sign in.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off, get_failure_limit
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from governance.people import devices
from ground import texts
from ground.errors import TooMuch

# How many times AXES_FAILURE_LIMIT lock an account wherever it is not known, and an address for accounts not known there.
WIDER = 10
# For how long an account is known where it has signed in.
KNOWN_DAYS = 30


class TooManyTries(TooMuch):
    """Passwords were tried too often; the right one is not looked at either."""

    code = "too_many_tries"
    title = "You cannot sign in from here for a while"

    def __init__(self) -> None:
        minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
        super().__init__(
            _("Too many wrong passwords were tried. Wait %(minutes)s minutes, then try again.")
            % {"minutes": minutes},
            wait=settings.AXES_COOLOFF_TIME.total_seconds(),
        )


class _Attempt(HttpRequest):
    """A request as django-axes marks it."""

    axes_ip_address: str | None
    axes_user_agent: str
    axes_attempt_time: datetime
    signed_in_as: str  # the user name, where this request has signed somebody in


class SignInHandler(AxesDatabaseHandler):
    """Counts failures in units of the limit of one account at one address.

    Where axes keeps what a browser calls itself, which counts for nothing, stands the browser that failed if it is known.
    """

    def get_failures(self, request: _Attempt, credentials: dict[str, Any] | None = None) -> int:
        """The failures of a browser known to the account; once they lock it, as of any other.

        Of any other the account's failures from this address; where it is not known there, also a share of those elsewhere
        and of others.
        """
        username, address = get_client_username(request, credentials), request.axes_ip_address
        since = request.axes_attempt_time - get_cool_off(request)
        recent = AccessAttempt.objects.filter(attempt_time__gte=since)
        if device := devices.find_known(request, username):
            failed = _add_up(recent.filter(username=username, user_agent=device.counted_as))
            if failed < get_failure_limit(request, credentials):
                return failed
        own, account, here = (
            _add_up(recent.filter(where))
            for where in (
                Q(username=username, ip_address=address),
                Q(username=username),
                Q(ip_address=address),
            )
        )
        wider = max(account, here) // WIDER
        return own if own >= wider or _is_known(username, address) else wider

    def user_login_failed(
        self, sender: object, credentials: dict[str, Any], request: _Attempt | None = None, **more: Any
    ) -> None:
        if request is not None:
            device = devices.find_known(request, get_client_username(request, credentials))
            request.axes_user_agent = device.counted_as if device else ""
        super().user_login_failed(sender, credentials, request, **more)

    def user_logged_in(self, sender: object, request: _Attempt, user: AbstractBaseUser, **more: Any) -> None:
        """Forget what was mistyped there, and let the answer make the browser known (middleware.py)."""
        super().user_logged_in(sender, request, user, **more)
        request.signed_in_as = user.get_username()
        if device := devices.find_known(request, request.signed_in_as):
            name = texts.fold(request.signed_in_as)[:100]
            AccessAttempt.objects.filter(username=name, user_agent=device.counted_as).delete()


def _add_up(attempts: QuerySet[Any]) -> int:
    return int(attempts.aggregate(total=Sum("failures_since_start", default=0))["total"])


def username(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The user name that was tried, however it was written; whatever was typed fits the table."""
    given = (credentials or request.POST).get("username") or ""
    return texts.fold(given)[:100]


def address(request: HttpRequest) -> str | None:
    """Where a request comes from: behind a proxy of ours, what that proxy saw; None where it is no address."""
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", seen).rpartition(",")[2].strip()
    return _read_address(seen)


@lru_cache(maxsize=10_000)
def _read_address(seen: str) -> str | None:
    try:
        return str(ip_address(seen))
    except ValueError:
        return None


def known_since() -> datetime:
    """Sign-ins since then make an account known where they came from; older ones are forgotten."""
    return timezone.now() - timedelta(days=KNOWN_DAYS)


def _is_known(username: str, address: str | None) -> bool:
    """Whether the account has signed in from this address of late."""
    log = AccessLog.objects.filter(username__iexact=username, ip_address=address)
    return bool(log.filter(attempt_time__gte=known_since()).exists())
