"""Rulebooks, and what audits grant a charter."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.registry.events import ClearanceGranted, RulebookProposed, RulebookProved, RulebookPublished
from charter.registry.models.charters import CharterVersion
from charter.registry.states import (
    RulebookState,
)
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class RulebookVersion(Record):
    """One immutable version of the rules, as Cedar text by file name."""

    number = models.PositiveIntegerField(unique=True)
    files = models.JSONField()
    content_hash = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=20, choices=RulebookState, default=RulebookState.PROPOSED)
    created_at = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    case_id = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=RulebookState.IN_FORCE),
                name="rulebookversion_one_in_force",
            ),
            models.CheckConstraint(
                name="rulebookversion_in_force_is_published",
                condition=~Q(state=RulebookState.IN_FORCE)
                | Q(published_at__isnull=False, published_by__isnull=False),
            ),
        ]
        triggers = [
            *tied(
                insert=[told(RulebookProposed)],
                update=[
                    told(RulebookPublished),
                    told(RulebookPublished, about="", says={"replaces": "{row}.id"}),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"rulebook {self.number}"


class ProofRun(Record):
    """What was proved of rules, and tried of them, at one time: where every figure of the page “How we know” comes from.

    `statements` says of each statement, by its id, whether it holds. `asked` requests were put to the proof and to the
    engine; `without` rules were taken away one by one. Nothing was asked, or taken away, where these are 0.
    """

    rulebook_version = models.ForeignKey(RulebookVersion, on_delete=models.PROTECT, related_name="proof_runs")
    at = models.DateTimeField(default=clock.now)
    run_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    solver = models.CharField(max_length=60)
    seconds = models.FloatField()
    statements = models.JSONField()
    asked = models.PositiveIntegerField(default=0)
    permitted = models.PositiveIntegerField(default=0)
    differences = models.PositiveIntegerField(default=0)
    without = models.PositiveIntegerField(default=0)
    opening = models.PositiveIntegerField(default=0)
    unnoticed = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(permitted__lte=F("asked"), differences__lte=F("asked")),
                name="proofrun_counts_what_was_asked",
            ),
            models.CheckConstraint(
                condition=Q(opening__lte=F("without"), unnoticed__lte=F("opening")),
                name="proofrun_counts_what_was_taken_away",
            ),
        ]
        triggers = [
            *tied(
                insert=[
                    told(
                        RulebookProved,
                        says={"asked": "{row}.asked", "differences": "{row}.differences"},
                    )
                ]
            )
        ]

    def __str__(self) -> str:
        return f"proof of {self.rulebook_version_id}"

    @property
    def proved(self) -> int:
        """How many statements hold."""
        return sum(self.statements.values())


class ClearanceKind(models.TextChoices):
    FAIRNESS_AUDIT = "fairness_audit", _("Fairness audit")


class Clearance(Record):
    """What an audit grants a charter version for a time, so that nothing below the audits asks upward (AR25)."""

    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="clearances")
    kind = models.CharField(max_length=30, choices=ClearanceKind)
    passed = models.BooleanField()
    valid_until = models.DateField()
    reference = models.CharField(max_length=200)
    granted_at = models.DateTimeField(default=clock.now)
    granted_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-granted_at"]
        triggers = [
            *tied(
                insert=[
                    told(
                        ClearanceGranted,
                        about="{row}.charter_version_id",
                        says={
                            "kind": "{row}.kind",
                            "passed": "{row}.passed",
                            "valid_until": "{row}.valid_until",
                            "reference": "{row}.reference",
                        },
                    )
                ]
            )
        ]
