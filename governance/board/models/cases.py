"""Seats and their holders, cases, what is said and voted in them, and outcomes."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from charter.registry.models import CharterVersion, RulebookVersion
from governance.board.events import (
    BallotCast,
    BallotChanged,
    CaseDecided,
    CaseOpened,
    CaseSeen,
    CommentMade,
    ConditionProposed,
    ConditionWithdrawn,
    HandlerNamed,
    HandlerReleased,
)
from governance.board.models import ties
from governance.board.models.council_ties import ASKS_THE_COUNCILS
from governance.board.models.seats import Seat
from governance.board.states import (
    OF_A_QUESTION,
    OF_A_VERSION,
    REASONED,
    CaseKind,
    CaseState,
    ConditionKind,
    Vote,
)
from governance.people.object_permissions import ObjectPermission
from ground import clock
from ground.models import Record
from ground.schema.triggers import Trigger, refuse

# What guardian and Django call the permission to prepare a case.
HANDLE = "handle_case"
_USER = settings.AUTH_USER_MODEL


class Case(Record):
    """One matter before the board: a version, a rulebook, or a question in words."""

    # To say aloud: Case 27. The database gives it, whoever inserts the row.
    number = models.PositiveIntegerField(unique=True, editable=False, db_default=0)
    kind = models.CharField(max_length=30, choices=CaseKind)
    subject = models.CharField(max_length=200, blank=True)
    question = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=CaseState, default=CaseState.OPEN)
    charter_version = models.ForeignKey(
        CharterVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    rulebook_version = models.ForeignKey(
        RulebookVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    opened_at = models.DateTimeField(default=clock.now)
    opened_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="cases_opened")
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The seats of the councils whose people it touches, which it must hear beside the six; fixed when it is opened.
    asked = ArrayField(
        models.CharField(max_length=60), default=list, db_default=[], blank=True, editable=False
    )

    class Meta:
        ordering = ["-opened_at", "-id"]
        permissions = [(HANDLE, "Can handle case")]
        constraints = [
            models.CheckConstraint(
                name="case_has_its_matter",
                condition=Q(
                    kind__in=OF_A_VERSION, charter_version__isnull=False, rulebook_version__isnull=True
                )
                | Q(kind=CaseKind.RULEBOOK, charter_version__isnull=True, rulebook_version__isnull=False)
                | (
                    Q(kind__in=OF_A_QUESTION, rulebook_version__isnull=True)
                    & ~Q(subject="")
                    & ~Q(question="")
                ),
                violation_error_message=_("Say in a few words what the case is about, and what is asked."),
            ),
            models.CheckConstraint(
                name="case_closed_at_and_by",
                condition=Q(state=CaseState.OPEN, closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(state=CaseState.OPEN) & Q(closed_at__isnull=False, closed_by__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["charter_version"],
                condition=Q(state=CaseState.OPEN, kind__in=OF_A_VERSION),
                name="case_one_open_a_version",
                violation_error_message=_("A case about this version is open already."),
            ),
            models.UniqueConstraint(
                fields=["charter_version"],
                condition=Q(state=CaseState.OPEN, kind=CaseKind.UNINTENDED_CONSEQUENCES),
                name="case_one_open_check_a_version",
                violation_error_message=_("Its consequences are before the board already."),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(state=CaseState.OPEN, kind=CaseKind.YEARLY_REVIEW),
                name="case_one_open_yearly_review",
                violation_error_message=_("The yearly review is before the board already."),
            ),
            # One at a time, so that what the board weighs is what would change when it has decided.
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(state=CaseState.OPEN, kind=CaseKind.SETTINGS),
                name="case_one_open_change_of_settings",
                violation_error_message=_(
                    "Another change of settings is before the board. Wait for its outcome."
                ),
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(state__in=[CaseState.OPEN, CaseState.APPROVED], kind=CaseKind.FOUNDING),
                name="case_one_founding",
                violation_error_message=_("The founding is before its first board already."),
            ),
            models.UniqueConstraint(
                fields=["rulebook_version"],
                condition=Q(state=CaseState.OPEN),
                name="case_one_open_a_rulebook",
                violation_error_message=_("A case about this rulebook is open already."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")),
                name="case_closes_after_it_opens",
                violation_error_message=_("A case closes after it opens."),
            ),
        ]
        triggers = [
            *tied(insert=[told(CaseOpened)], update=[told(CaseDecided)]),
            ties.NUMBERED,
            ASKS_THE_COUNCILS,
            ties.BEGINS_OPEN,
            ties.STAYS_CLOSED,
            ties.CLOSED_BY_AN_OUTCOME,
            ties.FOUNDED_BY_WHO_ACCEPTED,
            ties.FOUNDED_AT_ONCE,
        ]

    def __str__(self) -> str:
        return self.subject or str(self.charter_version or self.rulebook_version)


class CaseHandler(ObjectPermission):
    """The account that prepares a case for the board, one at a time; the votes decide, not they."""

    content_object = models.OneToOneField(
        Case,
        on_delete=models.PROTECT,
        related_name="handling",
        error_messages={"unique": _("Somebody handles this case already.")},
    )

    class Meta:
        triggers = [
            *tied(
                insert=[told(HandlerNamed, about="{row}.content_object_id", says={"user": "{row}.user_id"})],
                delete=[
                    told(HandlerReleased, about="{row}.content_object_id", says={"user": "{row}.user_id"}),
                    told(HandlerNamed, about="{row}.content_object_id", says={"instead_of": "{row}.user_id"}),
                ],
            )
        ]


class Ballot(Record):
    """A seat's vote in a case. Blind until the case closes: `sealed` holds what it says until then (see `ballots`).

    Until then whoever cast it may cast it anew in its own place, which `cast_at` then tells.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ballots")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="ballots")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="ballots")
    vote = models.CharField(max_length=20, choices=Vote, blank=True)
    reason = models.TextField(blank=True)
    sealed = models.BinaryField(null=True)
    cast_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["cast_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seat"], name="ballot_one_a_seat"),
            models.UniqueConstraint(fields=["case", "user"], name="ballot_one_an_account"),
            models.CheckConstraint(
                condition=Q(sealed__isnull=False, vote="", reason="")
                | (Q(sealed__isnull=True) & ~Q(vote="")),
                name="ballot_sealed_or_opened",
            ),
            models.CheckConstraint(
                condition=~Q(vote__in=REASONED) | ~Q(reason=""),
                name="ballot_no_needs_a_reason",
            ),
            models.CheckConstraint(condition=Q(vote__in=["", *Vote.values]), name="ballot_says_a_known_vote"),
        ]
        triggers = [
            *tied(
                insert=[told(BallotCast, about="{row}.case_id")],
                update=[
                    told(CaseDecided, about="{row}.case_id"),
                    told(BallotChanged, about="{row}.case_id"),
                ],
            ),
            ties.BY_WHO_HOLDS_THE_SEAT,
            Trigger(
                name="cast_sealed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__sealed__isnull=True),
                func=refuse("a ballot is cast sealed", "ballot_cast_sealed"),
            ),
            # With the owner's eyes, so that whoever may not read cases cannot open a ballot either.
            Trigger(
                name="opened_once",
                definer=True,
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"""
IF OLD.sealed IS NULL OR (NEW.case_id, NEW.seat_id, NEW.user_id) IS DISTINCT FROM (OLD.case_id, OLD.seat_id, OLD.user_id) THEN
    {refuse("a ballot is opened once, and never becomes another one", "ballot_opened_once")}
END IF;
IF NEW.sealed IS NOT NULL THEN
    IF NEW.cast_at <= OLD.cast_at THEN
        {refuse("a ballot is opened once, or cast anew and sealed", "ballot_opened_once")}
    END IF;
    RETURN NEW;
END IF;
IF NEW.cast_at <> OLD.cast_at THEN
    {refuse("a ballot that is opened was cast when it was cast", "ballot_opened_once")}
END IF;
IF EXISTS (SELECT FROM {Case._meta.db_table} WHERE id = OLD.case_id AND state = 'open') THEN
    {refuse("a ballot is opened when its case closes", "ballot_opened_when_closed")}
END IF;
RETURN NEW;
""",
            ),
        ]


