"""Revisions of published values, and the traces that tell what changed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audits.ledger.ties import tied, told
from charter.measures.events import (
    RevisionConfirmed,
    RevisionEnded,
    RevisionFound,
    RevisionProposed,
    ValuesPublished,
)
from charter.measures.states import OPEN, RevisionState
from charter.measures.values.calendar import format_period
from charter.registry.models import Metric
from charter.rules.vocabulary import Period
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


# Traces are of many months, and are made and taken away as values are published and revised.
_TRACED = told(ValuesPublished, RevisionFound, RevisionConfirmed, RevisionEnded, about="")


class Revision(Record):
    """Values of one metric that rows loaded after their periods closed would change, all of them or none (DESIGN, published values).

    `people` is how many people the smallest part of the change touches that anybody could tell apart from what was published.
    `digests` are what the months' events are now: by month, a keyed hash a team (`Attribution`).
    `left_behind` are published values that the same rows touch and that would give fewer people away: they stay for good.
    """

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="revisions")
    state = models.CharField(max_length=20, choices=RevisionState, default=RevisionState.FOUND)
    content_hash = models.CharField(max_length=64)  # of what would change, so that what was declined stays so
    people = models.PositiveIntegerField()
    digests = models.JSONField(default=dict, blank=True)
    left_behind = ArrayField(models.UUIDField(), default=list, blank=True)
    snapshot = models.ForeignKey("measures.Snapshot", on_delete=models.PROTECT, related_name="revisions")
    found_at = models.DateTimeField(default=clock.now)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.TextField(blank=True)
    run = models.OneToOneField(
        "measures.PublishingRun", null=True, blank=True, on_delete=models.PROTECT, related_name="revision"
    )

    class Meta:
        ordering = ["-found_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric"], condition=Q(state__in=OPEN), name="revision_one_open_a_metric"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state__in=OPEN) & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="revision_ended_when_not_open",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RevisionState.PROPOSED, RevisionState.CONFIRMED])
                | (Q(proposed_at__isnull=False, proposed_by__isnull=False) & ~Q(reason="")),
                name="revision_proposed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=RevisionState.CONFIRMED)
                | (Q(run__isnull=False) & ~Q(ended_by=F("proposed_by"))),
                name="revision_confirmed_by_another",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(RevisionFound)],
                update=[told(RevisionProposed, RevisionConfirmed, RevisionEnded)],
            )
        ]


class RevisedValue(Record):
    """What one published value would be. The old one stays, superseded, once its revision is confirmed."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="values")
    old = models.ForeignKey("measures.PublishedValue", on_delete=models.PROTECT, related_name="revised")
    value = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    bound = models.CharField(max_length=10, blank=True)
    n = models.PositiveIntegerField(null=True)
    people = models.PositiveIntegerField(null=True)
    coverage = models.FloatField(null=True)
    withheld = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["old__cohort__slug", "old__starts_on", "old__period_kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "old"], name="revisedvalue_once_a_revision"),
            models.CheckConstraint(
                name="revisedvalue_withheld_says_nothing",
                condition=Q(withheld="", value__isnull=False, n__isnull=False)
                | (
                    ~Q(withheld="")
                    & Q(value__isnull=True, low__isnull=True, high__isnull=True, bound="")
                    & Q(n__isnull=True, people__isnull=True, coverage__isnull=True)
                ),
            ),
        ]
        triggers = [*tied(insert=[told(RevisionFound, about="{row}.revision_id")])]

    @property
    def difference(self) -> float | None:
        """The new number less the old one; None where either is withheld."""
        if self.value is None or self.old.value is None:
            return None
        return self.value - self.old.value

    @property
    def period(self) -> str:
        return format_period(Period(self.old.period_kind), self.old.starts_on)


class Trace(Record):
    """By which people's events a team's month was made when its values were frozen, so that later it can be told who changed it.

    `marks` are 16 hex digits of each person and 16 of their events, both keyed outside of the database: it says nothing by
    itself, and no value can be worked out from it. `revision` is the open revision that would put it in place of the former.
    """

    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="traces")
    team = models.CharField(max_length=100, blank=True)  # empty: events of no team that we know
    month = models.DateField()
    marks = models.TextField()
    key_id = models.CharField(max_length=16)
    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="traces"
    )

    class Meta:
        ordering = ["metric", "month", "team"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "team", "month", "revision"],
                nulls_distinct=False,
                name="trace_once_a_month",
            ),
        ]
        triggers = [*tied(insert=[_TRACED], delete=[_TRACED])]
