"""A team's consent to a charter, given by its members themselves and by nobody for them (S127)."""

from uuid import uuid4

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.registry.models import CharterVersion
from governance.board.events import ConsentAnswered, ConsentAsked, ConsentGiven, ConsentWithdrawn
from ground import clock
from ground.models import HoldsTexts, Record
from ground.schema.triggers import Trigger, refuse

_USER = settings.AUTH_USER_MODEL


class TeamConsent(Record):
    """Whether a team agrees to one charter version: asked of its members until `answer_by` is over, given once two thirds agree.

    It is withdrawn where fewer agree later on. Who said what is in no row.
    """

    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="consents")
    cohort = models.CharField(max_length=100)
    asked_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    answer_by = models.DateField()
    given_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True)
                | Q(given_at__isnull=False, withdrawn_at__gte=F("given_at")),
                name="teamconsent_withdrawn_after_it_was_given",
            ),
            models.UniqueConstraint(
                fields=["charter_version", "cohort"],
                condition=Q(given_at__isnull=False, withdrawn_at__isnull=True),
                name="teamconsent_given_once_at_a_time",
            ),
        ]
        triggers = [
            *tied(insert=[told(ConsentAsked)], update=[told(ConsentGiven, ConsentWithdrawn)]),
            Trigger(
                name="withdrawn_for_good",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.withdrawn_at IS NOT NULL"),
                func=refuse("a consent that was withdrawn is asked for anew", "withdrawn_for_good"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charter_version} · {self.cohort}"

    @property
    def holds(self) -> bool:
        """Whether the team agrees now."""
        return self.given_at is not None and self.withdrawn_at is None


class ConsentAnswer(HoldsTexts):
    """What one member said. `voice` is an HMAC of who, so that nobody answers twice; neither time nor order tells who it was."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    consent = models.ForeignKey(TeamConsent, on_delete=models.PROTECT, related_name="answers")
    voice = models.CharField(max_length=64)
    agrees = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["consent", "voice"],
                name="consentanswer_one_a_voice",
                violation_error_message=_("You have answered already. You may change your answer."),
            )
        ]
        triggers = [
            *tied(
                insert=[told(ConsentAnswered, about="{row}.consent_id")],
                update=[told(ConsentAnswered, about="{row}.consent_id")],
            )
        ]


# A pilot runs with a consent of its team to its charter that holds when it begins.
PILOT_HAS_CONSENT = Trigger(
    name="runs_with_consent",
    definer=True,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
IF NOT EXISTS (
    SELECT FROM board_teamconsent c WHERE c.id = NEW.consent_id AND c.cohort = NEW.cohort
    AND c.charter_version_id = NEW.charter_version_id AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL
) THEN
    {refuse("a pilot runs with the consent of its team", "pilot_runs_with_consent")}
END IF;
RETURN NEW;
""",
)
