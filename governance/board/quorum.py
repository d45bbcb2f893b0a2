"""When the board has heard enough, and what its votes come to. Pure: seats and votes in, a tally out."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from governance.board.states import SeatKind, Vote


@dataclass(frozen=True)
class Tally:
    """`votes` were cast for or against (a veto is against); abstentions and recusals are heard but not counted."""

    approvals: int
    votes: int
    unheard: tuple[SeatKind, ...]
    vetoed_by: tuple[SeatKind, ...]

    @property
    def quorate(self) -> bool:
        """Every seat has been heard; one that recused itself has been."""
        return not self.unheard

    def passes(self, share: Fraction) -> bool:
        """Quorate, no veto, and at least `share` of the votes cast are for it. No votes at all pass nothing."""
        enough = self.votes > 0 and Fraction(self.approvals, self.votes) >= share
        return self.quorate and not self.vetoed_by and enough


def tally(heard: Mapping[SeatKind, Vote]) -> Tally:
    """Count what the seats said. Abstaining and recusing take a seat out of the base of the two thirds."""
    votes = list(heard.values())
    approvals = votes.count(Vote.APPROVE)
    return Tally(
        approvals=approvals,
        votes=approvals + votes.count(Vote.REJECT) + votes.count(Vote.VETO),
        unheard=tuple(seat for seat in SeatKind if seat not in heard),
        vetoed_by=tuple(seat for seat in SeatKind if heard.get(seat) == Vote.VETO),
    )
