"""Alerts with what is done about them, what reached the board, and what followed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audits.ledger.ties import tied, told
from audits.strain.events import (
    ActionChosen,
    AlertEased,
    AlertHandedOver,
    AlertRaised,
    FollowUpWritten,
    StrainReported,
)
from audits.strain.states import UNDER_WAY, AlertState, FollowedBy, LoadRemedy, ReportKind
from governance.board.models import Case, ties
from governance.board.states import CaseKind
from governance.people.models import Cohort
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class StrainAlert(Record):
    """Clues of strain of one team that came together, and its action: an owner, what is done, and until when (S112)."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    signals = ArrayField(models.CharField(max_length=20))
    clues = ArrayField(models.CharField(max_length=20))
    since = models.DateField()
    ends_on = models.DateField()  # of the weeks that it rests on; the first day after them
    state = models.CharField(max_length=10, choices=AlertState, default=AlertState.OPEN)
    raised_at = models.DateTimeField(default=clock.now)
    owner = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    choose_by = models.DateField()
    remedy = models.CharField(max_length=20, choices=LoadRemedy, blank=True)
    doing = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    chosen_at = models.DateTimeField(null=True, blank=True)
    eased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort"], condition=Q(state__in=UNDER_WAY), name="strainalert_one_under_way"
            ),
            models.CheckConstraint(
                condition=Q(remedy="", doing="", due_on__isnull=True, chosen_at__isnull=True)
                | (~Q(remedy="") & ~Q(doing="") & Q(due_on__isnull=False, chosen_at__isnull=False)),
                name="strainalert_action_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=AlertState.ACTING) | ~Q(remedy=""),
                name="strainalert_acting_does_something",
            ),
            models.CheckConstraint(
                condition=Q(state=AlertState.EASED, eased_at__isnull=False)
                | (~Q(state=AlertState.EASED) & Q(eased_at__isnull=True)),
                name="strainalert_eased_at",
            ),
            models.CheckConstraint(condition=Q(since__lt=F("ends_on")), name="strainalert_weeks_forward"),
        ]
        triggers = [
            *tied(
                insert=[told(AlertRaised)],
                update=[
                    told(ActionChosen, says={"remedy": "{row}.remedy"}),
                    told(AlertHandedOver, says={"owner": "{row}.owner_id"}),
                    told(AlertEased),
                ],
            ),
            ties.once("eased_at"),
        ]


class StrainReport(Record):
    """Strain that was put to the board, once a reason: of an alert, or of a team's quarter (S112, S119)."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ReportKind)
    alert = models.ForeignKey(
        StrainAlert, null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    ends_on = models.DateField()  # of the weeks, or the day that was missed
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-reported_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "kind", "ends_on"], name="strainreport_once"),
            models.CheckConstraint(
                condition=Q(kind=ReportKind.LASTING, alert__isnull=True)
                | (~Q(kind=ReportKind.LASTING) & Q(alert__isnull=False)),
                name="strainreport_of_an_alert_or_a_quarter",
            ),
        ]
        triggers = [
            *tied(insert=[told(StrainReported, says={"case": "{row}.case_id"})]),
            ties.while_open(kind=CaseKind.STRAIN),
        ]


class AlertFollowUp(Record):
    """What followed an alert, of the team as a whole, to see whether what was done helped (S126)."""

    alert = models.ForeignKey(StrainAlert, on_delete=models.PROTECT, related_name="follow_ups")
    turnover = models.CharField(max_length=10, choices=FollowedBy)
    regressions = models.CharField(max_length=10, choices=FollowedBy)
    knowledge_lost = models.CharField(max_length=10, choices=FollowedBy)
    helped = models.BooleanField(null=True, blank=True)  # null where that is not known yet
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-written_at", "-id"]
        triggers = [*tied(insert=[told(FollowUpWritten, says={"alert": "{row}.alert_id"})])]
