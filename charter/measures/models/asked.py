"""Runs that an administrator asked for: the database is the queue, and a worker takes them up."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.measures.events import PublishingAnswered, PublishingAsked
from charter.measures.models.published import PublishingRun
from ground import clock
from ground.models import Record


class AskedRun(Record):
    """Somebody wants values published now: how far a worker is, and the run that came of it or why there is none."""

    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=200, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    run = models.ForeignKey(PublishingRun, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                models.Value(True),
                condition=Q(ended_at__isnull=True),
                name="askedrun_one_at_a_time",
                violation_error_message=_("A run is asked for already. Wait for it to end."),
            )
        ]
        triggers = [
            *tied(
                insert=[told(PublishingAsked)],
                update=[told(PublishingAnswered)],
                of=["asked_at", "asked_by_id", "ended_at", "run_id", "error"],
            )
        ]
