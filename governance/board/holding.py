"""Who holds the seats on a day, and which of them have been heard on a case: two short reads that all checks share."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from governance.board.models import Case, Invitation, Term
from governance.board.seat_names import SeatName, name_seat
from ground.promises import promised
from ground.reading import read_once


class SittingVoter(NamedTuple):
    """An account that may speak for a seat on some case, and since when it was known to."""

    seat: SeatName
    user_id: UUID
    known_since: datetime


class HeardSeat(NamedTuple):
    """A ballot as all may see it while the case is open: whose, and when; never what it says."""

    seat: SeatName
    user_id: UUID
    at: datetime


def find_sitting(on: date) -> QuerySet[Term]:
    """The terms by which seats are held on a day: confirmed, begun and not over."""
    return Term.objects.on(on).filter(confirmed_at__isnull=False)


@read_once
def list_terms(on: date) -> tuple[Term, ...]:
    """The terms by which seats are held on a day, with seat and account; a dozen at most."""
    found = find_sitting(on).select_related("seat", "user")
    return tuple(found.order_by("valid_from", "pk"))


@read_once
def list_accepted() -> tuple[Invitation, ...]:
    """Who has accepted a seat of the first board; six at most."""
    return tuple(find_accepted().select_related("seat", "user", "invited_by"))


def find_accepted() -> QuerySet[Invitation]:
    """The invitations that were accepted and stand."""
    return Invitation.objects.filter(ended_at__isnull=True, accepted_at__isnull=False)


def list_founders(case: Case) -> tuple[Invitation, ...]:
    """Who would be the first board by this founding: whoever had accepted when it was put to the vote."""
    stood = Q(ended_at__isnull=True) | Q(ended_at__gt=case.opened_at)
    found = Invitation.objects.filter(stood, accepted_at__lte=case.opened_at)
    return tuple(found.select_related("seat", "user").order_by("seat__kind"))


def list_sitting(on: date) -> tuple[SittingVoter, ...]:
    """Who may speak for a seat on a day, on what was opened since they were announced."""
    return tuple(SittingVoter(term.seat.named, term.user_id, term.announced_at) for term in list_terms(on))


def list_invited() -> tuple[SittingVoter, ...]:
    """Who votes on the founding: whoever had accepted when it was put to the vote."""
    return tuple(
        SittingVoter(each.seat.named, each.user_id, promised(each.accepted_at)) for each in list_accepted()
    )


@read_once
def list_heard_seats(case: Case) -> tuple[HeardSeat, ...]:
    """The seats that have voted on a case, in the order of their votes."""
    found = case.ballots.order_by("cast_at").values_list("seat__kind", "seat__name", "user_id", "cast_at")
    return tuple(HeardSeat(name_seat(kind, label), user, at) for kind, label, user, at in found)
