"""States of a revision."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class RevisionState(models.TextChoices):
    """Found by the clock, proposed by the metric's owner, confirmed by an auditor."""

    FOUND = "found", _("Found")
    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    OUTDATED = "outdated", _("Out of date")


REVISION_TRANSITIONS = Transitions(
    {
        RevisionState.FOUND: {RevisionState.PROPOSED, RevisionState.DECLINED, RevisionState.OUTDATED},
        RevisionState.PROPOSED: {RevisionState.CONFIRMED, RevisionState.DECLINED, RevisionState.OUTDATED},
        RevisionState.CONFIRMED: set(),
        RevisionState.DECLINED: set(),
        RevisionState.OUTDATED: set(),
    },
    refusal=_("This revision is %(old)s and cannot become %(new)s."),
)
OPEN = (RevisionState.FOUND, RevisionState.PROPOSED)
