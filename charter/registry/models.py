"""Programme, decisions, sources, metrics, charter versions, rulebooks and clearances.

A charter version's document never changes: the runtime role may update only the columns that say where it stands
(see the migration of grants), and a changed charter is the next version.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from charter.registry.looking_limits import Limits
from charter.registry.reminders import ClockSuspension, Reminder, UntiedFlag, two_reminders  # noqa: F401
from charter.registry.states import (
    DraftRight,
    ProgrammeState,
    ReviewKind,
    ReviewReason,
    ReviewResult,
    RulebookState,
    Standing,
)
from charter.rules.vocabulary import Category, Decision, DecisionGroup, Grain, Kind, Layer, SourceKind, View
from governance.people.object_permissions import ObjectPermission
from ground import clock
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


class RulebookVersion(Record):
    """One immutable version of the rules, as Cedar text by file name."""

    number = models.PositiveIntegerField(unique=True)
    files = models.JSONField()
    content_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20, choices=RulebookState, default=RulebookState.PROPOSED)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=RulebookState.IN_FORCE),
                name="rulebookversion_one_in_force",
            ),
            models.CheckConstraint(
                name="rulebookversion_in_force_is_published",
                condition=~Q(state=RulebookState.IN_FORCE)
                | Q(published_at__isnull=False, published_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"rulebook {self.number}"


class ClearanceKind(models.TextChoices):
    FAIRNESS_AUDIT = "fairness_audit", _("Fairness audit")


class Clearance(Record):
    """What an audit grants a charter version for a time, so that nothing below the audits asks upward (AR25)."""

    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="clearances")
    kind = models.CharField(max_length=30, choices=ClearanceKind)
    passed = models.BooleanField()
    valid_until = models.DateField()
    reference = models.CharField(max_length=200)
    granted_at = models.DateTimeField(default=clock.now)
    granted_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-granted_at"]


class Review(Record):
    """Looking again at what charters allow: at all of them each quarter, at some after a change (S9, S10)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="reviews")
    kind = models.CharField(max_length=20, choices=ReviewKind)
    says = models.TextField(blank=True)  # what changed, when, for whom, in which sources
    happened_on = models.DateField(null=True, blank=True)
    teams = ArrayField(models.SlugField(max_length=60), default=list, blank=True)
    sources = ArrayField(models.SlugField(max_length=100), default=list, blank=True)
    due_on = models.DateField()
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(kind=ReviewKind.QUARTERLY, closed_at__isnull=True),
                name="review_one_quarterly_open",
            ),
            models.CheckConstraint(
                condition=Q(kind=ReviewKind.QUARTERLY, happened_on__isnull=True)
                | (~Q(kind=ReviewKind.QUARTERLY) & Q(happened_on__isnull=False) & ~Q(says="")),
                name="review_of_a_change_says_which",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="review_closed_at_and_by",
            ),
        ]


class ReviewItem(Record):
    """One charter in a review; `since` is the version that was confirmed last."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="items")
    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="review_items")
    since = models.ForeignKey(
        CharterVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=20, choices=ReviewReason)
    result = models.CharField(max_length=20, choices=ReviewResult, default=ReviewResult.PENDING)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "charter_version"], name="reviewitem_once_a_review"),
            models.CheckConstraint(
                condition=Q(result=ReviewResult.PENDING, decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(result=ReviewResult.PENDING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="reviewitem_decided_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(result=ReviewResult.FLAGGED) | ~Q(note=""), name="reviewitem_flag_says_why"
            ),
        ]


class Contract(Record):
    """One version of what the programme promises everybody: what it can and cannot do, how to dispute (S133, S135)."""

    number = models.PositiveIntegerField(unique=True)
    can = models.TextField()
    cannot = models.TextField()
    disputes = models.TextField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(can="") & ~Q(cannot="") & ~Q(disputes=""), name="contract_has_its_three_blocks"
            )
        ]
