"""Clocks of appeals in working days, and the calendar that says which days are working days; part of `models`, which imports it."""

import holidays
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

_DAYS = (MinValueValidator(1), MaxValueValidator(60))


def check_calendar(code: str) -> None:
    """Raise ValidationError unless there is a holiday calendar of this code: a country, or `DE-BY`, a part of one."""
    country, _dash, part = code.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (part and part not in known[country]):
        raise ValidationError(
            _(
                "There is no calendar of holidays of this name. Write a country such as DE, or a part such as DE-BY."
            ),
            code="no_such_calendar",
        )


class AppealClockSettings(models.Model):
    """Settings of the programme on appeals: within how many working days what is done, counted from the filing."""

    holiday_calendar = models.CharField(
        _("Calendar of public holidays"),
        max_length=12,
        blank=True,
        default="",
        validators=[check_calendar],
        help_text=_(
            "A country such as DE, or a part such as DE-BY. Left empty, only Saturdays and Sundays are free."
        ),
    )
    appeal_acknowledge_days = models.PositiveSmallIntegerField(
        _("Working days until an appeal is acknowledged"), default=2, validators=_DAYS
    )
    appeal_independence_days = models.PositiveSmallIntegerField(
        _("Working days until an appeal has an independent handler"), default=5, validators=_DAYS
    )
    appeal_outcome_days = models.PositiveSmallIntegerField(
        _("Working days until an appeal has its outcome"), default=10, validators=_DAYS
    )
    appeal_extension_days = models.PositiveSmallIntegerField(
        _("Working days by which an outcome may be put off, once"), default=10, validators=_DAYS
    )
    appeal_urgent_days = models.PositiveSmallIntegerField(
        _("Working days until an urgent appeal has its outcome"), default=5, validators=_DAYS
    )
    appeal_urgent_within_days = models.PositiveSmallIntegerField(
        _("Working days before the end of a review within which an appeal is urgent"),
        default=15,
        validators=_DAYS,
    )
    appeal_second_filing_days = models.PositiveSmallIntegerField(
        _("Working days within which other people can be asked to look again"), default=20, validators=_DAYS
    )
    appeal_second_outcome_days = models.PositiveSmallIntegerField(
        _("Working days until those other people have decided"), default=20, validators=_DAYS
    )
    appeal_window_months = models.PositiveSmallIntegerField(
        _("Months within which something can be appealed"),
        default=6,
        validators=(MinValueValidator(1), MaxValueValidator(60)),
    )

    class Meta:
        abstract = True
