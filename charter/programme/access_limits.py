"""How far single people may be looked at before the board is asked; part of `models`, which imports it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

_SHARE = (MinValueValidator(1), MaxValueValidator(100))


class AccessLimitSettings(models.Model):
    """Settings of the programme on looking (AR13), on rulings of the board, and on notices that a legal request delays.

    Shares are percent. A group is gone through once `enumeration_share` of it and `enumeration_people` of its people
    were looked at by one metric within `enumeration_minutes`.
    """

    looks_a_day = models.PositiveSmallIntegerField(
        _("Other people that somebody may look at in a day"),
        default=10,
        help_text=_("Each by name, at the level of single people. One more is referred to the board."),
    )
    enumeration_share = models.PositiveSmallIntegerField(
        _("Share of a group that counts as going through it"),
        default=80,
        validators=_SHARE,
        help_text=_("In percent, looked at one by one by one metric."),
    )
    enumeration_people = models.PositiveSmallIntegerField(
        _("Fewest people that count as going through a group"), default=5
    )
    enumeration_minutes = models.PositiveSmallIntegerField(
        _("Minutes within which somebody goes through a group"), default=60, validators=[MinValueValidator(1)]
    )
    hop_share = models.PositiveSmallIntegerField(
        _("Share of a group that counts as asking again"),
        default=50,
        validators=_SHARE,
        help_text=_("In percent: asked about for another decision, after one was refused."),
    )
    hop_days = models.PositiveSmallIntegerField(
        _("Days within which asking again for another decision is noticed"), default=7
    )
    ruling_days = models.PositiveSmallIntegerField(
        _("Days that a ruling of the board lasts"), default=92, validators=[MinValueValidator(1)]
    )
    notice_delay_days = models.PositiveSmallIntegerField(
        _("Days that a legal request delays the notice of a look"), default=90
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    enumeration_share__range=(1, 100), hop_share__range=(1, 100), enumeration_people__gte=1
                ),
                name="programme_notices_series",
                violation_error_message=_(
                    "Shares are from 1 to 100 percent, and going through a group begins with one person at least."
                ),
            ),
        ]
