"""What a case about a council's seat leads to, as `effects` has it for the other kinds."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from charter.programme.queries import is_in_force
from charter.rules import words
from governance.board import councils
from governance.board.effects import Details, record_term
from governance.board.events import SeatVacated
from governance.board.models import Case, CouncilProposal, Seat, Term
from governance.board.seat_names import BEGINS
from governance.board.states import CaseState
from governance.people.models import User
from ground import calendar, records
from ground.errors import BadInput, Conflict

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def request_council(case: Case, details: Details, *, by: User) -> None:
    """Store which council the case is about: `council` (its short name), `name`, and `territory`, or `ends`.

    Conflict before the programme is in force: six found it. BadInput where nobody has a location as the
    territory names it, for an end of a seat that is not held, for one that was ended, and for another name than it has.
    """
    if not is_in_force():
        raise Conflict(
            _("Councils are given seats once the programme is in force."), code="programme_not_founded"
        )
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
    seat = _find_seat(word, str(details.get("name") or "").strip())
    records.insert(CouncilProposal(case=case, seat=seat, territory=territory, ends=ends))


def _find_seat(word: str, name: str) -> Seat:
    """The council's seat; made where there is none of this short name yet."""
    seat = Seat.objects.filter(kind=word).first()
    if seat is None:
        if not name:
            raise BadInput(_("Say what the council is called."), field="name")
        return records.insert(Seat(kind=word, name=name))
    if name and name != seat.name:
        said = {"council": seat.name}
        raise BadInput(
            _("This short name is that of “%(council)s”. Leave the name out, or choose another short name.")
            % said,
            field="name",
        )
    if seat.council_proposals.filter(case__state=CaseState.APPROVED, ends=True).exists():
        raise BadInput(
            _("The board has ended the seat of this short name. Choose another one."), field="council"
        )
    return seat


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
    """The council holds its seat over its people, or holds it no longer: then the terms on it end.

    Whoever sits on it does so until the last open case that asks for it is over, as none of them could pass without its vote.
    """
    proposal = case.council_proposal
    if not (approved and proposal.ends):
        return
    last = _find_last_day(proposal.seat)
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=last)
    for term in Term.objects.filter(lasting, seat=proposal.seat).select_related("seat"):
        term.valid_to = max(last, term.valid_from + timedelta(days=1))
        term.save(update_fields=["valid_to"])
        ledger.append(SeatVacated(**record_term(term)), by=by.actor)


def _find_last_day(seat: Seat) -> date:
    """The day, out, until which a seat is sat on that holds nothing any more."""
    asks = Case.objects.filter(state=CaseState.OPEN, asked__contains=[seat.kind])
    closes = asks.aggregate(last=Max("closes_at"))["last"]
    return calendar.today() if closes is None else calendar.find_day(closes) + timedelta(days=1)


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
