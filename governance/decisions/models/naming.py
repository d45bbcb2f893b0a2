"""Names that an auditor asked for, of one decision, with why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.decisions.events import NamesAsked
from governance.decisions.models.records import DecisionRecord
from ground import clock
from ground.models import Record


class Naming(Record):
    """For a day the account reads by name who asked and who was looked at; `permissions.sees_names` looks here."""

    decision = models.ForeignKey(DecisionRecord, on_delete=models.PROTECT, related_name="namings")
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="naming_says_why", violation_error_message=_("Say why.")
            )
        ]
        indexes = [models.Index(fields=["decision", "asked_by", "asked_at"], name="naming_of_a_decision")]
        triggers = [*tied(insert=[told(NamesAsked)])]
