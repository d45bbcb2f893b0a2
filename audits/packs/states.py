"""Words of evidence packs and of what is taken along."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class PackState(models.TextChoices):
    ASKED = "asked", _("Asked for")
    MADE = "made", _("Made")
    FAILED = "failed", _("Could not be made")


PACK_TRANSITIONS = Transitions(
    {PackState.ASKED: {PackState.MADE, PackState.FAILED}, PackState.MADE: set(), PackState.FAILED: set()},
    refusal=_("This pack is “%(old)s”, so it cannot become “%(new)s”."),
)


class TakenKind(models.TextChoices):
    """What can be taken along (S143)."""

    RULES = "rules", _("Rules, of each version of the rulebook")
    RULEBOOKS = "rulebooks", _("Rulebooks, with their files")
    CHARTERS = "charters", _("Charters that were ever in force")
    DECISIONS = "decisions", _("What you asked, and how it was decided")
    CASES = "cases", _("Cases that are open to you")
    MINUTES = "minutes", _("Minutes of the board")
