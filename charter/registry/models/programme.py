"""The programme, the decisions it declares, and the sources that measures may read."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from charter.registry.looking_limits import Limits
from charter.registry.reminders import two_reminders
from charter.registry.states import (
    ProgrammeState,
)
from charter.rules.vocabulary import Decision, DecisionGroup, Grain, SourceKind
from ground.models import Record


def choices(words) -> list[tuple[str, str]]:
    """Choices of a model field from an enum of the rules."""
    return [(word.value, word.value.replace("_", " ")) for word in words]


_USER = settings.AUTH_USER_MODEL


class Programme(Limits, Record):
    """The organisation's whole undertaking. One a database."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    purpose = models.TextField()
    time_zone = models.CharField(max_length=64, default="UTC")
    state = models.CharField(max_length=20, choices=ProgrammeState, default=ProgrammeState.DRAFT)
    minimum_group = models.PositiveSmallIntegerField(default=5)
    minimum_group_strain = models.PositiveSmallIntegerField(default=8)
    coverage_threshold = models.FloatField(default=0.7)
    # The metric that says how much of an error budget was used, and from which value on it burns (AR19).
    error_budget_metric = models.SlugField(max_length=100, default="error-budget")
    error_budget_limit = models.FloatField(default=1.0)
    charter_months = models.PositiveSmallIntegerField(default=12)
    review_days = models.PositiveSmallIntegerField(default=92)
    review_notice_days = models.PositiveSmallIntegerField(default=14)  # before what is overdue is suspended
    untied_days = models.PositiveSmallIntegerField(default=30)  # that a charter may allow no decision (S11)
    expiry_reminder_days = ArrayField(models.PositiveSmallIntegerField(), default=two_reminders)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            *Limits.Meta.constraints,
            models.CheckConstraint(condition=Q(minimum_group__gte=3), name="programme_minimum_group_floor"),
            models.CheckConstraint(
                condition=Q(minimum_group_strain__gte=F("minimum_group")),
                name="programme_strain_not_below_group",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProgrammeState.ACTIVE)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="programme_active_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(review_days__gte=1, review_days__lte=92), name="programme_reviews_each_quarter"
            ),
            models.CheckConstraint(
                condition=Q(review_notice_days__gte=1), name="programme_suspends_after_notice"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DecisionKind(Record):
    """A typed use, with what it demands (S7)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="decision_kinds")
    slug = models.CharField(max_length=40, choices=choices(Decision))
    name = models.CharField(max_length=100)
    group = models.CharField(max_length=20, choices=choices(DecisionGroup))
    description = models.TextField()
    minimum_grain = models.CharField(max_length=20, choices=choices(Grain))
    evidence_needed = models.PositiveSmallIntegerField(default=0)
    fairness_needed = models.BooleanField(default=False)
    accountable_needed = models.BooleanField(default=False)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "slug"], name="decisionkind_once_a_programme")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def consequential(self) -> bool:
        """Whether it decides about a person."""
        return self.group == DecisionGroup.PEOPLE


class Source(Record):
    """A table that measures may read, and how its system comes to know what it knows (AR01)."""

    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=choices(SourceKind))
    description = models.TextField()

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name
