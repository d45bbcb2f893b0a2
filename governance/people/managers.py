"""How accounts are made."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager


class UserManager(BaseUserManager):
    """Makes accounts for Django's own commands; the house makes them through `people.services`."""

    def create_user(self, username: str, name: str, password: str | None = None, **fields: Any):
        user = self.model(username=username, name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, name: str, password: str | None = None, **fields: Any):
        return self.create_user(username, name, password, is_staff=True, is_superuser=True, **fields)
