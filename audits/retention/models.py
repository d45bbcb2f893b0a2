"""What was deleted when its time was over, and what a legal hold keeps longer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from audits.retention.events import LegalHoldEnded, LegalHoldPlaced, RowsPurged
from audits.retention.states import PurgeKind
from governance.people.models import Person
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class LegalHold(Record):
    """Until `ends_on` (out) nothing of its scope is deleted: of a person, an account's asking, a metric, days, or all of these together.

    Where nothing is named it holds everything. `since` and `until` (in) are days of the decisions and of the values' periods.
    """

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=100, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    reason = models.TextField()
    ends_on = models.DateField()
    placed_at = models.DateTimeField(default=clock.now)
    placed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="legalhold_says_why", violation_error_message=_("Say why.")
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
                name="legalhold_days_forward",
                violation_error_message=_("The last day comes before the first."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because="")),
                name="legalhold_ended_at_by_and_why",
            ),
        ]
        triggers = [*tied(insert=[told(LegalHoldPlaced)], update=[told(LegalHoldEnded)])]


class Purge(Record):
    """One batch of what was deleted: how many, from before which day, and the SHA-256 of their keys."""

    what = models.CharField(max_length=20, choices=PurgeKind)
    before = models.DateField()
    count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-at", "-id"]
        triggers = [*tied(insert=[told(RowsPurged)])]
