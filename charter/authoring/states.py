"""What a draft's owner may let others do with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DraftRight(models.TextChoices):
    """What a draft's owner lets another account do with it. Who writes along reads along."""

    READ = "read", _("Reads along")
    WRITE = "write", _("Writes along")

    @property
    def codename(self) -> str:
        """What Django and guardian call the permission."""
        return _CODENAMES[self]

    @classmethod
    def of(cls, codename: str) -> "DraftRight":
        """The right that is kept under this codename."""
        return next(right for right in cls if right.codename == codename)


_CODENAMES = {DraftRight.READ: "view_draft", DraftRight.WRITE: "change_draft"}