class BoardOutcome(Record):
    """What the board decided, with its minutes. Only an approved one lets a charter become active."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="outcome")
    approved = models.BooleanField()
    approvals = models.PositiveSmallIntegerField()
    votes = models.PositiveSmallIntegerField()
    minutes = models.TextField()
    decided_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="boardoutcome_approved_by_votes",
                condition=Q(approvals__lte=F("votes")) & (Q(approved=False) | Q(approvals__gt=0)),
            )
        ]
        triggers = [
            *tied(insert=[told(CaseDecided, about="{row}.case_id", says={"approved": "{row}.approved"})]),
            ties.SAYS_WHAT_BALLOTS_SAY,
        ]


class Comment(Record):
    """Something said in the discussion of a case, by somebody who may see it. Never changed afterwards."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="comments")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="comment_says_something",
                violation_error_message=_("Write what you want to say."),
            )
        ]
        triggers = [*tied(insert=[told(CommentMade)])]


class Condition(Record):
    """What an approval of this case is bound to. Fixed once the first seat has voted; enforced at every request.

    `value` is {"cohort": slug, "days": n} for a pilot, {"grains": […]}, {"decisions": […]} or {"date": ISO day, out}.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=20, choices=ConditionKind)
    value = models.JSONField()
    proposed_at = models.DateTimeField(default=clock.now)
    proposed_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind", "proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="condition_one_of_a_kind",
                violation_error_message=_("The case has a condition of this kind. Withdraw that one first."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="condition_withdrawn_at_and_by",
            ),
        ]
        triggers = [
            *tied(insert=[told(ConditionProposed)], update=[told(ConditionWithdrawn)]),
            ties.BEFORE_ANY_VOTE,
            ties.once("withdrawn_at"),
        ]


class CaseView(Record):
    """When an account last looked at a case, so that it can be told what has changed since."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="views")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="caseview_one_an_account")]
        triggers = [
            *tied(
                insert=[told(CaseSeen, about="{row}.case_id")], update=[told(CaseSeen, about="{row}.case_id")]
            )
        ]
