"""What follows from cases: waivers, suspensions, and pilots with what was learnt in them."""

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.programme.models import choices
from charter.registry.models import CharterVersion
from charter.rules.vocabulary import DecisionType
from governance.board.events import (
    CaseDecided,
    CaseOpened,
    CharterSuspendedBySeat,
    PilotConcluded,
    PilotEnded,
    PilotStarted,
    SurveyAnswered,
    WaiverEnded,
)
from governance.board.models import ties
from governance.board.models.cases import Case
from governance.board.models.consents import PILOT_HAS_CONSENT, TeamConsent
from governance.board.models.seats import Seat
from governance.board.states import PILOT_DAYS, WAIVER_DAYS, CaseKind, ConsequenceAct, PilotState, Said
from ground import clock
from ground.models import HoldsTexts, Record

_USER = settings.AUTH_USER_MODEL


class Waiver(Record):
    """A dated exception to a waivable rule, for a metric or a decision or both; in force once its case is approved.

    `metric` and `decision` are blank where it holds for all of them. `ends_on` is out.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="waiver")
    rule_id = models.CharField(max_length=20)
    metric = models.CharField(max_length=100, blank=True)
    decision = models.CharField(max_length=40, blank=True, choices=choices(DecisionType))
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.TextField()
    requested_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(metric="") | ~Q(decision=""),
                name="waiver_has_a_scope",
                violation_error_message=_("A waiver is for one metric, one decision, or both."),
            ),
            models.CheckConstraint(
                condition=Q(
                    ends_on__gt=F("starts_on"), ends_on__lte=F("starts_on") + timedelta(days=WAIVER_DAYS[-1])
                ),
                name="waiver_has_an_end",
                violation_error_message=_("A waiver ends after it begins, and within 366 days."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="waiver_says_why",
                violation_error_message=_("Say why the exception is needed."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="waiver_ended_at_and_by",
            ),
        ]
        triggers = [
            *tied(insert=[told(CaseOpened, about="{row}.case_id")], update=[told(WaiverEnded)]),
            ties.while_open(kind=CaseKind.WAIVER),
            ties.once("ended_at"),
        ]


class SettingsChange(Record):
    """Settings of the programme as a case would have them, and what they were when it was opened; by key, as JSON."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="settings_change")
    changes = models.JSONField()
    former = models.JSONField()

    class Meta:
        ordering = ["-case__opened_at"]
        triggers = [
            *tied(insert=[told(CaseOpened, about="{row}.case_id")]),
            ties.while_open(kind=CaseKind.SETTINGS),
        ]


