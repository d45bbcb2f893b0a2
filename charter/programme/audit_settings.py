"""How many looks are reviewed, and how long what was decided is kept; part of `models`, which imports it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# Longer than an appeal may reach back, so that what can still be contested is still there.
LEAST_MONTHS = 12


class AuditSettings(models.Model):
    """Settings of the programme on sampled reviews (S59) and on how long decisions, names of leavers and strain are kept."""

    sampled_share = models.PositiveSmallIntegerField(
        _("Share of looks that is reviewed each month"),
        default=5,
        validators=(MinValueValidator(1), MaxValueValidator(100)),
        help_text=_("In percent, of looks at single people and for decisions about people."),
    )
    sampled_least = models.PositiveSmallIntegerField(
        _("Fewest looks that are reviewed each month"),
        default=5,
        validators=(MinValueValidator(1),),
        help_text=_("Or all, where there were fewer."),
    )
    sampled_days = models.PositiveSmallIntegerField(
        _("Days within which a sampled look is reviewed"),
        default=14,
        validators=(MinValueValidator(1), MaxValueValidator(90)),
    )
    decisions_kept_months = models.PositiveSmallIntegerField(
        _("Months for which decisions are kept"),
        default=36,
        validators=(MinValueValidator(LEAST_MONTHS), MaxValueValidator(120)),
        help_text=_(
            "After that what was asked and by whom goes; that something was decided stays in the log."
        ),
    )
    leavers_kept_months = models.PositiveSmallIntegerField(
        _("Months for which names in tools of those who left are kept"),
        default=6,
        validators=(MinValueValidator(1), MaxValueValidator(60)),
    )
    strain_kept_months = models.PositiveSmallIntegerField(
        _("Months for which strain of teams is kept"),
        default=24,
        validators=(MinValueValidator(LEAST_MONTHS), MaxValueValidator(60)),
        help_text=_("Signals, pulses, what was seen, alerts with what was done, and what reached the board."),
    )

    class Meta:
        abstract = True
