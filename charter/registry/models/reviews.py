"""Reviews of what charters allow, and the contract with the employees."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audits.ledger.ties import tied, told
from charter.programme.models import Programme
from charter.registry.events import ReviewClosed, ReviewConfirmed, ReviewFlagged, ReviewOpened
from charter.registry.models.charters import CharterVersion
from charter.registry.states import (
    ReviewKind,
    ReviewReason,
    ReviewResult,
)
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


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
        triggers = [*tied(insert=[told(ReviewOpened)], update=[told(ReviewClosed)])]


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
        triggers = [
            *tied(
                insert=[told(ReviewOpened, about="{row}.review_id")],
                update=[told(ReviewConfirmed, ReviewFlagged), told(ReviewClosed, about="{row}.review_id")],
            )
        ]
