"""Links by which a password is set without knowing the one of now: Django's tokens, mailed to the account's own address.

A link is worth nothing once the password or the address has changed, somebody has signed in, or RESET_LINK_MINUTES are over;
so it needs no table, in which somebody could read it. Its address begins with BASE_URL, whatever host a request named.
"""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.people.models import AccountKind, User
from ground.errors import NotFound


class LinkOver(NotFound):
    """The same of a link that was used, that is too old, and that never was one."""

    code = "link_over"
    title = "This link is over"

    def __init__(self) -> None:
        super().__init__(
            _(
                "A link sets a password once, within %(minutes)s minutes, and not after the account was signed in to since."
            )
            % {"minutes": settings.RESET_LINK_MINUTES}
        )


def can_be_mailed(user: User) -> bool:
    """Whether mails about its password reach an account: a person's, in use, with an address."""
    return user.is_active and user.kind == AccountKind.HUMAN and bool(user.email)


def make_link(user: User) -> str:
    """A link of an account as it is now, to be mailed to its address and shown nowhere."""
    site: str = settings.BASE_URL.rstrip("/")
    return site + reverse("password-link", args=[user.pk, default_token_generator.make_token(user)])


def find_holder(key: UUID, token: str) -> User:
    """The account that a link is of. Raises LinkOver."""
    user = User.objects.filter(pk=key).first()
    if user is None:
        raise LinkOver
    check_is_valid(token, of=user)
    return user


def check_is_valid(token: str, *, of: User) -> None:
    """Raise LinkOver unless this is the token of a link of the account, as it is now."""
    if not can_be_mailed(of) or not default_token_generator.check_token(of, token):
        raise LinkOver
