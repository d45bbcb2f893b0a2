"""Who sits on the board, and until when."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.board import permissions
from governance.board.models import Seat, Term
from governance.board.states import SeatKind
from governance.people.models import User
from governance.people.permissions import check_can_administer, check_can_grant
from ground import records
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def fill_seat(
    *,
    seat_kind: SeatKind,
    user: User,
    valid_from: date,
    by: User,
    valid_to: date | None = None,
    alternate: bool = False,
) -> Term:
    """Put an account on a seat from one day (in) to another (out), as its member or as an alternate.

    A seat has one member at a time and an account is member on one seat at a time: else BadInput. NotPermitted where
    `by` is no administrator or is that account.
    """
    check_can_grant(by, to=user)
    permissions.check_can_fill_seat(user)
    seat, _made = Seat.objects.get_or_create(kind=SeatKind(seat_kind))
    term = records.insert(
        Term(seat=seat, user=user, valid_from=valid_from, valid_to=valid_to, alternate=alternate)
    )
    ledger.append(kind="board.seat.filled", payload=_term_payload(term), by=by.actor)
    return term


@transaction.atomic(durable=True)
def end_term(*, term: Term, valid_to: date, by: User) -> Term:
    """Let a term end on a day (out). What has ended already stays as it is: Conflict."""
    check_can_administer(by)
    term = Term.objects.select_for_update(of=("self",)).select_related("seat").get(pk=term.pk)
    if term.valid_to is not None and term.valid_to <= valid_to:
        raise Conflict(_("This term ends on %(day)s already.") % {"day": term.valid_to})
    if valid_to <= term.valid_from:
        raise BadInput(_("A term ends after the day on which it begins."), field="valid_to")
    term.valid_to = valid_to
    term.save(update_fields=["valid_to"])
    ledger.append(kind="board.seat.vacated", payload=_term_payload(term), by=by.actor)
    return term


def _term_payload(term: Term) -> dict[str, object]:
    return {
        "term": term.pk,
        "seat": term.seat.kind,
        "user": term.user_id,
        "alternate": term.alternate,
        "valid_from": term.valid_from,
        "valid_to": term.valid_to,
    }
