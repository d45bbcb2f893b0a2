"""How seats come to be held: invitations before the programme begins, the founding that ends them, and cases about a seat."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audits.ledger.ties import tied, told
from governance.board.events import CaseOpened, InvitationAccepted, InvitationEnded, MemberInvited
from governance.board.models import ties
from governance.board.models.cases import Case
from governance.board.models.seats import Seat
from governance.board.states import CaseKind
from ground import clock
from ground.models import Record

_USER = settings.AUTH_USER_MODEL


class Invitation(Record):
    """The founder of a programme asks an account to be the first member of a seat; it accepts by itself, or does not.

    It stands until it is ended, by either of them. Nothing of it changes once the founding is put to the vote, and none is
    made any more once the programme is in force.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="invitations")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="invitations")
    invited_at = models.DateTimeField(default=clock.now)
    invited_by = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["invited_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(ended_at__isnull=True),
                name="invitation_one_a_seat",
                violation_error_message=_(
                    "Somebody is invited to this seat already. Withdraw that invitation first."
                ),
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(ended_at__isnull=True),
                name="invitation_one_an_account",
                violation_error_message=_("This account is invited to another seat already."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="invitation_ended_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("invited_by")),
                name="invitation_of_another",
                violation_error_message=_("Nobody invites themself."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(accepted_at__gte=F("invited_at")),
                name="invitation_accepted_after_it",
            ),
        ]
        triggers = [
            *tied(
                insert=[told(MemberInvited, says={"user": "{row}.user_id"})],
                update=[told(InvitationAccepted, InvitationEnded)],
            ),
            ties.INVITED_BEFORE_THE_FOUNDING,
            ties.ANSWERED_BEFORE_THE_FOUNDING,
        ]


class Founding(Record):
    """What the founding case asks beside the programme itself: data from which first day its first charters may use, and why."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="founding")
    data_from = models.DateField(null=True, blank=True)
    because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(data_from__isnull=True) | ~Q(because=""),
                name="founding_says_why_from_then",
                violation_error_message=_("Say why data from before the programme are needed."),
            )
        ]
        triggers = [
            *tied(insert=[told(CaseOpened, about="{row}.case_id")]),
            ties.while_open(kind=CaseKind.FOUNDING),
        ]


class CouncilProposal(Record):
    """That a council holds a seat over the people of its territory, or, with `ends`, that it does so no longer.

    What the board has passed last of a seat is so. `territory` are locations as the organisation's data call them.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="council_proposal")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="council_proposals")
    territory = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    ends = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=True, territory__len=0) | Q(ends=False, territory__len__gt=0),
                name="councilproposal_has_a_territory",
            )
        ]
        triggers = [
            *tied(insert=[told(CaseOpened, about="{row}.case_id")]),
            ties.while_open(kind=CaseKind.COUNCIL),
        ]


class SeatProposal(Record):
    """Whom a case would put on a seat, as its member or as an alternate."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="seat_proposal")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    alternate = models.BooleanField(default=True)

    class Meta:
        triggers = [
            *tied(insert=[told(CaseOpened, about="{row}.case_id")]),
            ties.while_open(kind=CaseKind.SEAT),
        ]
