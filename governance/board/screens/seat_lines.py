"""What the seats did with a case, in shapes and words. What they said stays out until it is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from governance.board.models import Ballot
from governance.board.queries import Holders
from governance.board.screens.case_result import CaseResult
from governance.board.seat_names import SeatName
from governance.board.states import Vote

SHAPES = {
    Vote.APPROVE: "permit",
    Vote.REJECT: "deny",
    Vote.VETO: "deny",
    Vote.ABSTAIN: "dash",
    Vote.RECUSE: "dash",
}


@dataclass(frozen=True)
class SeatLine:
    """One seat beside a case: its name, the shape and word of where it stands, and whether it is the reader's."""

    name: str
    shape: str
    words: str
    yours: bool


@dataclass(frozen=True)
class Statement:
    """What a seat said on a closed case, with its reason."""

    seat: str
    who: str
    shape: str
    said: str
    reason: str
    dissent: bool
    decided: bool  # a veto, which no votes outweigh


def list_sealed_seats(
    seats: Sequence[Holders], heard: frozenset[SeatName], own: Sequence[SeatName]
) -> list[SeatLine]:
    """The seats of an open case: heard or not, never how."""
    return [_sealed(holders, holders.seat in heard, holders.seat in own) for holders in seats]


def list_opened_seats(
    ballots: Sequence[Ballot], own: Sequence[SeatName], asked: Sequence[SeatName]
) -> list[SeatLine]:
    """The seats of a closed case, each with its vote."""
    votes: Mapping[str, str] = {ballot.seat.kind: ballot.vote for ballot in ballots}
    return [_opened(seat, votes.get(seat), seat in own) for seat in asked]


def list_statements(ballots: Sequence[Ballot], result: CaseResult) -> list[Statement]:
    """What each seat said and why: what decided it first, then those who were outvoted (DESIGN, Board: dissent is published)."""
    told = [_statement(ballot, result) for ballot in ballots]
    return sorted(told, key=lambda each: (not each.decided, not each.dissent))


def _sealed(holders: Holders, heard: bool, yours: bool) -> SeatLine:
    if heard:
        return SeatLine(_name(holders.seat, yours), "envelope", _("Sealed"), yours)
    words = _("Not yet heard") if holders.member or holders.alternates else _("Not yet heard, vacant")
    return SeatLine(_name(holders.seat, yours), "due", words, yours)


def _opened(seat: SeatName, vote: str | None, yours: bool) -> SeatLine:
    if vote is None:
        return SeatLine(_name(seat, yours), "withheld", _("Not heard"), yours)
    return SeatLine(_name(seat, yours), SHAPES[Vote(vote)], str(Vote(vote).label), yours)


def _name(seat: SeatName, yours: bool) -> str:
    return _("%(seat)s (you)") % {"seat": seat.label} if yours else str(seat.label)


def _statement(ballot: Ballot, result: CaseResult) -> Statement:
    vote = Vote(ballot.vote)
    return Statement(
        seat=str(ballot.seat),
        who=ballot.user.name,
        shape=SHAPES[vote],
        said=str(vote.label),
        reason=ballot.reason,
        dissent=vote in result.outvoted,
        decided=vote == Vote.VETO,
    )
