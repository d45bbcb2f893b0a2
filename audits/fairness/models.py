"""Fairness audits: outcomes handed in, what was found of them, which metrics that concerns, and what it gives HR to do.

Whose outcome was which stands nowhere once it was audited: it is sealed until then, and erased with the audit.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.fairness.events import (
    AuditConcluded,
    AuditRun,
    HarmAnswerGiven,
    OutcomesDiscarded,
    OutcomesHandedIn,
    RevisionAsked,
    VarianceTaskClosed,
)
from audits.fairness.states import FairnessState
from audits.ledger.ties import tied, told
from charter.programme.models import choices
from charter.registry.models import CharterVersion
from charter.rules.vocabulary import DecisionType
from governance.board.models import Case
from governance.people.models import Person
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL
_BY_AUDIT = told(AuditRun, about="{row}.audit_id")


class OutcomeSet(Record):
    """Outcomes of one decision in one period; `sealed` holds whose they are, until they are audited or discarded.

    `ends_on` is out. Ratings count as selected from `favourable_from` on; null where outcomes say themselves. Without `metrics`
    they rest on evidence alone, and their audit clears none.
    """

    decision = models.CharField(max_length=40, choices=choices(DecisionType))
    starts_on = models.DateField()
    ends_on = models.DateField()
    metrics = ArrayField(models.CharField(max_length=100), blank=True)
    favourable_from = models.FloatField(null=True, blank=True)
    people = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField(null=True, blank=True)
    handed_in_at = models.DateTimeField(default=clock.now)
    handed_in_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-handed_in_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="outcomeset_ends_after_it_begins",
                violation_error_message=_("The last day must come after the first."),
            ),
            models.CheckConstraint(
                condition=Q(sealed__isnull=False, erased_at__isnull=True)
                | Q(sealed__isnull=True, erased_at__isnull=False),
                name="outcomeset_sealed_or_erased",
            ),
        ]
        triggers = [
            *tied(
                insert=[
                    told(
                        OutcomesHandedIn,
                        says={"content_hash": "{row}.content_hash", "people": "{row}.people"},
                    )
                ],
                update=[
                    told(OutcomesDiscarded),
                    told(AuditRun, about="", says={"outcomes": "{row}.id"}),
                ],
            )
        ]


class FairnessAudit(Record):
    """One audit; `results` is all that it tells, `answers` what was answered of each harm hypothesis, with its evidence."""

    outcomes = models.OneToOneField(OutcomeSet, on_delete=models.PROTECT, related_name="audit")
    auditor = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=FairnessState, default=FairnessState.OPEN)
    results = models.JSONField()
    answers = models.JSONField(default=dict, blank=True)
    run_at = models.DateTimeField(default=clock.now)
    concluded_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-run_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=FairnessState.OPEN, concluded_at__isnull=True)
                | (~Q(state=FairnessState.OPEN) & Q(concluded_at__isnull=False)),
                name="fairnessaudit_concluded_at",
            ),
            models.CheckConstraint(
                condition=~Q(state=FairnessState.FAILED) | Q(valid_until__isnull=True),
                name="fairnessaudit_flagged_clears_nothing",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(AuditRun, says={"outcomes": "{row}.outcomes_id"})],
                update=[told(HarmAnswerGiven), told(AuditConcluded, says={"state": "{row}.state"})],
            )
        ]


class AuditedMetric(Record):
    """A charter version that an audit is about, with how much of its metric goes with context; null where that is not known."""

    audit = models.ForeignKey(FairnessAudit, on_delete=models.PROTECT, related_name="metrics")
    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="+")
    context = models.JSONField(null=True, blank=True)
    exceeds = models.BooleanField()
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["charter_version__metric__slug"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "charter_version"], name="auditedmetric_once"),
            models.CheckConstraint(
                condition=Q(case__isnull=True) | Q(exceeds=True), name="auditedmetric_case_for_a_reason"
            ),
        ]
        triggers = [*tied(insert=[_BY_AUDIT], update=[told(RevisionAsked, says={"case": "{row}.case_id"})])]


class VarianceTask(Record):
    """A manager whose people were rated apart from people of equal evidence, for HR to look into; of no rated person's record."""

    audit = models.ForeignKey(FairnessAudit, on_delete=models.PROTECT, related_name="tasks")
    manager = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    people = models.PositiveIntegerField()
    others = models.PositiveIntegerField()
    gap = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    discovery = models.FloatField()
    done = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["closed_at", "-audit__run_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "manager"], name="variancetask_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, done="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(done="")),
                name="variancetask_closed_with_words",
            ),
        ]
        triggers = [*tied(insert=[_BY_AUDIT], update=[told(VarianceTaskClosed, says={"done": "{row}.done"})])]
