"""When the board has heard enough, and what its votes come to. Pure: seats and votes in, a tally out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from governance.board.seat_names import SeatName
from governance.board.states import SeatKind, Vote

LEVELS = 5  # of invasiveness


@dataclass(frozen=True)
class Bar:
    """What passes a case: at least `share` of the votes cast are for it, and the seats in `must_vote` are among them."""

    share: Fraction
    must_vote: tuple[SeatKind, ...] = ()


@dataclass(frozen=True)
class Tally:
    """`voted` are the seats that were for or against (a veto is against); `aside` those that abstained or stood back, which are heard."""

    approvals: int
    voted: tuple[SeatName, ...]
    unheard: tuple[SeatName, ...]
    vetoed_by: tuple[SeatName, ...]
    aside: tuple[SeatName, ...] = ()

    @property
    def votes(self) -> int:
        """How many votes were cast."""
        return len(self.voted)

    @property
    def quorate(self) -> bool:
        """Every seat has been heard; one that recused itself has been."""
        return not self.unheard

    def passes(self, bar: Bar) -> bool:
        """Quorate, no veto, enough of the votes cast are for it and nobody passed over. No votes at all pass nothing."""
        enough = self.votes > 0 and Fraction(self.approvals, self.votes) >= bar.share
        return self.quorate and not self.vetoed_by and enough and not self.passed_over(bar)

    def passed_over(self, bar: Bar) -> tuple[SeatName, ...]:
        """The seats that had to vote and were heard, but did not vote; councils have to where the worker representation has to."""
        return tuple(seat for seat in self.aside if seat.speaks_as in bar.must_vote)


def count_votes(heard: Mapping[SeatName, Vote], asked: Sequence[SeatName] = ()) -> Tally:
    """Count what the six said, and the councils that were `asked`. Abstaining and recusing take a seat out of the base of the share."""
    seats: tuple[SeatName, ...] = (*SeatKind, *asked)
    cast = {seat: vote for seat, vote in heard.items() if vote not in {Vote.ABSTAIN, Vote.RECUSE}}
    return Tally(
        approvals=list(cast.values()).count(Vote.APPROVE),
        voted=tuple(seat for seat in seats if seat in cast),
        unheard=tuple(seat for seat in seats if seat not in heard),
        vetoed_by=tuple(seat for seat in seats if heard.get(seat) == Vote.VETO),
        aside=tuple(seat for seat in seats if seat in heard and seat not in cast),
    )


def build_bars(shares: Sequence[str], must_vote: Iterable[str], must_vote_from: int) -> tuple[Bar, ...]:
    """What passes a charter of each level of invasiveness, the lowest first (S108).

    ValueError where there is not one share a level, one is lower than that of the level before or no share at all, or
    a seat is unknown.
    """
    least = [Fraction(share) for share in shares]
    if len(least) != LEVELS or least != sorted(least) or not all(0 < share <= 1 for share in least):
        raise ValueError(f"five shares up to 1, each at least the one before it, not {', '.join(shares)}")
    named = frozenset(map(SeatKind, must_vote))
    seats = tuple(seat for seat in SeatKind if seat in named)
    return tuple(Bar(share, seats if level >= must_vote_from else ()) for level, share in enumerate(least))
