"""Who may open, vote on and close a case. Being a superuser counts for nothing here."""

from django.utils.translation import gettext as _

from governance.board.models import Case, Seat, Term
from governance.board.quorum import Tally
from governance.board.states import VETO_SEATS, CaseState, SeatKind, Vote
from governance.people.models import AccountKind, User
from governance.people.permissions import can_administer
from ground import clock
from ground.errors import BadInput, Conflict, HouseError, NotPermitted


def sits(user: User) -> bool:
    """Whether the account is member or alternate on any seat today."""
    return user.is_active and Term.objects.on(clock.today()).filter(user=user).exists()


def proposers(matter: Case) -> frozenset[object]:
    """Keys of the accounts whose own proposal this is: who wrote it, who submitted it, who owns the metric."""
    if matter.rulebook_version is not None:
        return frozenset({matter.rulebook_version.created_by_id})
    version = matter.charter_version
    return frozenset({version.created_by_id, version.submitted_by_id, version.metric.owner_id})


def check_can_open_case(user: User, matter: Case) -> None:
    """Raise NotPermitted unless the account sits on the board, proposes the matter, or is an administrator."""
    if not (sits(user) or user.pk in proposers(matter) or can_administer(user)):
        raise NotPermitted(
            _("Only the board, whoever proposes it, or an administrator may put this to the board.")
        )


def check_can_fill_seat(user: User) -> None:
    """Raise BadInput unless this account can hold a seat: a person's account in use."""
    if user.kind != AccountKind.HUMAN or not user.is_active:
        raise BadInput(_("A seat is held by a person's account that is in use."), field="user")


def check_can_vote(user: User, case: Case, seat: Seat) -> None:
    """Raise unless this account may now vote on the case for the seat.

    Conflict: the case is closed, its time is over, or the seat or the account has been heard. NotPermitted: the
    account does not hold the seat today, or it would vote on its own proposal.
    """
    check_can_recuse(user, case, seat)
    if user.pk in proposers(case):
        raise NotPermitted(
            _(
                "Nobody votes on their own proposal. Your alternate may vote for this seat, or you may recuse yourself."
            ),
            code="own_proposal",
        )


def check_can_recuse(user: User, case: Case, seat: Seat) -> None:
    """As `check_can_vote`, but one's own proposal is no bar: that is what recusal is for."""
    check_is_open(case)
    if not user.is_active or not seat.terms.on(clock.today()).filter(user=user).exists():
        raise NotPermitted(
            _("You do not hold the seat “%(seat)s” today, so you may not vote for it.") % {"seat": seat},
            code="not_on_this_seat",
        )
    if case.ballots.filter(seat=seat).exists():
        raise Conflict(
            _("The seat “%(seat)s” has voted on this case already.") % {"seat": seat}, code="already_voted"
        )
    if case.ballots.filter(user=user).exists():
        raise Conflict(_("You have voted on this case already, for another seat."), code="already_voted")


def check_is_open(case: Case) -> None:
    """Raise Conflict where no vote can be cast on the case any more."""
    if case.state != CaseState.OPEN:
        raise Conflict(_("This case is closed."), code="case_closed")
    if clock.now() >= case.closes_at:
        raise Conflict(
            _("The time for voting on this case is over. It can only be closed now."), code="voting_over"
        )


def check_can_veto(kind: SeatKind) -> None:
    """Raise NotPermitted unless the seat has a field in which it may veto."""
    if kind not in VETO_SEATS:
        raise NotPermitted(
            _("The seat “%(seat)s” has no veto. Vote against, and say why.") % {"seat": SeatKind(kind).label},
            code="no_veto",
        )


def check_can_cast(user: User, case: Case, seat: Seat, vote: Vote) -> None:
    """Raise unless this account may now cast this vote."""
    if vote == Vote.RECUSE:
        check_can_recuse(user, case, seat)
    else:
        check_can_vote(user, case, seat)
    if vote == Vote.VETO:
        check_can_veto(seat.kind)


def check_can_close_case(user: User) -> None:
    """Raise NotPermitted unless the account sits on the board or is an administrator; the votes decide, not they."""
    if not (sits(user) or can_administer(user)):
        raise NotPermitted(_("Only the board or an administrator may close a case."))


def check_can_be_decided(case: Case, tally: Tally) -> None:
    """Raise Conflict while seats are still to be heard and have time left; a case that ran out of time is decided."""
    if not tally.quorate and clock.now() < case.closes_at:
        seats = ", ".join(str(seat.label) for seat in tally.unheard)
        raise Conflict(
            _("These seats have not been heard yet: %(seats)s.") % {"seats": seats}, code="no_quorum"
        )


def can_vote(user: User, case: Case, seat: Seat) -> bool:
    try:
        check_can_vote(user, case, seat)
    except HouseError:
        return False
    return True
