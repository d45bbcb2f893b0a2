"""What people were told in writing of what is measured about them, and that they acknowledged it (S144)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from audits.ledger.ties import tied, told
from governance.about_me.events import (
    InclusionAcknowledged,
    InclusionTold,
    LeaverAddressConfirmed,
    LeaverAddressDropped,
    LeaverAddressGiven,
    LeaverCodeMade,
    LeaverCodeRevoked,
    LeaverLinkUsed,
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


class LeaverAddress(Record):
    """A private address by which somebody reads, after their account is closed, what is held about them (S149), sealed.

    One at a time counts, once it is confirmed; one that was taken back or replaced is forgotten. `opened_at` is when a link to it was used.
    """

    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="leaver_addresses")
    address = models.BinaryField()
    given_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(dropped_at__isnull=True), name="leaveraddress_one_that_counts"
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | Q(address=b""), name="leaveraddress_forgotten"
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="leaveraddress_confirmed_before_it_opens",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(LeaverAddressGiven)],
                update=[told(LeaverAddressConfirmed, LeaverAddressDropped, LeaverLinkUsed)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.given_at:%Y-%m-%d}"


class LeaverMail(Record):
    """A mail to a private address that waits to be sent: to confirm one, or asked for by what was typed, which is sealed."""

    address = models.ForeignKey(
        LeaverAddress, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    typed = models.BinaryField(blank=True, default=b"")
    queued_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["attempts", "queued_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(address__isnull=True) & ~Q(typed=b"") | Q(address__isnull=False, typed=b""),
                name="leavermail_typed_or_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.queued_at:%Y-%m-%d}"
