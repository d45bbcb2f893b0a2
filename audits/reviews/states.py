"""Words and transitions of sampled reviews."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class LookState(models.TextChoices):
    WAITING = "waiting", _("Waits for a reviewer")
    ASSIGNED = "assigned", _("With its reviewer")
    ASKED = "asked", _("Unclear: whoever looked was asked")
    ANSWERED = "answered", _("Whoever looked has answered")
    JUSTIFIED = "justified", _("Justified")
    MISUSE = "misuse", _("Before the board as a misuse")


CONCLUDED = (LookState.JUSTIFIED, LookState.MISUSE)
GOES_ON = (LookState.ASSIGNED, LookState.ASKED, LookState.ANSWERED)

TRANSITIONS = Transitions(
    {
        LookState.WAITING: {LookState.ASSIGNED},
        LookState.ASSIGNED: {LookState.ASKED, LookState.JUSTIFIED, LookState.MISUSE},
        LookState.ASKED: {LookState.ANSWERED, LookState.JUSTIFIED, LookState.MISUSE},
        LookState.ANSWERED: {LookState.ASKED, LookState.JUSTIFIED, LookState.MISUSE},
        LookState.JUSTIFIED: set(),
        LookState.MISUSE: set(),
    },
    refusal=_("This review is “%(old)s”, so it cannot become “%(new)s”."),
)
