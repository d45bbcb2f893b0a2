"""Words of agreements: what kinds there are, where one stands, and what goes beyond it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgreementStanding(models.TextChoices):
    """Where an agreement stands on a day; it follows from its case and its days, and is stored nowhere."""

    WRITTEN = "written", _("Being written")
    BEFORE_BOARD = "before_board", _("Before the board")
    REJECTED = "rejected", _("Turned down")
    COMING = "coming", _("Passed, begins later")
    IN_FORCE = "in_force", _("In force")
    REPLACED = "replaced", _("Replaced by a later version")
    ENDED = "ended", _("Ended")


class DepartureAbout(models.TextChoices):
    """What goes beyond an agreement."""

    SYSTEM = "system", _("A system that it does not name")
    CHARTER = "charter", _("A use outside of what it allows")
    SETTING = "setting", _("A setting that nothing holds any more")


class AgreementFindingKind(models.TextChoices):
    """What may be wrong between agreements and what is done."""

    SYSTEM = "system", _("A system that is not agreed")
    CHARTER = "charter", _("A charter that goes beyond a clause")
    SETTING = "setting", _("A setting that contradicts a clause")
    CITATION = "citation", _("A clause that is not there")
    ENDED = "ended", _("It rests on an agreement that has ended or ends soon")
