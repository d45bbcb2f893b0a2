"""Metrics, their charter versions, and the drafts that become one.

A charter version's document never changes: the runtime role may update only the columns that say where it stands
(see the migration of grants), and a changed charter is the next version.
"""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from charter.registry.bounds import Bounds
from charter.registry.models.programme import Programme, choices
from charter.registry.states import (
    DraftRight,
    Standing,
)
from charter.rules.vocabulary import Category, Kind, Layer, View
from governance.people.object_permissions import ObjectPermission
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class Metric(Record):
    """A named measure: its identity, owner and history.

    `current` is the version that governs it: the active one, else the suspended, else the one in pilot, else the
    newest. A trigger alone writes it (see the migration `current_version`), so an instance made before is behind.
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
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="metric_name_trigrams")]

    def __str__(self) -> str:
        return self.name


class CharterVersion(Record):
    """One immutable version of the rules for one metric, and where it stands.

    `category`, `layer`, `kind`, `view` and `grains` repeat the document for lists and filters, which a long document
    would slow down.
    `case_id` names the board case that activated it; a trigger of the board's migration holds it to a passed one.
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
    standing = models.CharField(max_length=20, choices=Standing, default=Standing.DRAFT)
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
                condition=Q(standing=Standing.ACTIVE),
                name="charterversion_one_active_a_metric",
            ),
            models.CheckConstraint(
                name="charterversion_active_by_a_case",
                condition=~Q(standing__in=[Standing.ACTIVE, Standing.SUSPENDED])
                | Q(
                    activated_at__isnull=False,
                    activated_by__isnull=False,
                    case_id__isnull=False,
                    expires_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="charterversion_pilot_runs_for_a_cohort",
                condition=~Q(standing=Standing.PILOT) | Q(activated_at__isnull=True) | ~Q(pilot_cohort=""),
            ),
            models.CheckConstraint(
                name="charterversion_submitted_at_and_by",
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric.slug}@{self.number}"

    @property
    def bound(self) -> Bounds:
        """What the board bound its approval to."""
        return Bounds.read(self.bounds)


class Draft(Record):
    """A charter that is being written, saved as its writers go; nothing is decided by it.

    `document` is a charter document of which any part may still be empty. It ends when it is handed in, as `version`,
    or thrown away.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="drafts")
    metric = models.SlugField(max_length=100)
    document = models.JSONField()
    based_on = models.ForeignKey(
        CharterVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="drafts")
    started_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    updated_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.OneToOneField(
        CharterVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="draft"
    )

    class Meta:
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric"],
                condition=Q(ended_at__isnull=True),
                name="draft_one_open_a_metric",
                violation_error_message=_("Somebody is writing a charter of this metric already."),
            ),
            models.CheckConstraint(
                name="draft_ended_at_and_by",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, version__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.metric}"


class DraftPermission(ObjectPermission):
    """An account that reads or writes along on somebody's draft (`DraftRight`)."""

    content_object = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="shares")

    class Meta:
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "user"],
                name="draftpermission_one_an_account",
                violation_error_message=_("The draft is shared with this account already."),
            )
        ]

    @property
    def right(self) -> DraftRight:
        """What it lets the account do."""
        return DraftRight.of(self.permission.codename)
