"""What goes well, and what product and engineering chose while an error budget burned."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from audits.strain.events import TeamRecognised, TradeOffAgreed, TradeOffWritten
from audits.strain.states import PathItem, TradeChoice, TradeSide
from governance.board.models import ties
from governance.people.models import Cohort
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class TradeOff(Record):
    """What one side wrote that both choose while a budget burns, until a day; it counts once somebody of the other agreed (S153)."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=20, choices=TradeChoice)
    because = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day on which it holds
    side = models.CharField(max_length=20, choices=TradeSide)  # of whoever wrote it
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="tradeoff_forward",
                violation_error_message=_("The last day must not come before the first."),
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False),
                name="tradeoff_agreed_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True) | ~Q(agreed_by=F("written_by")), name="tradeoff_by_two"
            ),
        ]  # fmt: skip
        triggers = [
            *tied(insert=[told(TradeOffWritten)], update=[told(TradeOffAgreed)]),
            ties.once("agreed_at"),
        ]


class TeamRecognition(Record):
    """What a team is recognised for, in words that it agreed to. No number stands in it, and no person (S121)."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    items = ArrayField(models.CharField(max_length=20, choices=PathItem))
    words = models.CharField(max_length=300)
    published_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-published_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(items__len__gte=1), name="teamrecognition_for_something")
        ]
        triggers = [*tied(insert=[told(TeamRecognised)])]
