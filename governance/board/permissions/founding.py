"""Who founds a programme: invites its first board, accepts a seat of it, puts the founding to the vote. Superusers are nobody here."""

from django.utils.translation import gettext as _

from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from governance.board import holding
from governance.board.models import Case, Invitation
from governance.board.states import CaseKind, CaseState, SeatKind
from governance.people.models import User
from governance.people.permissions import can_administer
from ground.errors import Conflict, NotPermitted


def find_draft() -> Programme | None:
    """The programme while it is being founded; None before there is one and once it is in force."""
    return Programme.objects.filter(state=ProgrammeState.DRAFT).select_related("established_by").first()


def founds(user: User, programme: Programme | None) -> bool:
    """Whether the account founds this programme: whoever began it; any administrator where that account is out of use."""
    if programme is None or not user.is_active or programme.state != ProgrammeState.DRAFT:
        return False
    founder = programme.established_by
    return user == founder or (not founder.is_active and can_administer(user))


def is_before_the_board() -> bool:
    """Whether the founding is being voted on."""
    return Case.objects.filter(kind=CaseKind.FOUNDING, state=CaseState.OPEN).exists()


def check_can_invite(user: User) -> None:
    """Raise unless the account may now invite to the first board, which is asked before any account is looked up."""
    if not founds(user, find_draft()):
        raise NotPermitted(
            _("Only the founder invites to the first board, until the programme is in force."),
            code="not_the_founder",
        )
    _check_is_not_voted_on()


def check_can_invite_this(by: User, user: User) -> None:
    """Raise NotPermitted where the founder would sit on the board that they founded."""
    if by == user:
        raise NotPermitted(
            _("Nobody puts themself on the board. Whoever founds it is not its member."), code="not_yourself"
        )


def check_can_accept(user: User, invitation: Invitation) -> None:
    """Raise unless the account may accept this invitation now: its own, not answered, before the founding is voted on."""
    if user.pk != invitation.user_id or not user.is_active:
        raise NotPermitted(_("Whoever is invited answers, and nobody for them."), code="not_yours")
    _check_stands(invitation)
    if invitation.accepted_at is not None:
        raise Conflict(_("You have accepted this seat already."), code="already_accepted")


def check_can_end_invitation(user: User, invitation: Invitation) -> None:
    """Raise unless the account may decline or step back from it, or as the founder withdraw it, before it is voted on."""
    own = user.pk == invitation.user_id and user.is_active
    if not own and not founds(user, find_draft()):
        raise NotPermitted(_("Whoever is invited declines, and the founder withdraws."), code="not_yours")
    _check_stands(invitation)


def check_can_found(user: User) -> None:
    """Raise unless the account may put the founding to the vote now: the founder, once six have accepted."""
    check_can_invite(user)
    accepted = {each.seat.kind for each in holding.list_accepted() if each.user.is_active}
    if missing := [seat for seat in SeatKind if seat not in accepted]:
        seats = ", ".join(str(seat.label) for seat in missing)
        raise Conflict(
            _("Nobody has accepted these seats yet: %(seats)s.") % {"seats": seats}, code="seats_vacant"
        )


def _check_stands(invitation: Invitation) -> None:
    if invitation.ended_at is not None:
        raise Conflict(_("This invitation has ended."), code="invitation_ended")
    if find_draft() is None:
        raise Conflict(
            _("The programme is in force, so its first board is complete."), code="founded_already"
        )
    _check_is_not_voted_on()


def _check_is_not_voted_on() -> None:
    if is_before_the_board():
        raise Conflict(
            _("The founding is being voted on, by those who accepted. Wait for what they decide."),
            code="founding_open",
        )
