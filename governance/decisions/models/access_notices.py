"""Notices of looks that cannot be given at once."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audits.ledger.ties import tied, told
from governance.decisions.events import LookNoticeDelayed, LookNoticeGiven
from governance.decisions.models.records import DecisionRecord
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class DelayedNotice(Record):
    """Somebody was looked at for a legal request, and is told of it later."""

    decision = models.ForeignKey(DecisionRecord, on_delete=models.PROTECT, related_name="delayed_notices")
    person = models.CharField(max_length=100)  # external id, as in the decision's subjects
    due_at = models.DateTimeField()
    # Given, or found to have nobody to be given to.
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "person"], name="delayednotice_once"),
            models.CheckConstraint(
                condition=Q(given_at__isnull=True, given_by__isnull=True)
                | Q(given_at__isnull=False, given_by__isnull=False),
                name="delayednotice_given_at_and_by",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(given_at__isnull=True), name="delayednotice_waiting")
        ]
        triggers = [
            *tied(
                insert=[told(LookNoticeDelayed, about="{row}.decision_id")],
                update=[told(LookNoticeGiven, about="{row}.decision_id", says={"person": "{row}.person"})],
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.due_at:%Y-%m-%d}"
