"""Machines that other systems ask by for the people who use them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.authzen.events import EnforcementPointEnded, EnforcementPointRegistered
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class EnforcementPoint(Record):
    """A machine's account that may name others as the subject of what it asks, from when to when."""

    client = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="enforcement_points")
    purpose = models.CharField(max_length=300)
    registered_at = models.DateTimeField(default=clock.now)
    registered_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-registered_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(ended_at__isnull=True),
                name="enforcementpoint_one_of_a_client",
                violation_error_message=_("This machine is an enforcement point already."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because="")),
                name="enforcementpoint_ended_by_somebody",
            ),
        ]
        triggers = [*tied(insert=[told(EnforcementPointRegistered)], update=[told(EnforcementPointEnded)])]

    def __str__(self) -> str:
        return self.client.username
