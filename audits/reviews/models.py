"""Sampled reviews: how the looks of a month were drawn, and what came of each (S59)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audits.ledger.ties import tied, told
from audits.reviews.events import LookAnswered, LookAsked, LookConcluded, LooksSampled, ReviewerFound
from audits.reviews.states import CONCLUDED, LookState
from governance.board.models import Case
from governance.decisions.models import DecisionRecord
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class SampleDraw(Record):
    """The draw of one month, with all that is needed to draw it again; `month` is its first day."""

    month = models.DateField(unique=True)
    seed = models.CharField(max_length=64)
    log_size = models.BigIntegerField()
    log_root = models.CharField(max_length=64)
    population = models.PositiveIntegerField()
    share = models.PositiveSmallIntegerField()
    least = models.PositiveSmallIntegerField()
    frame_sha256 = models.CharField(max_length=64)
    drawn_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-month"]
        triggers = [*tied(insert=[told(LooksSampled)])]


class SampledLook(Record):
    """One decision that was drawn. Who looked is not told to the reviewer by name, nor the reviewer to whoever looked."""

    draw = models.ForeignKey(SampleDraw, on_delete=models.PROTECT, related_name="looks")
    decision = models.OneToOneField(DecisionRecord, on_delete=models.PROTECT, related_name="sampled")
    state = models.CharField(max_length=20, choices=LookState, default=LookState.WAITING)
    reviewer = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    because = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    case = models.OneToOneField(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="sampled_look"
    )

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["reviewer", "due_on"], condition=~Q(state__in=CONCLUDED), name="sampledlook_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=LookState.WAITING, reviewer__isnull=True)
                | (~Q(state=LookState.WAITING) & Q(reviewer__isnull=False)),
                name="sampledlook_has_a_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=CONCLUDED, concluded_at__isnull=False)
                | (~Q(state__in=CONCLUDED) & Q(concluded_at__isnull=True)),
                name="sampledlook_concluded_at",
            ),
            models.CheckConstraint(
                condition=(Q(state=LookState.MISUSE, case__isnull=False) & ~Q(because=""))
                | (~Q(state=LookState.MISUSE) & Q(case__isnull=True)),
                name="sampledlook_misuse_is_before_the_board",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(LooksSampled, about="{row}.draw_id")],
                update=[told(ReviewerFound, LookAsked, LookAnswered, LookConcluded)],
            )
        ]


class LookQuestion(Record):
    """What a reviewer asked whoever looked, and what they answered on their page."""

    look = models.ForeignKey(SampledLook, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="lookquestion_asks_something"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="lookquestion_answered_with_words",
            ),
            models.UniqueConstraint(
                fields=["look"], condition=Q(answered_at__isnull=True), name="lookquestion_one_open"
            ),
        ]
        triggers = [
            *tied(
                insert=[told(LookAsked, about="{row}.look_id")],
                update=[told(LookAnswered, about="{row}.look_id")],
            )
        ]
