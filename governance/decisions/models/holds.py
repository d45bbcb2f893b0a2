"""Holds: values under review, which no decision about people may use meanwhile (AR21)."""

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.registry.models import Metric
from governance.decisions.events import HoldPlaced, HoldReleased, ProtectionEnded, ProtectionMade
from governance.decisions.states import HoldCause
from governance.people.models import Cohort, Person
from ground import clock
from ground.ids import new_blind_id
from ground.models import HoldsTexts

_USER = settings.AUTH_USER_MODEL


class _Days(Func):
    """The days of a window, with bounds as given: "[)" as windows are, "[]" to reach into the day after."""

    function = "DATERANGE"
    output_field = DateRangeField()


def days(*, touching: bool = False) -> _Days:
    """The window of a record as a range; `touching` makes two that follow each other at once overlap."""
    return _Days("starts_on", "ends_on", RangeBoundary(inclusive_upper=touching))


def or_none(field: str) -> Coalesce:
    """A reference in which null equals null, which SQL's does not."""
    return Coalesce(F(field), Value(UUID(int=0)), output_field=models.UUIDField())


class Hold(HoldsTexts):
    """Values of one metric under review: a cohort's, a person's, or where neither is named all of them.

    `ends_on` is out. Cause, reason and who placed it are for auditors and whoever placed it; to all others every hold
    reads the same. Its key does not tell when it was made.
    """

    id = models.UUIDField(primary_key=True, default=new_blind_id, editable=False)
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="holds")
    cohort = models.ForeignKey(Cohort, null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="holds")
    starts_on = models.DateField()
    ends_on = models.DateField()
    cause = models.CharField(max_length=20, choices=HoldCause)
    reason = models.TextField()
    # Counts in decisions about people alone, and is shown beside no value: whose it is could be guessed otherwise.
    on_use = models.BooleanField(default=False)
    placed_at = models.DateTimeField(default=clock.now)
    placed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_because = models.TextField(blank=True)

    class Meta:
        ordering = [
            "metric",
            "starts_on",
            "id",
        ]  # not by when they were placed, which could point at somebody
        indexes = [models.Index(fields=["metric"], condition=Q(released_at__isnull=True), name="hold_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="hold_ends_after_it_begins",
                violation_error_message=_("The window must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(cohort__isnull=True) | Q(person__isnull=True),
                name="hold_of_a_cohort_or_a_person",
                violation_error_message=_("A hold is on a cohort's values or on a person's, not on both."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="hold_says_why", violation_error_message=_("Say why.")
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, released_because="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(released_because="")),
                name="hold_released_at_by_and_why",
            ),
            # Of one's own only: a refusal that spoke of anybody else's would tell of its cause. Two appeals may
            # contest one value, and each is held for as long as it is open.
            ExclusionConstraint(
                name="hold_not_twice_by_one",
                expressions=[
                    ("placed_by", RangeOperators.EQUAL),
                    ("metric", RangeOperators.EQUAL),
                    (or_none("cohort"), RangeOperators.EQUAL),
                    (or_none("person"), RangeOperators.EQUAL),
                    (days(), RangeOperators.OVERLAPS),
                ],
                condition=Q(released_at__isnull=True) & ~Q(cause=HoldCause.APPEAL),
                violation_error_message=_("You hold these values already in part of that time."),
            ),
        ]
        triggers = [*tied(insert=[told(HoldPlaced)], update=[told(HoldReleased)])]


class Protection(HoldsTexts):
    """Somebody disputed a use of an account's by name; until `ends_on` (out) that account decides nothing about them.

    A dispute that is confidential or anonymous makes none: refusing its target would give its filer away (AR22).
    """

    id = models.UUIDField(primary_key=True, default=new_blind_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="protections")
    account = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    # Until somebody outside of the line has written why a decision of that account is no retaliation (S147).
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because="")),
                name="protection_ended_at_by_and_why",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="protection_ends_after_it_begins",
                violation_error_message=_("The window must end after it begins."),
            ),
        ]
        triggers = [*tied(insert=[told(ProtectionMade)], update=[told(ProtectionEnded)])]
