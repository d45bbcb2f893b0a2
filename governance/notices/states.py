"""Where the e-mail of a notice stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class Mail(models.TextChoices):
    NONE = "none", _("Not mailed: no address")
    WAITING = "waiting", _("Waiting to be mailed")
    BEGUN = "begun", _("Handed to the mail server")
    SENT = "sent", _("Mailed")
    FAILED = "failed", _("Could not be mailed")


MAIL_TRANSITIONS = Transitions(
    {
        Mail.NONE: set(),
        Mail.WAITING: {Mail.BEGUN},
        # What the mail server did not take waits again, until it was tried often enough.
        Mail.BEGUN: {Mail.WAITING, Mail.SENT, Mail.FAILED},
        Mail.SENT: set(),
        Mail.FAILED: set(),
    },
    refusal=_("The mail of this notice is “%(old)s” and cannot become “%(new)s”."),
)
