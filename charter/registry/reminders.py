"""What the registry's clock has said, and which charters it has flagged; part of `models`, which imports it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.registry.events import (
    AgreementSuspended,
    AgreementSuspensionEnded,
    ExpiryReminded,
    ReviewOverdue,
    ReviewReminded,
    ReviewSuspensionEnded,
    UntiedAsked,
    UntiedEnded,
    UntiedFlagged,
    UntiedOverdue,
    UntiedSuspensionEnded,
)
from ground import clock
from ground.models import Record

_VERSION = "registry.CharterVersion"


class ReminderKind(models.TextChoices):
    EXPIRY = "expiry", _("The charter is about to expire")
    REVIEW = "review", _("The review of its decisions is due")


class SuspendedFor(models.TextChoices):
    REVIEW = "review", _("Its review was overdue")
    UNTIED = "untied", _("It allows no decision, and nobody said why it stays")
    AGREEMENT = "agreement", _("An agreement that it rests on has ended, or it goes beyond one")


class Reminder(Record):
    """The owner of a charter was reminded, once for each day that something falls due and each stage before it.

    What follows counts from `given_on`, so that a worker that was down for a week shortens nobody's notice.
    """

    charter_version = models.ForeignKey(_VERSION, on_delete=models.PROTECT, related_name="reminders")
    kind = models.CharField(max_length=20, choices=ReminderKind)
    due_on = models.DateField()
    days = models.PositiveSmallIntegerField(default=0)  # the stage: so many days before
    given_on = models.DateField()
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["charter_version", "kind", "due_on", "days"], name="reminder_once_a_stage"
            )
        ]
        triggers = [*tied(insert=[told(ExpiryReminded, ReviewReminded, about="{row}.charter_version_id")])]


class UntiedFlag(Record):
    """A charter in force that allows none of the programme's decisions (S11), from when until it is tied or out of force.

    `asked_on` is the day on which its owner was asked to retire or justify it.
    """

    charter_version = models.ForeignKey(_VERSION, on_delete=models.PROTECT, related_name="untied_flags")
    flagged_on = models.DateField()
    flagged_at = models.DateTimeField(default=clock.now)
    flagged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-flagged_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["charter_version"],
                condition=Q(ended_at__isnull=True),
                name="untiedflag_one_open_a_version",
            ),
            models.CheckConstraint(
                condition=Q(asked_on__isnull=True) | Q(asked_on__gte=F("flagged_on")),
                name="untiedflag_asked_after_flagged",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="untiedflag_ended_at_and_by",
            ),
        ]
        triggers = [*tied(insert=[told(UntiedFlagged)], update=[told(UntiedAsked, UntiedEnded)])]


class ClockSuspension(Record):
    """A charter that was suspended because nobody acted in time; a review that confirms it puts it back in force.

    One that was suspended for an agreement is back in force once that stands again, or the board has agreed to a departure.
    Suspensions by a seat of the board are the board's own, and end there.
    """

    charter_version = models.ForeignKey(_VERSION, on_delete=models.PROTECT, related_name="clock_suspensions")
    reason = models.CharField(max_length=20, choices=SuspendedFor)
    suspended_at = models.DateTimeField(default=clock.now)
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-suspended_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["charter_version"],
                condition=Q(ended_at__isnull=True),
                name="clocksuspension_one_open_a_version",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="clocksuspension_ended_at_and_by",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(UntiedOverdue, ReviewOverdue, AgreementSuspended)],
                update=[told(UntiedSuspensionEnded, ReviewSuspensionEnded, AgreementSuspensionEnded)],
            )
        ]
