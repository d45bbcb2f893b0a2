"""The review board: seats and their holders, cases, ballots and outcomes."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from charter.registry.models import CharterVersion, RulebookVersion
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.people.models import VALID, Dated
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class Seat(Record):
    """One of the six seats, which every case must hear."""

    kind = models.CharField(max_length=20, choices=SeatKind, unique=True)

    class Meta:
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Term(Dated):
    """An account holds a seat for a term; an alternate votes where the member cannot."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="terms")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="terms")
    alternate = models.BooleanField(default=False)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="term_one_member_a_seat",
                expressions=[("seat", RangeOperators.EQUAL), (VALID, RangeOperators.OVERLAPS)],
                condition=Q(alternate=False),
                violation_error_message=_(
                    "This seat has a member in part of that time. End that term first."
                ),
            ),
            ExclusionConstraint(
                name="term_one_seat_a_member",
                expressions=[("user", RangeOperators.EQUAL), (VALID, RangeOperators.OVERLAPS)],
                condition=Q(alternate=False),
                violation_error_message=_("This account is a member on another seat in part of that time."),
            ),
        ]


class Case(Record):
    """One matter before the board."""

    kind = models.CharField(max_length=20, choices=CaseKind)
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

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="case_has_its_matter",
                condition=Q(
                    kind=CaseKind.CHARTER, charter_version__isnull=False, rulebook_version__isnull=True
                )
                | Q(kind=CaseKind.RULEBOOK, charter_version__isnull=True, rulebook_version__isnull=False),
            ),
            models.CheckConstraint(
                name="case_closed_at_and_by",
                condition=Q(state=CaseState.OPEN, closed_at__isnull=True, closed_by__isnull=True)
                | (~Q(state=CaseState.OPEN) & Q(closed_at__isnull=False, closed_by__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["charter_version"],
                condition=Q(state=CaseState.OPEN),
                name="case_one_open_a_version",
                violation_error_message=_("A case about this version is open already."),
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


class Ballot(Record):
    """A seat's vote in a case, once. Blind until the case closes."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ballots")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="ballots")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="ballots")
    vote = models.CharField(max_length=20, choices=Vote)
    reason = models.TextField(blank=True)
    cast_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["cast_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seat"], name="ballot_one_a_seat"),
            models.UniqueConstraint(fields=["case", "user"], name="ballot_one_an_account"),
            models.CheckConstraint(
                condition=~Q(vote__in=[Vote.REJECT, Vote.RECUSE, Vote.VETO]) | ~Q(reason=""),
                name="ballot_no_needs_a_reason",
                violation_error_message=_(
                    "Say why: a vote against, a veto and a recusal each need a reason."
                ),
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
