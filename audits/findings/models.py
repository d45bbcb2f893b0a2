"""Findings: what was noticed in how values are asked for, or in the values, and what a human made of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from audits.findings.events import FindingDismissed, FindingMade, FindingToBoard
from audits.findings.states import OF_NOBODY, FindingKind, FindingState
from audits.ledger.ties import tied, told
from governance.appeals.models import Appeal
from governance.board.models import Case
from ground import clock
from ground.ids import new_blind_id
from ground.models import HoldsTexts

_USER = settings.AUTH_USER_MODEL


class AuditFinding(HoldsTexts):
    """One finding: a prompt to a human, never a verdict. Its key does not tell when it was made.

    `evidence` holds receipts and numbers; `account` is whose use it is of. Only one after an appeal names that.
    """

    id = models.UUIDField(primary_key=True, default=new_blind_id, editable=False)
    kind = models.CharField(max_length=30, choices=FindingKind)
    account = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    appeal = models.ForeignKey(Appeal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=300, blank=True)  # the metric, group and day of a shift
    since = models.DateTimeField()
    until = models.DateTimeField()
    evidence = models.JSONField()
    state = models.CharField(max_length=20, choices=FindingState, default=FindingState.OPEN)
    found_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)
    case = models.OneToOneField(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="finding")

    class Meta:
        ordering = ["-until", "id"]
        indexes = [models.Index(fields=["account", "kind", "-until"], name="finding_of_an_account")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OF_NOBODY, account__isnull=True)
                | (~Q(kind__in=OF_NOBODY) & Q(account__isnull=False)),
                name="finding_of_an_account_or_nobody",
            ),
            models.CheckConstraint(
                condition=Q(kind=FindingKind.POST_APPEAL, appeal__isnull=False)
                | (~Q(kind=FindingKind.POST_APPEAL) & Q(appeal__isnull=True)),
                name="finding_after_an_appeal",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="finding_time_forward"),
            models.CheckConstraint(
                condition=Q(
                    state=FindingState.OPEN, settled_at__isnull=True, settled_by__isnull=True, because=""
                )
                | (
                    ~Q(state=FindingState.OPEN)
                    & Q(settled_at__isnull=False, settled_by__isnull=False)
                    & ~Q(because="")
                ),
                name="finding_settled_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=FindingState.CASE, case__isnull=False)
                | (~Q(state=FindingState.CASE) & Q(case__isnull=True)),
                name="finding_before_the_board_has_a_case",
            ),
        ]
        triggers = [*tied(insert=[told(FindingMade)], update=[told(FindingDismissed, FindingToBoard)])]
