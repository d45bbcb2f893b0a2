"""Words of retention."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PurgeKind(models.TextChoices):
    """What goes when its time is over."""

    DECISIONS = "decisions", _("Decisions: what was asked, by whom, and what was true")
    VALUES = "values", _("Published values")
    IDENTITIES = "identities", _("Names in tools of people who left")
    CALIBRATIONS = "calibrations", _("What calibration rounds said of people")
    STRAIN = "strain", _("What was told, seen and done about strain of teams")
