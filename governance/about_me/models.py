"""What people were told in writing of what is measured about them, and that they acknowledged it (S144)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from audits.ledger.ties import tied, told
from governance.about_me.events import (
    InclusionAcknowledged,
    InclusionTold,
    LeaverCodeMade,
    LeaverCodeRevoked,
)
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class Inclusion(Record):
    """An account was told of charter versions that count its person: `lead-time-for-changes@3`, those new since before.

    What it was told never changes; that it acknowledged it is added once.
    """

    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="inclusions")
    versions = ArrayField(models.CharField(max_length=120))
    first = models.BooleanField()  # the first that the account was told: whoever joined, or was here before
    text = models.TextField()
    told_at = models.DateTimeField(default=clock.now)
    told_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    # By whom it was told to, so there is no `acknowledged_by`.
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-told_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(versions__len__gte=1), name="inclusion_tells_something"),
            models.UniqueConstraint(fields=["user"], condition=Q(first=True), name="inclusion_first_once"),
        ]
        triggers = [
            *tied(
                insert=[told(InclusionTold, says={"user": "{row}.user_id"})],
                update=[told(InclusionAcknowledged, says={"by": "'user:' || {row}.user_id"})],
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.told_at:%Y-%m-%d}"


class LeaverCode(Record):
    """What somebody reads by, after their account is closed, what is held about them (S149): a code on paper, kept as a slow hash.

    One at a time opens; one that was taken back or replaced never does again.
    """

    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="leaver_codes")
    hashed = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="leavercode_one_that_opens"
            )
        ]
        triggers = [
            *tied(
                insert=[told(LeaverCodeMade)],
                update=[told(LeaverCodeRevoked)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.made_at:%Y-%m-%d}"
