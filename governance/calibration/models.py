"""Calibration: rubrics, rounds, whom they are about, what stands in a pack, and what was proposed of whom.

No table of metrics holds a level; what is said of people here is sealed (`words`), and cites receipts of the line (S53).
It is written once, and deleted with the person's part of the round once that was kept long enough.
There is no field for how many people may come out where, and none is to be made (AR17).
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.fairness.models import OutcomeSet
from audits.ledger.models import Entry
from audits.ledger.ties import tied, told
from charter.programme.models import choices
from charter.rules.vocabulary import DecisionType
from governance.calibration.events import (
    AnswererNamed,
    ChallengeAnswered,
    ChallengeRaised,
    ItemSetAside,
    OutcomeAcknowledged,
    PackNoteWritten,
    PackValuesAsked,
    ProposalMade,
    RoundAnnounced,
    RoundClosed,
    RoundDrafted,
    RoundDropped,
    RoundHandedIn,
    RoundOpened,
    RoundPublished,
    RoundReopened,
    RubricWritten,
)
from governance.calibration.states import TRANSITIONS, NoteKind, ProposalKind, RoundState
from governance.people.models import Cohort, Person
from governance.use_check.models import RoleProfile
from ground import clock
from ground.models import Record
from ground.schema.triggers import Trigger, outside, refuse

_USER = settings.AUTH_USER_MODEL
LEVELS = (1, 2, 3)
MOST_METRICS = 5  # as many as the line answers together


class Rubric(Record):
    """What each of three levels means for a role family, with worked examples; the latest of a family counts (S91)."""

    role_family = models.CharField(_("role family"), max_length=100)
    names = ArrayField(models.CharField(max_length=60), size=3)
    meanings = ArrayField(models.TextField(), size=3)
    examples = models.JSONField()  # for each level a list of texts
    written_at = models.DateTimeField(default=clock.now)
    written_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["role_family", "-written_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(role_family=""), name="rubric_names_a_family"),
            models.CheckConstraint(
                condition=Q(names__len=3, meanings__len=3), name="rubric_has_three_levels"
            ),
            models.CheckConstraint(
                condition=Q(examples__0__0__isnull=False, examples__1__0__isnull=False, examples__2__0__isnull=False),
                name="rubric_has_an_example_each",
                violation_error_message=_("Give at least one worked example for each level."),
            ),
        ]  # fmt: skip
        triggers = [*tied(insert=[told(RubricWritten)])]

    def __str__(self) -> str:
        return self.role_family


class CalibrationRound(Record):
    """One round: of which period (`ends_on` is out), of whom, for which decision, and what will be used.

    Without `metrics` it rests on evidence alone, and asks the line nothing.
    """

    name = models.CharField(_("name"), max_length=120)
    decision = models.CharField(max_length=40, choices=choices(DecisionType))
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    opens_on = models.DateField()
    metrics = ArrayField(models.CharField(max_length=100), blank=True)
    favourable_from = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(2), MaxValueValidator(3)]
    )
    says = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=RoundState, default=RoundState.DRAFT)
    drafted_at = models.DateTimeField(default=clock.now)
    drafted_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(null=True, blank=True)
    outcomes = models.ForeignKey(
        OutcomeSet, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-drafted_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="round_ends_after_it_begins",
                violation_error_message=_("The last day must come after the first."),
            ),
            models.CheckConstraint(
                condition=Q(metrics__len__lte=MOST_METRICS), name="round_names_few_metrics"
            ),
            models.CheckConstraint(
                condition=Q(favourable_from__in=[2, 3]), name="round_is_favourable_from_a_level"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RoundState.DRAFT, RoundState.DROPPED], published_at__isnull=True)
                | (
                    Q(announced_at__isnull=False)
                    & (
                        Q(state__in=[RoundState.PUBLISHED, RoundState.CLOSED], published_at__isnull=False, outcomes__isnull=False)
                        | (~Q(state__in=[RoundState.PUBLISHED, RoundState.CLOSED]) & Q(published_at__isnull=True))
                    )
                ),
                name="round_told_after_it_was_announced_and_audited",
            ),
            models.CheckConstraint(
                condition=~Q(state=RoundState.AUDITED) | Q(outcomes__isnull=False),
                name="round_audited_has_outcomes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[RoundState.CLOSED, RoundState.DROPPED], ended_at__isnull=False)
                | (~Q(state__in=[RoundState.CLOSED, RoundState.DROPPED]) & Q(ended_at__isnull=True)),
                name="round_ended_at",
            ),
        ]  # fmt: skip
        triggers = [
            *tied(
                insert=[told(RoundDrafted)],
                update=[
                    told(
                        RoundAnnounced,
                        RoundOpened,
                        RoundHandedIn,
                        RoundReopened,
                        RoundPublished,
                        RoundClosed,
                        RoundDropped,
                    )
                ],
            ),
            Trigger(
                name="by_the_table",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=outside(TRANSITIONS, "state"),
                func=refuse("a round does not move so", "round_moves_by_the_table"),
            ),
            Trigger(
                name="audit_passed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state = 'published' AND OLD.state <> 'published'"),
                func=f"""
