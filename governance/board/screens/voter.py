"""What the reader may do with an open case: for which seats they may vote, how, or why not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from governance.board import permissions, queries
from governance.board.models import Case, Seat
from governance.board.screens.forms import BallotForm
from governance.board.seat_names import SeatName
from governance.board.states import SeatKind
from governance.people.models import User
from ground.errors import DomainError


@dataclass(frozen=True)
class Voter:
    """The reader before a case. `bar` says why they cannot vote at all, `conflict` why they can only stand back."""

    case: Case
    own: tuple[SeatName, ...]
    heard: frozenset[SeatName]
    bar: str
    conflict: str

    @property
    def unheard(self) -> tuple[SeatName, ...]:
        """The reader's seats that are still to be heard."""
        return tuple(seat for seat in self.own if seat not in self.heard)

    def form(self, given: QueryDict | None = None) -> BallotForm:
        """The ballot with the votes that are open to the reader."""
        seats = self.unheard or self.own
        vetoes = [seat for seat in seats if permissions.can_veto(seat, self.case)]
        return BallotForm(given, seats=seats, vetoes=vetoes, conflict=bool(self.conflict))


def find_voter(case: Case, *, user: User, on: date) -> Voter:
    """What this account may do with the case on a day."""
    own, heard = permissions.list_seats_on(case, user, on), queries.list_heard_seats(case)
    first = next((kind for kind in own if kind not in heard), None)
    if first is None:
        bar = _("Your seat has been heard. Its ballot is sealed until the case closes.") if own else ""
        return Voter(case, own, heard, bar, "")
    seat = Seat(kind=first.value, name="" if isinstance(first, SeatKind) else first.label)
    bar = explain_refusal(permissions.check_can_recuse, user, case, seat)
    conflict = "" if bar else explain_refusal(permissions.check_can_vote, user, case, seat)
    return Voter(case, own, heard, bar, conflict)


def explain_refusal(check: Callable[..., None], *given: object) -> str:
    """Why a check of permission says no; empty where it lets through."""
    try:
        check(*given)
    except DomainError as error:
        return error.detail
    return ""
