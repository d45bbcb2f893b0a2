"""Who holds the seats on a day, and which of them have been heard on a case: two short reads that all checks share."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from governance.board.models import Case, Term
from governance.board.states import SeatKind
from ground.reading import read_once


class Heard(NamedTuple):
    """A ballot as all may see it while the case is open: whose, and when; never what it says."""

    seat: SeatKind
    user_id: UUID
    at: datetime


@read_once
def terms(on: date) -> tuple[Term, ...]:
    """The terms on a day, with seat and account; a dozen at most."""
    found = Term.objects.on(on).select_related("seat", "user")
    return tuple(found.order_by("valid_from", "pk"))


@read_once
def heard(case: Case) -> tuple[Heard, ...]:
    """The seats that have voted on a case, in the order of their votes."""
    found = case.ballots.order_by("cast_at").values_list("seat__kind", "user_id", "cast_at")
    return tuple(Heard(SeatKind(kind), user, at) for kind, user, at in found)
