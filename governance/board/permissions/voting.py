"""Who may vote, veto and stand aside on a case, and when it may be closed."""

from django.utils.translation import gettext as _

from charter.registry import queries as registry
from charter.registry.models import CharterVersion
from charter.rules.vocabulary import GROUP_OF, DecisionGroup, Grain, Kind, View
from governance.board import holding
from governance.board.kinds import find_kind
from governance.board.models import Ballot, Case, Seat
from governance.board.permissions.cases import (
    check_is_open,
    check_no_conflict,
    find_proposers,
    handles,
    list_seats_on,
    list_voters,
    sits,
    speaks_on,
)
from governance.board.quorum import Tally
from governance.board.seat_names import SeatName
from governance.board.states import VETO_SEATS, SeatKind, Vote
from governance.people.models import User
from governance.people.permissions import can_administer
from ground import calendar, clock
from ground.errors import Conflict, DomainError, NotPermitted

LOW_INVASIVENESS = 1  # of the charter's scale from 0 to 4


_OF_ONE = frozenset({Grain.PERSON, Grain.ROLE_COHORT})


def check_can_vote(user: User, case: Case, seat: Seat) -> None:
    """Raise unless this account may now vote on the case for the seat.

    Conflict: the case is closed, its time is over, or the seat or the account has been heard. NotPermitted: the
    account does not hold the seat today, or it would vote on its own proposal.
    """
    check_can_recuse(user, case, seat)
    _check_no_own_part(user, case)


def _check_no_own_part(user: User, case: Case) -> None:
    """Raise NotPermitted where the account would vote on its own proposal, or has a conflict of interest."""
    if user.pk in find_proposers(case):
        raise NotPermitted(
            _(
                "Nobody votes on their own proposal. Your alternate may vote for this seat, or you may recuse yourself."
            ),
            code="own_proposal",
        )
    check_no_conflict(user, case)


def check_can_recuse(user: User, case: Case, seat: Seat) -> None:
    """As `check_can_vote`, but one's own proposal is no bar: that is what recusal is for."""
    _check_speaks_for(user, case, seat)
    if seat.kind in {each.seat for each in holding.list_heard_seats(case)}:
        raise Conflict(
            _("The seat “%(seat)s” has voted on this case already.") % {"seat": seat}, code="already_voted"
        )
    if user.pk in {each.user_id for each in holding.list_heard_seats(case)}:
        raise Conflict(_("You have voted on this case already, for another seat."), code="already_voted")


def check_can_change(user: User, ballot: Ballot, vote: Vote | None = None) -> None:
    """Raise unless this account may now cast its ballot anew, as this vote where one is given.

    NotPermitted: it is somebody else's ballot, or its own proposal, of which it can only stand back. Conflict: the case is closed.
    """
    case, seat = ballot.case, ballot.seat
    if ballot.user_id != user.pk:
        raise NotPermitted(
            _("A ballot is changed by the member who cast it, nobody else."), code="not_your_ballot"
        )
    _check_speaks_for(user, case, seat)
    if vote is not None and vote != Vote.RECUSE:
        _check_no_own_part(user, case)
    if vote == Vote.VETO:
        check_can_veto(seat.named, case)


def _check_speaks_for(user: User, case: Case, seat: Seat) -> None:
    """Raise unless the case is open and the account speaks for the seat on it."""
    check_is_open(case)
    if seat.kind not in list_seats_on(case, user, calendar.today()):
        raise NotPermitted(
            _("You do not hold the seat “%(seat)s” today, so you may not vote for it.") % {"seat": seat},
            code="not_on_this_seat",
        )
    _check_was_announced(user, case, seat)


def _check_was_announced(user: User, case: Case, seat: Seat) -> None:
    """Raise NotPermitted where the board did not know of the account on this seat when the case was opened."""
    voters = list_voters(case, calendar.today())
    own = (each for each in voters if each.user_id == user.pk and each.seat == seat.kind)
    if not any(each.known_since <= case.opened_at for each in own):
        raise NotPermitted(
            _("This case was opened before you were announced to the board. You vote on those opened since."),
            code="announced_after",
        )


def check_can_veto(name: SeatName, case: Case) -> None:
    """Raise NotPermitted unless the seat has a field in which it may veto, and the case touches it."""
    kind = name.speaks_as
    if kind not in VETO_SEATS:
        raise NotPermitted(
            _("The seat “%(seat)s” has no veto. Vote against, and say why.") % {"seat": name.label},
            code="no_veto",
        )
    within = kind in find_kind(case).vetoed_by
    if not within or (kind == SeatKind.HR and not touches_single_people(case)):
        raise NotPermitted(
            _("This case lies outside the field in which “%(seat)s” may veto. Vote against, and say why.")
            % {"seat": name.label},
            code="outside_veto_scope",
        )


def can_veto(name: SeatName, case: Case) -> bool:
    try:
        check_can_veto(name, case)
    except NotPermitted:
        return False
    return True


def touches_single_people(case: Case) -> bool:
    """Whether employment or fair treatment can be at stake: all matters but charters that stay away from single people."""
    if case.charter_version is None or find_kind(case).close_to_people:
        return True
    document = registry.load_document(case.charter_version.pk)
    allowed = document.which_decisions.allowed
    close = {DecisionGroup.PEOPLE, DecisionGroup.DEVELOPMENT}
    return bool(_OF_ONE & set(document.what.grains)) or any(
        GROUP_OF[clause.decision] in close or _OF_ONE & set(clause.grains) for clause in allowed
    )


def check_is_low_risk(case: Case) -> None:
    """Raise NotPermitted where a case must be taken on its own: only harmless charters are voted on in a batch."""
    version = case.charter_version
    if not find_kind(case).in_batches or version is None or not _is_harmless(version):
        raise NotPermitted(
            _("“%(case)s” is no low-risk case, so it is voted on by itself.") % {"case": case},
            code="not_low_risk",
        )


def is_low_risk(case: Case) -> bool:
    try:
        check_is_low_risk(case)
    except NotPermitted:
        return False
    return True


def _is_harmless(version: CharterVersion) -> bool:
    """Little invasive, diagnostic, an outcome, and for no use that comes close to single people."""
    document = registry.load_document(version.pk)
    what, invasiveness = document.what, document.harms.invasiveness
    groups = {GROUP_OF[clause.decision] for clause in document.which_decisions.allowed}
    return (
        invasiveness is not None
        and invasiveness <= LOW_INVASIVENESS
        and what.view is View.DIAGNOSTIC
        and what.type is Kind.OUTCOME
        and groups <= {DecisionGroup.OPERATIONAL, DecisionGroup.PLANNING, DecisionGroup.ASSURANCE}
        and not _OF_ONE & {grain for clause in document.which_decisions.allowed for grain in clause.grains}
    )


def check_can_cast(user: User, case: Case, seat: Seat, vote: Vote) -> None:
    """Raise unless this account may now cast this vote."""
    if vote == Vote.RECUSE:
        check_can_recuse(user, case, seat)
    else:
        check_can_vote(user, case, seat)
    if vote == Vote.VETO:
        check_can_veto(seat.named, case)


def check_can_close_case(user: User, case: Case) -> None:
    """Raise NotPermitted unless the account sits on the board, handles the case or administers; the votes decide."""
    speaks = find_kind(case).founds and speaks_on(user, case)
    if not (sits(user) or can_administer(user) or handles(user, case) or speaks):
        raise NotPermitted(_("Only the board, whoever handles the case, or an administrator may close it."))


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
    except DomainError:
        return False
    return True