IF NOT EXISTS (SELECT FROM fairness_fairnessaudit a WHERE a.outcomes_id = NEW.outcomes_id AND a.state = 'passed') THEN
    {refuse("a round is published after its audit was passed", "round_audit_passed")}
END IF;
RETURN NEW;
""",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoundFamily(Record):
    """By which rubric and evidence profile a round judges a role family, as it was announced."""

    round = models.ForeignKey(CalibrationRound, on_delete=models.PROTECT, related_name="families")
    role_family = models.CharField(max_length=100)
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(RoleProfile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["role_family"]
        constraints = [models.UniqueConstraint(fields=["round", "role_family"], name="roundfamily_once")]
        triggers = [*tied(insert=[told(RoundAnnounced, about="{row}.round_id")])]


class CalibrationItem(Record):
    """One person in a round, and the one account that answers for what is decided about them (S93)."""

    round = models.ForeignKey(CalibrationRound, on_delete=models.PROTECT, related_name="items")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(RoundFamily, on_delete=models.PROTECT, related_name="items")
    accountable = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside = models.BinaryField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["person__external_id"]
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="calibrationitem_once")]
        triggers = [
            *tied(
                insert=[told(RoundAnnounced, about="{row}.round_id")],
                update=[told(AnswererNamed, ItemSetAside, OutcomeAcknowledged)],
            )
        ]


class PackNote(Record):
    """What somebody wrote into a pack by name: growth, or work that nobody sees without asking; sealed."""

    item = models.ForeignKey(CalibrationItem, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=20, choices=NoteKind)
    said = models.BinaryField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        triggers = [*tied(insert=[told(PackNoteWritten)])]


class PackValues(Record):
    """What the line answered for a pack: its receipt, and sealed what it told. Only asking again changes what is cited (S88)."""

    item = models.ForeignKey(CalibrationItem, on_delete=models.PROTECT, related_name="values")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")
    permitted = models.BooleanField()
    told = models.BinaryField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        triggers = [*tied(insert=[told(PackValuesAsked)])]


class LevelProposal(Record):
    """A level that was proposed for a person, and what it rests on; the last of an item counts. Never changed, only followed.

    The level and its reasons are sealed. It rests on at least one piece of qualitative evidence, whatever is cited besides (S92).
    """

    item = models.ForeignKey(CalibrationItem, on_delete=models.PROTECT, related_name="proposals")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=ProposalKind)
    evidence = ArrayField(models.UUIDField())
    receipts = ArrayField(models.UUIDField(), default=list, blank=True)
    said = models.BinaryField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="proposal_once"),
            models.CheckConstraint(
                condition=Q(evidence__len__gte=1),
                name="proposal_rests_on_evidence",
                violation_error_message=_("Choose at least one piece of evidence. Metrics are never all of it."),
            ),
            models.CheckConstraint(
                condition=Q(number=1, kind=ProposalKind.FIRST) | (Q(number__gt=1) & ~Q(kind=ProposalKind.FIRST)),
                name="proposal_first_is_first",
            ),
        ]  # fmt: skip
        triggers = [*tied(insert=[told(ProposalMade)])]


class Challenge(Record):
    """A doubt about a proposed level, said in the session and answered by who proposed it; sealed both."""

    item = models.ForeignKey(CalibrationItem, on_delete=models.PROTECT, related_name="challenges")
    said = models.BinaryField()
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    answer = models.BinaryField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, answer__isnull=False),
                name="challenge_answered_at_and_by",
            )
        ]
        triggers = [
            *tied(insert=[told(ChallengeRaised)], update=[told(ChallengeAnswered)]),
        ]
