"""What a case about a council's seat leads to, as `effects` has it for the other kinds."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.rules import words
from governance.board import councils
from governance.board.effects import Details, record_term
from governance.board.events import SeatVacated
from governance.board.models import Case, CouncilProposal, Seat, Term
from governance.board.seat_names import BEGINS
from governance.people.models import User
from ground import calendar, records
from ground.errors import BadInput

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def request_council(case: Case, details: Details, *, by: User) -> None:
    """Store which council the case is about: `council` (its short name), `name`, and `territory`, or `ends`.

    BadInput where nobody has a location as the territory names it, and for an end of a seat that is not held.
    """
    if unknown := sorted(set(details) - {"council", "name", "territory", "ends"}):
        raise BadInput(_("This case has no field “%(name)s”.") % {"name": unknown[0]}, field=unknown[0])
    word = BEGINS + str(details.get("council") or "")
    if not SLUG.fullmatch(word.removeprefix(BEGINS)):
        raise BadInput(
            _("Give the council a short name of small letters, digits and hyphens."), field="council"
        )
    territory = list(dict.fromkeys(details.get("territory") or ()))
    ends = bool(details.get("ends"))
    _check_territory(word, territory, ends=ends)
    seat = Seat.objects.filter(kind=word).first()
    if seat is None:
        if not details.get("name"):
            raise BadInput(_("Say what the council is called."), field="name")
        seat = records.insert(Seat(kind=word, name=str(details["name"]).strip()))
    records.insert(CouncilProposal(case=case, seat=seat, territory=territory, ends=ends))


def _check_territory(word: str, territory: Sequence[str], *, ends: bool) -> None:
    if ends and word not in {each.seat.kind for each in councils.list_councils()}:
        raise BadInput(_("No council of this short name holds a seat."), field="council")
    if ends == bool(territory):
        raise BadInput(
            _("Say over whose people it holds the seat: their locations. One that ends has none."),
            field="territory",
        )
    if unknown := councils.explain_unknown_places(territory):
        first, *others = unknown
        raise BadInput(first, field="territory", code="unknown_place", findings=others)


def settle_council(case: Case, *, approved: bool, by: User) -> None:
    """The council holds its seat over its people, or holds it no longer: then the terms on it end."""
    proposal = case.council_proposal
    if not (approved and proposal.ends):
        return
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=calendar.today())
    for term in Term.objects.filter(lasting, seat=proposal.seat).select_related("seat"):
        term.valid_to = max(calendar.today(), term.valid_from + timedelta(days=1))
        term.save(update_fields=["valid_to"])
        ledger.append(SeatVacated(**record_term(term)), by=by.actor)


def minute_council(case: Case) -> Iterator[str]:
    """Which council holds a seat from now on, over whom, or no longer."""
    proposal = case.council_proposal
    said = {"council": proposal.seat, "places": words.listed(proposal.territory)}
    if proposal.ends:
        yield _("“%(council)s” holds a seat no longer.") % said
    else:
        yield (
            _("“%(council)s” holds a seat over the people of %(places)s, once a member is confirmed.") % said
        )
