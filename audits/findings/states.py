"""Words and transitions of findings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class FindingKind(models.TextChoices):
    ENUMERATION = "enumeration", _("Going through a team")
    REPEATED_ENUMERATION = "repeated_enumeration", _("Going through a team, again")
    PURPOSE_HOPPING = "purpose_hopping", _("Asking for another purpose what was refused")
    LOOKING_OUTSIDE = "looking_outside", _("Looking at people whom one does not lead")
    CONTEXT_MISMATCH = "context_mismatch", _("A purpose that nothing speaks for")
    PRE_REVIEW_SPIKE = "pre_review_spike", _("Many looks before a review")
    POST_APPEAL = "post_appeal", _("Looks at somebody after they appealed")
    GAMING = "gaming", _("A sudden shift after a date")


# They are of a metric and a group, and of nobody.
OF_NOBODY = (FindingKind.GAMING,)


class FindingState(models.TextChoices):
    OPEN = "open", _("Waits for somebody to look")
    DISMISSED = "dismissed", _("Dismissed, with a reason")
    CASE = "case", _("Before the board")


FINDING_TRANSITIONS = Transitions(
    {
        FindingState.OPEN: {FindingState.DISMISSED, FindingState.CASE},
        FindingState.DISMISSED: set(),
        FindingState.CASE: set(),
    },
    refusal=_("This finding is “%(old)s”, so it cannot become “%(new)s”."),
)
