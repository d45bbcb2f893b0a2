"""The backend under which sessions stand that the organisation's sign-in began. It tries no password."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest


class DirectoryBackend(ModelBackend):
    """Finds the account of a session, as long as it is in use."""

    def authenticate(self, request: HttpRequest | None, **given: Any) -> None:  # type: ignore[override]
        """Nobody: a provider's word comes by no password (screens/sign_in.py)."""
        return None
