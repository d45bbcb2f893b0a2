"""What the reader may do with an open case: for which seats they may vote, how, or why not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from governance.board import holding, permissions, queries
from governance.board.models import Case
from governance.board.states import SeatKind
from governance.desk.views.board.forms import BallotForm
from governance.people.models import User
from ground.errors import HouseError


@dataclass(frozen=True)
class Voter:
    """The reader before a case. `bar` says why they cannot vote at all, `conflict` why they can only stand back."""

    case: Case
    own: tuple[SeatKind, ...]
    heard: frozenset[SeatKind]
    bar: str
    conflict: str

    @property
    def unheard(self) -> tuple[SeatKind, ...]:
        """The reader's seats that are still to be heard."""
        return tuple(seat for seat in self.own if seat not in self.heard)

    def form(self, given: QueryDict | None = None) -> BallotForm:
        """The ballot with the votes that are open to the reader."""
        seats = self.unheard or self.own
        vetoes = [seat for seat in seats if permissions.can_veto(seat, self.case)]
        return BallotForm(given, seats=seats, vetoes=vetoes, conflict=bool(self.conflict))


def voter(case: Case, *, user: User, on: date) -> Voter:
    """What this account may do with the case on a day."""
    own, heard = queries.seats_of(user, on), queries.heard(case)
    first = next((kind for kind in own if kind not in heard), None)
    if first is None:
        bar = _("Your seat has been heard. Its ballot is sealed until the case closes.") if own else ""
        return Voter(case, own, heard, bar, "")
    seat = next(term.seat for term in holding.terms(on) if term.seat.kind == first)
    bar = why_not(permissions.check_can_recuse, user, case, seat)
    conflict = "" if bar else why_not(permissions.check_can_vote, user, case, seat)
    return Voter(case, own, heard, bar, conflict)


def why_not(check: Callable[..., None], *given: object) -> str:
    """Why a check of permission says no; empty where it lets through."""
    try:
        check(*given)
    except HouseError as error:
        return error.detail
    return ""
