"""Links by which a person confirms a new e-mail address: signed, mailed to that address, and worth something to its account alone.

A link says which account it is of and which address, and holds what the account was as it was made: after a change of password or
address it is over, as after RESET_LINK_MINUTES. It changes nothing for whoever is not signed in to that account, so that a
mistyped address gives its owner nothing.
"""

from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from governance.people.models import User
from ground.errors import NotFound

_SALT = "governance.people.address_links"


class AddressLinkOver(NotFound):
    """The same of a link that was used, that is too old, of another account, and that never was one."""

    code = "link_over"
    title = "This link is over"

    def __init__(self) -> None:
        super().__init__(
            _(
                "A link confirms an address once, within %(minutes)s minutes, for whoever is signed in to the account that asked for it."
            )
            % {"minutes": settings.RESET_LINK_MINUTES}
        )


def make_link(user: User, address: str) -> str:
    """A link of an account as it is now, to be mailed to that address and shown nowhere."""
    told = {"user": str(user.pk), "to": address, "as": _state_of(user)}
    site: str = settings.BASE_URL.rstrip("/")
    return site + reverse("email-confirm", args=[signing.dumps(told, salt=_SALT)])


def read_address(token: str, *, of: User) -> str:
    """The address that a link of this account is about. Raises AddressLinkOver."""
    try:
        told: Any = signing.loads(token, salt=_SALT, max_age=settings.RESET_LINK_MINUTES * 60)
    except signing.BadSignature:
        raise AddressLinkOver from None
    if told["user"] != str(of.pk) or told["as"] != _state_of(of):
        raise AddressLinkOver
    return str(told["to"])


def _state_of(user: User) -> str:
    return salted_hmac(_SALT, f"{user.password} {user.email}").hexdigest()[:32]
