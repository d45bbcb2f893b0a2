"""Questions that the rules left to the board."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.board.models import Case, ties
from governance.board.states import CaseKind
from governance.decisions.events import ReferralMade, RulingEnded
from governance.decisions.models.records import DecisionRecord
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class Referral(Record):
    """A referred question, put to the board by whoever asked it; once its case is closed, that is the ruling.

    `shapes` say, for each of `rules` in their order, which later requests the ruling answers
    (`governance.decisions.requests.fingerprints`). The request and the facts are those of the decision.
    """

    decision = models.OneToOneField(DecisionRecord, on_delete=models.PROTECT, related_name="referral")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="referral")
    rules = ArrayField(models.CharField(max_length=20))
    shapes = ArrayField(models.CharField(max_length=64))
    asked_at = models.DateTimeField(default=clock.now)
    asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="referrals")
    # Ended by the board before its time, as waivers are.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="referral_ended_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(rules__len__gte=1),
                name="referral_has_a_rule",
                violation_error_message=_("Only what a rule leaves to the board is put to it."),
            ),
        ]
        indexes = [GinIndex(fields=["shapes"], name="referral_shapes")]
        triggers = [
            *tied(insert=[told(ReferralMade)], update=[told(RulingEnded)]),
            ties.while_open(kind=CaseKind.EDGE_CASE),
            ties.once("ended_at"),
        ]

    def __str__(self) -> str:
        return str(self.case)
