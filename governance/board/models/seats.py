"""Seats of the board, and who holds each from when to when."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.board.events import (
    CaseOpened,
    MemberConfirmed,
    MemberInvited,
    SeatDeclined,
    SeatFilled,
    SeatVacated,
)
from governance.board.models import ties
from governance.board.seat_names import BEGINS, SeatName, name_seat
from governance.board.states import SeatKind
from governance.people.models import VALID, Dated
from ground import clock
from ground.models import HoldsTexts, Record

_USER = settings.AUTH_USER_MODEL


class Seat(Record):
    """One of the six seats, which every case must hear, or a council's, which is heard where its people are touched.

    `name` is what the council is called; the six are called by their kind.
    """

    kind = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SeatKind.values, name="") | (Q(kind__startswith=BEGINS) & ~Q(name="")),
                name="seat_one_of_six_or_a_councils",
            )
        ]
        # A seat is there once somebody is named for it, invited to it or would be put on it by a case.
        triggers = [
            *tied(
                insert=[
                    told(SeatFilled, MemberInvited, about="", says={"seat": "{row}.kind"}),
                    told(CaseOpened, about=""),
                ]
            )
        ]

    def __str__(self) -> str:
        return str(self.named.label)

    @property
    def named(self) -> SeatName:
        return name_seat(self.kind, self.name)


class LevelBar(HoldsTexts):
    """What passes a charter of a level of invasiveness: so many `for_it` `of_votes` cast, and these seats vote.

    `migrate` writes it from the settings (`apps`), and whoever serves requests may only read it: the database holds
    outcomes to it.
    """

    level = models.PositiveSmallIntegerField(primary_key=True)
    for_it = models.PositiveIntegerField()
    of_votes = models.PositiveIntegerField()
    must_vote = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        ordering = ["level"]


class Term(Dated):
    """An account holds a seat for a term; an alternate votes where the member cannot.

    The board is told when it is announced. Whoever is to be a member of a board at work sits once the other members have
    confirmed them: until then `confirmed_at` is null, several may be proposed for one seat, and each of them may decline.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="terms")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="terms")
    alternate = models.BooleanField(default=False)
    announced_at = models.DateTimeField(default=clock.now)
    announced_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # The case that confirmed it, where one did: the founding, or one about this seat.
    case = models.ForeignKey("Case", null=True, blank=True, on_delete=models.PROTECT, related_name="terms")
    declined_at = models.DateTimeField(null=True, blank=True)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            ExclusionConstraint(
                name="term_one_member_a_seat",
                expressions=[("seat", RangeOperators.EQUAL), (VALID, RangeOperators.OVERLAPS)],
                condition=Q(alternate=False, confirmed_at__isnull=False),
                violation_error_message=_(
                    "This seat has a member in part of that time. End that term first."
                ),
            ),
            ExclusionConstraint(
                name="term_one_seat_a_member",
                expressions=[("user", RangeOperators.EQUAL), (VALID, RangeOperators.OVERLAPS)],
                condition=Q(alternate=False, confirmed_at__isnull=False),
                violation_error_message=_("This account is a member on another seat in part of that time."),
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True) | Q(confirmed_at__isnull=True),
                name="term_confirmed_or_declined",
            ),
        ]
        triggers = [
            *tied(
                insert=[
                    told(
                        SeatFilled,
                        says={
                            "user": "{row}.user_id",
                            "alternate": "{row}.alternate",
                            "valid_from": "{row}.valid_from",
                            "valid_to": "{row}.valid_to",
                        },
                    )
                ],
                update=[told(MemberConfirmed, SeatDeclined, SeatVacated)],
            ),
            ties.ANNOUNCED_BEFORE,
            ties.CONFIRMED_BY_THE_BOARD,
            ties.DECLINED_ONCE,
            ties.ONLY_SHORTER,
        ]


class TermConfirmation(Record):
    """A member of another seat confirms who is to be a member."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="confirmations")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "user"],
                name="termconfirmation_once",
                violation_error_message=_("You have confirmed them already."),
            )
        ]
        triggers = [
            *tied(
                insert=[told(MemberConfirmed, about="{row}.term_id", says={"by": "'user:' || {row}.user_id"})]
            )
        ]
