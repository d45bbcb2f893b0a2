"""Where a programme can stand, and that one which is approved stays so."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ground.transitions import Transitions


class ProgrammeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")


PROGRAMME_TRANSITIONS = Transitions(
    {ProgrammeState.DRAFT: {ProgrammeState.ACTIVE}, ProgrammeState.ACTIVE: set()},
    refusal=_("This programme is approved already."),
)
