"""Words of evidence: who says so, and where a record stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class EvidenceSource(models.TextChoices):
    """Who says so, seen from the person whom the evidence is about."""

    MANAGER = "manager", _("Their manager")
    PEER = "peer", _("A colleague of theirs")
    STAKEHOLDER = "stakeholder", _("Somebody they work for, outside of their team")
    OWN = "own", _("They themselves")
    DOCUMENT = "document", _("A document of the work itself, such as a review or a postmortem")


class EvidenceState(models.TextChoices):
    """Whether somebody else has opened it."""

    WRITTEN = "written", _("Not checked yet")
    CHECKED = "checked", _("Checked")
    REFUTED = "refuted", _("Does not say what is claimed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


TRANSITIONS = Transitions(
    {
        EvidenceState.WRITTEN: {EvidenceState.CHECKED, EvidenceState.REFUTED, EvidenceState.WITHDRAWN},
        EvidenceState.CHECKED: set(),
        EvidenceState.REFUTED: set(),
        EvidenceState.WITHDRAWN: set(),
    },
    refusal=_("This evidence is “%(old)s”, so it cannot become “%(new)s”."),
)
