"""Who may read an entry of the log, and why what one says may be destroyed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Visibility(models.TextChoices):
    OPEN = "open", _("Open")
    RESTRICTED = "restricted", _("Restricted")
    SEALED = "sealed", _("Sealed")


class ErasureBasis(models.TextChoices):
    RETENTION = "retention", _("Kept as long as it may be")
    REQUEST = "request", _("A person asked for it, who may (GDPR, article 17)")
    UNLAWFUL = "unlawful", _("It should never have been written down")
    ORDER = "order", _("A court or an authority ordered it")