class ConsequencesProposal(Record):
    """What a case about unintended consequences would do with its charter; `revise_by` is the last day of one to be revised."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="consequences")
    act = models.CharField(max_length=20, choices=ConsequenceAct)
    revise_by = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(act=ConsequenceAct.REVISE, revise_by__isnull=False)
                | (~Q(act=ConsequenceAct.REVISE) & Q(revise_by__isnull=True)),
                name="consequencesproposal_revised_by_a_day",
                violation_error_message=_("Say by which day it is to be revised, and for nothing else."),
            )
        ]
        triggers = [
            *tied(insert=[told(CaseOpened, about="{row}.case_id")]),
            ties.while_open(kind=CaseKind.UNINTENDED_CONSEQUENCES),
        ]


class Suspension(Record):
    """A seat took a charter out of use at once; the board ratifies that in time, or it lapses."""

    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="suspensions")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="suspension")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="suspensions")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(default=clock.now)
    ratify_by = models.DateTimeField()
    ratified_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="suspension_says_why",
                violation_error_message=_("Say why it is to be suspended."),
            ),
            models.CheckConstraint(
                condition=Q(ratified_at__isnull=True) | Q(lapsed_at__isnull=True),
                name="suspension_ratified_or_lapsed",
            ),
            models.CheckConstraint(condition=Q(ratify_by__gt=F("at")), name="suspension_has_time"),
            models.UniqueConstraint(
                fields=["charter_version"],
                condition=Q(ratified_at__isnull=True, lapsed_at__isnull=True),
                name="suspension_one_open_a_version",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(CharterSuspendedBySeat)],
                update=[
                    told(
                        CaseDecided, about="{row}.case_id", says={"approved": "{row}.ratified_at IS NOT NULL"}
                    )
                ],
            ),
            ties.while_open(kind=CaseKind.SUSPENSION),
            ties.once("ratified_at", "lapsed_at"),
            ties.SETTLED_BY_ITS_CASE,
        ]


class Pilot(Record):
    """One team that consented tries a charter out for six to eight weeks (S127, S128). `ends_on` is out."""

    charter_version = models.ForeignKey(CharterVersion, on_delete=models.PROTECT, related_name="pilots")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="pilots")
    cohort = models.CharField(max_length=100)
    consent = models.ForeignKey(TeamConsent, on_delete=models.PROTECT, related_name="pilots")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=20, choices=PilotState, default=PilotState.RUNNING)
    started_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ended_because = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    ends_on__gte=F("starts_on") + timedelta(days=PILOT_DAYS[0]),
                    ends_on__lte=F("starts_on") + timedelta(days=PILOT_DAYS[-1]),
                ),
                name="pilot_lasts_six_to_eight_weeks",
                violation_error_message=_("A pilot lasts between 42 and 56 days."),
            ),
            models.CheckConstraint(
                condition=Q(state=PilotState.RUNNING, ended_at__isnull=True, ended_by__isnull=True)
                | Q(state=PilotState.ENDED, ended_at__isnull=False, ended_by__isnull=False),
                name="pilot_ended_at_and_by",
            ),
            models.UniqueConstraint(
                fields=["charter_version"],
                condition=Q(state=PilotState.RUNNING),
                name="pilot_one_team_at_a_time",
                violation_error_message=_("A team is trying this charter out already."),
            ),
        ]
        triggers = [*tied(insert=[told(PilotStarted)], update=[told(PilotEnded)]), PILOT_HAS_CONSENT]

    def __str__(self) -> str:
        return f"{self.charter_version} · {self.cohort}"


class PilotExit(Record):
    """What was learnt in a pilot, in three sections (S129). Written once; it closes the survey."""

    pilot = models.OneToOneField(Pilot, on_delete=models.PROTECT, related_name="exit")
    definitions = models.TextField()
    interpretation = models.TextField()
    concerns = models.TextField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(definitions="") & ~Q(interpretation="") & ~Q(concerns=""),
                name="pilotexit_has_its_three_sections",
                violation_error_message=_("All three sections are needed."),
            )
        ]
        triggers = [*tied(insert=[told(PilotConcluded, about="{row}.pilot_id")])]


class SurveyAnswer(HoldsTexts):
    """What one member of a pilot's team answered (S130, S131).

    `voice` is an HMAC of who it was, so that nobody answers twice; neither a time nor an ordered key tells who it was.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    pilot = models.ForeignKey(Pilot, on_delete=models.PROTECT, related_name="answers")
    voice = models.CharField(max_length=64)
    helpful = models.CharField(max_length=10, choices=Said)
    misleading = models.CharField(max_length=10, choices=Said)
    healthier = models.CharField(max_length=10, choices=Said)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "voice"],
                name="surveyanswer_once",
                violation_error_message=_("You have answered already. Answers are kept without your name."),
            )
        ]
        triggers = [*tied(insert=[told(SurveyAnswered, about="{row}.pilot_id")])]


class MisuseQuestion(Record):
    """Whose look a case about a misuse is about."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="misuse")
    account = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            *tied(insert=[told(CaseOpened, about="{row}.case_id")]),
            ties.while_open(kind=CaseKind.MISUSE),
        ]
