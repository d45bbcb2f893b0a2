"""How accounts are found by their name."""

from typing import TYPE_CHECKING

from django.contrib.auth.base_user import BaseUserManager

from ground import texts

if TYPE_CHECKING:
    from governance.people.models import User


class UserManager(BaseUserManager["User"]):
    """Finds accounts; they are made through `people.services` alone."""

    def find(self, username: str | None) -> "User | None":
        """The account of this name, however it is typed: all that looks like it (`texts.fold`) is it."""
        return self.filter(username=texts.fold(username or "")).first()

    def get_by_natural_key(self, username: str | None) -> "User":
        """The same, for signing in. Raises User.DoesNotExist."""
        return self.get(username=texts.fold(username or ""))
