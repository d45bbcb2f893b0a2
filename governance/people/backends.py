"""Signing in by a password, as Django does it."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from governance.people import second_step, services
from governance.people.models import User

# Whether an account may sign in by its password, from the app that knows of other ways.
_admitted: list[Callable[[User], bool]] = []


def admit(check: Callable[[User], bool]) -> None:
    """Let those sign in by password of whom this says so."""
    _admitted[:] = [check]


class PasswordBackend(ModelBackend):
    """Django's; a password that is kept by older means than today's is kept anew, and the log is told."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        code: str = "",
        **kwargs: Any,
    ) -> User | None:
        """The account of the password, with a code of its second step where it has one; a door without a field for it lets no such in."""
        user = super().authenticate(request, username, password, **kwargs)
        if not isinstance(user, User) or password is None:
            return None
        if not all(check(user) for check in _admitted):
            return None
        if not second_step.accepts(user, code):
            return None
        services.rehash_password(user=user, password=password, by=user)
        return user
