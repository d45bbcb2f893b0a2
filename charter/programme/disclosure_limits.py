"""How much must stand behind a number before it is shown; part of `models`, which imports it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Disclosure(models.Model):
    """Settings of the programme on small groups and single people (AR12, S77). What is published keeps those of its day."""

    minimum_group = models.PositiveSmallIntegerField(
        _("Smallest group of people"), default=5, help_text=_("Never fewer than 3.")
    )
    minimum_group_strain = models.PositiveSmallIntegerField(
        _("Smallest group for strain and surveys"),
        default=8,
        help_text=_("Never smaller than the smallest group."),
    )
    coverage_threshold = models.FloatField(
        _("Least share of the data that must be usable"),
        default=0.7,
        validators=[MinValueValidator(0.5), MaxValueValidator(1.0)],
        help_text=_("From 0.5 to 1. Below it a value is not shown as a number."),
    )
    least_events = models.PositiveSmallIntegerField(
        _("Fewest events behind a value"), default=10, help_text=_("Never fewer than 5.")
    )
    largest_share = models.PositiveSmallIntegerField(
        _("Largest share of a value that may come from one person"),
        default=50,
        help_text=_("In percent, from 10 to 50."),
    )
    least_events_unnamed = models.PositiveSmallIntegerField(
        _("Fewest events where the data name nobody"),
        default=5,
        help_text=_("As deployments and incidents of a service. Never fewer than 5."),
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum_group__gte=3),
                name="programme_minimum_group_floor",
                violation_error_message=_("The smallest group is never fewer than 3 people."),
            ),
            models.CheckConstraint(
                condition=Q(minimum_group_strain__gte=F("minimum_group")),
                name="programme_strain_not_below_group",
                violation_error_message=_(
                    "The smallest group for strain and surveys is never smaller than the smallest group."
                ),
            ),
            models.CheckConstraint(
                condition=Q(least_events__gte=5, least_events_unnamed__gte=5, largest_share__range=(10, 50)),
                name="programme_hides_single_people",
                violation_error_message=_(
                    "A value needs at least 5 events behind it, and no more than 10 to 50 percent may come from one person."
                ),
            ),
        ]
