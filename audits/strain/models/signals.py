"""Limits that the board set, playbooks with the alerts they let be switched on, and what each team's weeks said."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from audits.strain.events import AlertSwitched, LoadProposed, PlaybookWritten, SignalsTold
from audits.strain.judging import JudgedBy, SignalFinding
from audits.strain.signals import SignalKind
from charter.programme.models import choices
from charter.rules.vocabulary import ContextClass
from governance.board.models import Case, ties
from governance.board.states import CaseKind
from governance.people.models import Cohort
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class LoadProposal(Record):
    """Limits of a healthy load for one kind of team, as put to the board: by signal, a person-week; in force once it approved (S118)."""

    team_kind = models.CharField(max_length=20, choices=choices(ContextClass))
    limits = models.JSONField()
    because = models.TextField()
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["team_kind", "-proposed_at", "-id"]
        triggers = [
            *tied(insert=[told(LoadProposed, says={"case": "{row}.case_id"})]),
            ties.while_open(kind=CaseKind.HEALTHY_LOAD),
        ]


class StrainPlaybook(Record):
    """What is done where a signal shows strain: written before its alert is switched on, never changed; the newest counts."""

    signal = models.CharField(max_length=20, choices=choices(SignalKind))
    steps = models.TextField()
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["signal", "-written_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(steps=""), name="strainplaybook_says_something"),
        ]
        triggers = [*tied(insert=[told(PlaybookWritten, says={"signal": "{row}.signal"})])]


class AlertSwitch(Record):
    """Whether a signal's alerts are on. It names the playbook by which it was switched, so none is on without one (S125)."""

    signal = models.CharField(max_length=20, choices=choices(SignalKind), unique=True)
    is_on = models.BooleanField()
    playbook = models.ForeignKey(StrainPlaybook, on_delete=models.PROTECT, related_name="+")
    switched_at = models.DateTimeField(default=clock.now)
    switched_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["signal"]
        triggers = [
            *tied(
                insert=[told(AlertSwitched, says={"playbook": "{row}.playbook_id"})],
                update=[told(AlertSwitched, says={"playbook": "{row}.playbook_id"})],
            )
        ]


class TeamSignal(Record):
    """What thirteen weeks of a team say of one signal. It holds no number of what happened: weeks are counted, never events.

    `ends_on` is the first day after them, `since` the Monday of the first week beyond the limit.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    signal = models.CharField(max_length=20, choices=choices(SignalKind))
    ends_on = models.DateField()
    finding = models.CharField(max_length=10, choices=choices(SignalFinding))
    judged_by = models.CharField(max_length=10, choices=choices(JudgedBy))
    since = models.DateField(null=True, blank=True)
    over = models.PositiveSmallIntegerField()
    known = models.PositiveSmallIntegerField()
    lasting = models.BooleanField()
    why = models.CharField(max_length=20, blank=True)
    weeks = models.CharField(
        max_length=13, blank=True
    )  # a `WeekMark` each, where they are judged by themselves
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["cohort", "-ends_on", "signal"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "signal", "ends_on"], name="teamsignal_once"),
            models.CheckConstraint(
                condition=Q(finding=SignalFinding.STRAINED, since__isnull=False, since__lt=F("ends_on"))
                | (~Q(finding=SignalFinding.STRAINED) & Q(since__isnull=True)),
                name="teamsignal_strained_since",
            ),
            models.CheckConstraint(
                condition=Q(known__lte=13, over__lte=13), name="teamsignal_counts_weeks", violation_error_message=_("A quarter has 13 weeks."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["ends_on", "cohort"], name="teamsignal_newest")]
        triggers = [*tied(insert=[told(SignalsTold, about="", says={"through": "{row}.ends_on"})])]
