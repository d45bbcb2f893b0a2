"""Where a waiver stands on a day: what its case and its dates come to."""

from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db import models
from django.db.models import Case, CharField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from governance.board.models import Waiver
from governance.board.states import CaseState

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class WaiverStanding(models.TextChoices):
    ASKED = "asked", _("Before the board")
    REFUSED = "refused", _("Refused")
    COMING = "coming", _("Granted, begins later")
    IN_FORCE = "in_force", _("In force")
    OVER = "over", _("Over")


class _Standing(TypedDict):
    standing: str


def with_standing(waivers: QuerySet[Waiver], on: date) -> "QuerySet[WithAnnotations[Waiver, _Standing]]":
    """Waivers with `standing`, a WaiverStanding, as of a day."""
    over = Q(ended_at__isnull=False) | Q(ends_on__lte=on)
    return waivers.annotate(
        standing=Case(
            When(case__state=CaseState.OPEN, then=Value(WaiverStanding.ASKED.value)),
            When(case__state=CaseState.REJECTED, then=Value(WaiverStanding.REFUSED.value)),
            When(over, then=Value(WaiverStanding.OVER.value)),
            When(starts_on__gt=on, then=Value(WaiverStanding.COMING.value)),
            default=Value(WaiverStanding.IN_FORCE.value),
            output_field=CharField(),
        )
    )
