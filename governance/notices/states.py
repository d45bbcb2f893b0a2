"""Where the e-mail of a notice stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mail(models.TextChoices):
    NONE = "none", _("Not mailed: no address")
    WAITING = "waiting", _("Waiting to be mailed")
    BEGUN = "begun", _("Handed to the mail server")
    SENT = "sent", _("Mailed")
    FAILED = "failed", _("Could not be mailed")
