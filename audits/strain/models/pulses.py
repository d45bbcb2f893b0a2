"""What people say themselves: the pulse, whose answers stand apart from who answered, and what those who lead a team saw."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from audits.strain.events import LoadObserved, PulseClosed, PulseDone, PulseOpened
from audits.strain.pulse import PulseQuestion, PulseWord
from audits.strain.states import Sight
from charter.programme.models import choices
from governance.board.models import ties
from governance.people.models import Cohort, Person
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL
_BY_DONE = told(PulseDone, about="", says={"pulse": "{row}.pulse_id"})


class PulseRound(Record):
    """One pulse, at most one a month; `closes_on` is the last day on which it can be answered."""

    month = models.DateField(unique=True, error_messages={"unique": _("This month has a pulse already.")})
    opens_on = models.DateField()
    closes_on = models.DateField()
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="pulseround_month_is_a_first_day"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="pulseround_forward"),
        ]
        triggers = [*tied(insert=[told(PulseOpened)], update=[told(PulseClosed)]), ties.once("closed_at")]


class PulseTaken(Record):
    """That a person is done with a pulse, whether they answered or passed it over. It leads to no answer."""

    pulse = models.ForeignKey(PulseRound, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pulse", "person"]
        constraints = [models.UniqueConstraint(fields=["pulse", "person"], name="pulsetaken_once")]
        triggers = [*tied(insert=[_BY_DONE])]


class PulseEnvelope(Record):
    """Answers of somebody of a group, sealed by a key outside of the database until the pulse closes, then erased.

    Its key is random, so that not even the order in which envelopes came can be read of it; who passed the pulse over leaves an
    envelope of the same length.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pulse = models.ForeignKey(PulseRound, on_delete=models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        ordering = ["id"]
        triggers = [*tied(insert=[_BY_DONE], delete=[told(PulseClosed, about="{row}.pulse_id")])]


class PulseResult(Record):
    """The middle answer of a group to one question, and the first of the band of how many answered; written when the pulse closes."""

    pulse = models.ForeignKey(PulseRound, on_delete=models.PROTECT, related_name="results")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=10, choices=choices(PulseQuestion))
    middle = models.CharField(max_length=10, choices=choices(PulseWord))
    answered = models.PositiveIntegerField()

    class Meta:
        ordering = ["pulse", "cohort", "question"]
        constraints = [
            models.UniqueConstraint(fields=["pulse", "cohort", "question"], name="pulseresult_once"),
            models.CheckConstraint(condition=Q(answered__gte=5), name="pulseresult_of_enough_people"),
        ]
        triggers = [*tied(insert=[told(PulseClosed, about="{row}.pulse_id")])]


class LoadObservation(Record):
    """What somebody who leads a team saw of its load in a month, chosen from what can be seen; told without their name."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    saw = ArrayField(models.CharField(max_length=20, choices=Sight))
    observed_at = models.DateTimeField(default=clock.now)
    observed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["cohort", "-month", "-observed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "month", "observed_by"], name="loadobservation_once_a_month",
                violation_error_message=_("You said this month already what you saw of this team."),
            ),
            models.CheckConstraint(condition=Q(saw__len__gte=1), name="loadobservation_saw_something"),
        ]  # fmt: skip
        triggers = [*tied(insert=[told(LoadObserved)])]
