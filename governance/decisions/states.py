"""Words of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RulingStanding(models.TextChoices):
    """Where a question that was put to the board stands: it follows from its case, its end and the clock."""

    ASKED = "asked", _("Before the board")
    YES = "yes", _("Allowed by the board")
    NO = "no", _("Refused by the board")
    LAPSED = "lapsed", _("Lapsed")
    ENDED = "ended", _("Ended early")


# Rulings in force: they answer later questions of the same shape.
RULED = frozenset({RulingStanding.YES, RulingStanding.NO})
