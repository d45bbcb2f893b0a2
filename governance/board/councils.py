"""Councils by territory: which hold a seat, over whose people, and which of them a case must hear."""

from collections.abc import Collection, Iterable
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from governance.board.models import CouncilProposal, Seat, Term
from governance.board.seat_names import BEGINS, SeatName
from governance.board.states import CaseState, SeatKind
from governance.people.models import Membership, Person
from ground.errors import BadInput, NotFound
from ground.reading import read_once


class Council(NamedTuple):
    """A council that holds a seat: which, and the locations of its people."""

    seat: Seat
    territory: frozenset[str]


@read_once
def list_councils() -> tuple[Council, ...]:
    """The councils that hold a seat, by what the board has passed last of each."""
    passed = CouncilProposal.objects.filter(case__state=CaseState.APPROVED).select_related("seat")
    last = {each.seat_id: each for each in passed.order_by("case__closed_at", "pk")}
    held = [Council(each.seat, frozenset(each.territory)) for each in last.values() if not each.ends]
    return tuple(sorted(held, key=lambda council: council.seat.kind))


def list_asked(on: date, places: Collection[str] | None = None) -> list[str]:
    """The seats of the councils that a case opened on a day must hear; `places` are those of the people it touches, all unless said.

    A council is heard from when its first member sat, and while anybody works in its territory; a seat that fell vacant since is
    heard as any other, so that nobody is voted past it.
    """
    councils = list_councils()
    if not councils:
        return []
    sat = Term.objects.filter(
        seat__in=[each.seat for each in councils],
        alternate=False,
        confirmed_at__isnull=False,
        valid_from__lte=on,
    )
    seats, peopled = set(sat.values_list("seat_id", flat=True)), list_places(on)
    touched = peopled if places is None else peopled & set(places)
    return [each.seat.kind for each in councils if each.seat.pk in seats and each.territory & touched]


def list_places(on: date) -> set[str]:
    """The locations of those who work here on a day."""
    return set(
        Person.objects.filter(_works(on)).exclude(location="").values_list("location", flat=True).distinct()
    )


def list_places_of(cohort: str, on: date) -> set[str]:
    """The locations of those who are on a group's teams on a day."""
    on_team = Membership.objects.on(on).filter(team__cohorts__slug=cohort)
    found = Person.objects.filter(_works(on), memberships__in=on_team).exclude(location="")
    return set(found.values_list("location", flat=True).distinct())


def _works(on: date) -> Q:
    return Q(employed_from__lte=on) & (Q(employed_to__isnull=True) | Q(employed_to__gt=on))


def list_asked_seats(asked: Iterable[str]) -> list[SeatName]:
    """The seats of councils by their words, in that order."""
    words = list(asked)
    if not words:
        return []
    found = {seat.kind: seat.named for seat in Seat.objects.filter(kind__in=words)}
    return [found[word] for word in words]


def find_seat(word: str) -> SeatName:
    """A seat by its word. Raises NotFound where it is none of the six and no council's."""
    if word in SeatKind.values:
        return SeatKind(word)
    seat = Seat.objects.filter(kind=word, kind__startswith=BEGINS).first()
    if seat is None:
        raise NotFound(_("The board has no such seat."), code="seat_not_found", field="seat")
    return seat.named


def take_seat(name: SeatName) -> Seat:
    """The row of a seat; one of the six is made where it is not there yet."""
    if isinstance(name, SeatKind):
        return Seat.objects.get_or_create(kind=name.value)[0]
    return Seat.objects.get(kind=name.value)


def check_holds_seat(name: SeatName) -> None:
    """Raise BadInput where the council has no seat (any more); the six always have."""
    if not isinstance(name, SeatKind) and name not in {each.seat.kind for each in list_councils()}:
        raise BadInput(
            _("The board has given “%(council)s” no seat, or has ended it.") % {"council": name.label},
            field="seat",
        )


def explain_unknown_places(places: Iterable[str], known: Collection[str] | None = None) -> list[str]:
    """A sentence for each place where nobody has a location in the organisation's data, with the nearest one that is there.

    None while the data name no location at all: then there is nothing to hold it to.
    """
    if known is None:
        known = set(Person.objects.exclude(location="").values_list("location", flat=True).distinct())
    return [_explain(place, known) for place in places if known and place not in known]


def _explain(place: str, known: Collection[str]) -> str:
    folded = {each.casefold(): each for each in sorted(known)}
    near = get_close_matches(place.casefold(), folded, n=1)
    if near:
        said = {"place": place, "near": folded[near[0]]}
        return _("Nobody’s location is “%(place)s”. Do you mean “%(near)s”?") % said
    said = {"place": place, "known": ", ".join(sorted(known)[:8])}
    return _("Nobody’s location is “%(place)s”. Locations are: %(known)s.") % said
