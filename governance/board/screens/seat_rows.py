"""Who sits on which seat, as the page of the board tells it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from charter.rules import words
from governance.board import councils, holding, seating
from governance.board.kinds import find_kind
from governance.board.models import Invitation, Term
from governance.board.seat_names import SeatName
from governance.board.states import SeatKind
from governance.ui.templatetags.mc import day


@dataclass(frozen=True)
class TermRow:
    """One term: whose, as what, from and until when, where it stands as a shape and a word, and by whom it is so."""

    term: Term
    role: str
    shape: str
    word: str
    since: str
    until: str
    because: str


@dataclass(frozen=True)
class SeatRows:
    """A seat with those who hold it and who are to; `vacant` where it has no member today."""

    seat: SeatName
    rows: tuple[TermRow, ...]
    vacant: bool
    places: str = ""  # where the people of a council work


def list_seat_rows(on: date) -> list[SeatRows]:
    """Every seat, those of councils after the six, with its terms of today and to come."""
    terms = list(seating.list_terms_since(on))
    territories = {each.seat.named: words.listed(sorted(each.territory)) for each in councils.list_councils()}
    members = {term.seat.kind for term in holding.list_terms(on) if not term.alternate}
    return [
        SeatRows(
            seat,
            tuple(tell_term(term, on) for term in terms if term.seat.kind == seat),
            seat not in members,
            territories.get(seat, ""),
        )
        for seat in (*SeatKind, *territories)
    ]


def tell_term(term: Term, on: date) -> TermRow:
    """A term in words."""
    shape, word = _standing(term, on)
    return TermRow(
        term=term,
        role=_("Alternate") if term.alternate else _("Member"),
        shape=shape,
        word=word,
        since=day(term.valid_from),
        until=day(term.valid_to - timedelta(days=1)) if term.valid_to else "",
        because=_because(term),
    )


def _standing(term: Term, on: date) -> tuple[str, str]:
    if term.declined_at is not None:
        return "dash", _("Declined")
    if term.valid_to is not None and term.valid_to <= on:
        return "dash", _("Ended")
    if term.confirmed_at is None:
        return "due", _("To be confirmed")
    if term.valid_from > on:
        return "due", _("Announced")
    return "permit", _("Sits")


def _because(term: Term) -> str:
    """Who confirmed or named them."""
    if term.case is not None:
        return _("By the founding") if find_kind(term.case).founds else _("By a case of the board")
    if term.alternate:
        return _("Named by %(name)s") % {"name": term.announced_by.name}
    proposed = _("Proposed by %(name)s") % {"name": term.announced_by.name}
    names = [each.user.name for each in term.confirmations.all()]
    if not names:
        return proposed
    return _("%(proposed)s, confirmed by %(names)s") % {"proposed": proposed, "names": words.listed(names)}


@dataclass(frozen=True)
class InvitationRow:
    """A seat of the first board: who is invited, and what they answered."""

    seat: SeatKind
    invitation: Invitation | None

    @property
    def shape(self) -> str:
        if self.invitation is None:
            return "withheld"
        return "permit" if self.invitation.accepted_at else "due"

    @property
    def word(self) -> str:
        if self.invitation is None:
            return _("Nobody yet")
        return _("Accepted") if self.invitation.accepted_at else _("Not answered yet")


def list_invitation_rows(found: list[Invitation]) -> list[InvitationRow]:
    """Every seat with the invitation that stands, among those that the reader may know of."""
    standing = {each.seat.kind: each for each in found if each.ended_at is None}
    return [InvitationRow(seat, standing.get(seat)) for seat in SeatKind]
