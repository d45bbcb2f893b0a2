"""Metrics, their charter versions, and the drafts that become one.

A charter version's document never changes: the runtime role may update only the columns that say where it stands
(see `grants`), and a changed charter is the next version.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform

from audits.ledger.ties import tied, told
from charter.programme.models import Programme, choices
from charter.registry.bounds import Bounds
from charter.registry.events import (
    CharterActivated,
    CharterAllowedPilot,
    CharterExpired,
    CharterPilotDated,
    CharterRegistered,
    CharterRejected,
    CharterRetired,
    CharterShortened,
    CharterSubmitted,
    CharterSuspended,
    CharterTakenUp,
    MetricHandedOver,
    ReviewClosed,
    ReviewConfirmed,
    ReviewOpened,
)
from charter.registry.states import StandingChoices
from charter.rules.vocabulary import Category, Kind, Layer, View
from ground import clock
from ground.models import Record, is_slug
from ground.schema.triggers import Trigger

_USER = settings.AUTH_USER_MODEL


# A metric comes with its first version, of which the log tells.
_ITS_VERSIONS = "SELECT id::text FROM registry_charterversion WHERE metric_id = {row}.id"
# When a version's review is due next is written by reviews that it is part of.
_ITS_REVIEWS = (
    "SELECT unnest(ARRAY[id, review_id])::text FROM registry_reviewitem WHERE charter_version_id = {row}.id"
)
_MOVED = (
    CharterSubmitted,
    CharterTakenUp,
    CharterAllowedPilot,
    CharterPilotDated,
    CharterActivated,
    CharterShortened,
    CharterSuspended,
    CharterRetired,
    CharterRejected,
    CharterExpired,
)


class Metric(Record):
    """A named measure: its identity, owner and history.

    `current` is the version that governs it: the active one, else the suspended, else the one in pilot, else the
    newest. A trigger alone writes it, so an instance made before is behind.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="metrics")
    slug = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="metrics")
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    current = models.ForeignKey(
        "CharterVersion",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.DO_NOTHING,
        related_name="+",
    )

    class Meta:
        ordering = ["slug"]
        constraints = [is_slug("slug", name="metric_slug_is_plain")]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="metric_name_trigrams")]
        triggers = [
            *tied(
                insert=[told(CharterRegistered, about=_ITS_VERSIONS)],
                update=[told(MetricHandedOver, says={"owner": "{row}.owner_id"})],
                of=["owner_id"],
            ),
            Trigger(
                name="begins_without_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.current_id := NULL;\nRETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return self.name


# The metric is held first and looked at in the next statement, which sees what whoever held it before has committed. Held
# against others like it alone: whoever adds a version only refers to its metric, and need not wait.
_GOVERNING = pgtrigger.Func(
    f"""
FOR of_metric IN
    SELECT DISTINCT metric FROM unnest(ARRAY[OLD.metric_id, NEW.metric_id]) AS metric WHERE metric IS NOT NULL ORDER BY 1
LOOP
    PERFORM FROM {Metric._meta.db_table} WHERE id = of_metric FOR NO KEY UPDATE;
    governs := (
        SELECT id FROM {{meta.db_table}} WHERE metric_id = of_metric
        ORDER BY standing = 'active' DESC, standing = 'suspended' DESC, standing = 'pilot' DESC, number DESC LIMIT 1
    );
    UPDATE {Metric._meta.db_table} SET current_id = governs
    WHERE id = of_metric AND current_id IS DISTINCT FROM governs;
END LOOP;
RETURN NULL;
"""
)


class CharterVersion(Record):
    """One immutable version of the rules for one metric, and where it stands.

    `category`, `layer`, `kind`, `view` and `grains` repeat the document for lists and filters, which a long document
    would slow down.
    `case_id` names the board case that activated it; a trigger of the board holds it to a passed one.
    """

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    content_hash = models.CharField(max_length=64)
    category = models.CharField(max_length=30, choices=choices(Category), blank=True)
    layer = models.CharField(max_length=20, choices=choices(Layer), blank=True)
    kind = models.CharField(max_length=20, choices=choices(Kind), blank=True)
    view = models.CharField(max_length=20, choices=choices(View), blank=True)
    grains = models.GeneratedField(
        expression=KeyTransform("grains", KeyTransform("what", "document")),
        output_field=models.JSONField(null=True),
        db_persist=True,
    )
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    # Where it stands: the only columns that the runtime role may update.
    standing = models.CharField(max_length=20, choices=StandingChoices, default=StandingChoices.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    pilot_cohort = models.CharField(max_length=100, blank=True)  # who tries it out, or did last
    bounds = models.JSONField(
        default=dict, blank=True
    )  # what its approval is bound to, as `bounds.Bounds.stored`
    review_due_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["metric", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["metric", "number"], name="charterversion_number_once"),
            models.UniqueConstraint(
                fields=["metric"],
                condition=Q(standing=StandingChoices.ACTIVE),
                name="charterversion_one_active_a_metric",
            ),
            models.CheckConstraint(
                name="charterversion_active_by_a_case",
                condition=~Q(standing__in=[StandingChoices.ACTIVE, StandingChoices.SUSPENDED])
                | Q(
                    activated_at__isnull=False,
                    activated_by__isnull=False,
                    case_id__isnull=False,
                    expires_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="charterversion_pilot_runs_for_a_cohort",
                condition=~Q(standing=StandingChoices.PILOT)
                | Q(activated_at__isnull=True)
                | ~Q(pilot_cohort=""),
            ),
            models.CheckConstraint(
                name="charterversion_submitted_at_and_by",
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
        ]
        triggers = [
            *tied(
                insert=[told(CharterRegistered)],
                update=[told(*_MOVED), told(ReviewOpened, ReviewConfirmed, ReviewClosed, about=_ITS_REVIEWS)],
            ),
            Trigger(
                name="says_which_governs",
                definer=True,
                when=pgtrigger.After,
                operation=pgtrigger.Insert
                | pgtrigger.Delete
                | pgtrigger.UpdateOf("standing", "number", "metric_id"),
                declare=[("of_metric", "uuid"), ("governs", "uuid")],
                func=_GOVERNING,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric.slug}@{self.number}"

    @property
    def bound(self) -> Bounds:
        """What the board bound its approval to."""
        return Bounds.read(self.bounds)
