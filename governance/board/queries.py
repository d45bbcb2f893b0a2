"""Reads of the board. What a ballot says cannot be read here before its case is closed, by anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.board.models import Ballot, Case, Term
from governance.board.states import CaseState, SeatKind
from governance.people.models import User
from ground.errors import Conflict


@dataclass(frozen=True)
class Holders:
    """Who holds a seat on a day; without a member it is vacant, and alternates vote for it."""

    seat: SeatKind
    member: User | None
    alternates: tuple[User, ...]


def cases(state: CaseState | None = None) -> QuerySet[Case]:
    """Cases, newest first, each with its matter and outcome."""
    found = Case.objects.select_related("charter_version__metric", "rulebook_version", "outcome", "opened_by")
    return found if state is None else found.filter(state=state)


def heard(case: Case) -> frozenset[SeatKind]:
    """The seats that have voted on a case, open or not; never what they said."""
    return frozenset(map(SeatKind, case.ballots.values_list("seat__kind", flat=True)))


def ballots(case: Case) -> Sequence[Ballot]:
    """What each seat said on a closed case; Conflict while it is open, whoever asks."""
    found = list(closed_ballots().filter(case=case))
    if not found and Case.objects.filter(pk=case.pk, state=CaseState.OPEN).exists():
        raise Conflict(_("Votes are published when the case closes."), code="votes_are_blind")
    return found


def closed_ballots() -> QuerySet[Ballot]:
    """The ballots of all closed cases."""
    return Ballot.objects.exclude(case__state=CaseState.OPEN).select_related("case", "seat", "user")


def seats(on: date) -> tuple[Holders, ...]:
    """Every seat with its holders on a day, in one statement."""
    terms = list(Term.objects.on(on).select_related("seat", "user").order_by("valid_from", "pk"))
    return tuple(_holders(kind, [term for term in terms if term.seat.kind == kind]) for kind in SeatKind)


def vacant_seats(on: date) -> tuple[SeatKind, ...]:
    """The seats without a member on a day (S142)."""
    return tuple(holders.seat for holders in seats(on) if holders.member is None)


def seats_of(user: User, on: date) -> tuple[SeatKind, ...]:
    """The seats that an account may speak for on a day, its own before those it is alternate of."""
    terms = Term.objects.on(on).filter(user=user).select_related("seat").order_by("alternate", "seat__kind")
    return tuple(SeatKind(term.seat.kind) for term in terms)


def _holders(kind: SeatKind, terms: Sequence[Term]) -> Holders:
    member = next((term.user for term in terms if not term.alternate), None)
    return Holders(kind, member, tuple(term.user for term in terms if term.alternate))
