"""Browsers that have signed in before, known by a cookie; so that wrong passwords from elsewhere are not counted against them.

The cookie is signed and names a browser and the accounts that have signed in there, by digests alone. It opens nothing: its
failures are counted as that browser's (sign_in.py), and the password is asked for all the same. After the scheme of OWASP
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import get_random_string, salted_hmac
from msgspec import Struct

from ground import texts

COOKIE = "known_browser"
# For how long a browser is known after the last sign-in there, and of how many accounts at a time.
LASTS = timedelta(days=90)
MOST = 5
_SALT = "governance.people.devices"


class Device(Struct, frozen=True):
    """A browser by a random name, and the digests of the accounts that it is known to, the last first."""

    name: str
    accounts: tuple[str, ...] = ()

    @property
    def counted_as(self) -> str:
        """What its failures stand under. It tells nobody the name, so that no cookie is made from it."""
        return f"known browser {sha256(self.name.encode()).hexdigest()}"


def find_known(request: HttpRequest, username: str) -> Device | None:
    """The browser that asks, where it is known to the account of that name."""
    device = _read(request)
    return device if device is not None and _digest(username) in device.accounts else None


def remember(request: HttpRequest, response: HttpResponseBase, username: str) -> None:
    """Let the browser be known to the account that has just signed in, or set its password by a link that was mailed to it."""
    device, own = _read(request) or Device(_new_name()), _digest(username)
    others = tuple(each for each in device.accounts if each != own)
    known = Device(device.name, (own, *others)[:MOST])
    response.set_cookie(
        COOKIE,
        signing.dumps({"name": known.name, "accounts": known.accounts}, salt=_SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _read(request: HttpRequest) -> Device | None:
    """What the cookie says, where it is one that we gave and not too old."""
    try:
        said: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return Device(said["name"], tuple(said["accounts"]))


def _digest(username: str) -> str:
    return salted_hmac(_SALT, texts.fold(username)).hexdigest()[:20]


def _new_name() -> str:
    return get_random_string(32)
