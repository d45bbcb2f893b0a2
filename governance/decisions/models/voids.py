"""Decisions that stand without the explanation that they owe, and are void."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from audits.ledger.ties import tied, told
from governance.decisions.events import DecisionVoided
from governance.decisions.models.records import DecisionRecord
from ground import clock
from ground.models import Record


class VoidedDecision(Record):
    """That a decision is void, from when and why; whoever reads its receipt is told. The decision itself stays as it was."""

    decision = models.OneToOneField(DecisionRecord, on_delete=models.PROTECT, related_name="voiding")
    voided_at = models.DateTimeField(default=clock.now)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    because = models.TextField()

    class Meta:
        ordering = ["-voided_at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(because=""), name="voideddecision_says_why")]
        triggers = [*tied(insert=[told(DecisionVoided, about="{row}.decision_id")])]

    def __str__(self) -> str:
        return f"{self.decision_id}: {self.voided_at:%Y-%m-%d}"
