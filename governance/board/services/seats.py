"""Who sits on the board, and until when: proposed, told to the board, confirmed by it, ended."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.board import councils, permissions
from governance.board.effects import record_term
from governance.board.events import MemberConfirmed, SeatDeclined, SeatFilled, SeatVacated
from governance.board.models import Term, TermConfirmation
from governance.board.seat_names import SeatName
from governance.board.services import notifications
from governance.people.models import User
from ground import clock, records
from ground.errors import BadInput, Conflict


@transaction.atomic(durable=True)
def fill_seat(
    *,
    seat_kind: SeatName,
    user: User,
    valid_from: date,
    by: User,
    valid_to: date | None = None,
    alternate: bool = False,
) -> Term:
    """Put an account on a seat from one day (in) to another (out), as its member or as an alternate; the board is told.

    A seat has one member at a time and an account is member on one seat at a time: else BadInput. A member sits once the
    others have confirmed them. The first board comes by the founding (`services.founding`). Raises what `permissions.check_can_fill_seat` and
    `check_term_begins` raise.
    """
    permissions.check_can_fill_seat(by, user, seat_kind, alternate=alternate)
    permissions.check_term_begins(valid_from)
    seat = councils.take_seat(seat_kind)
    term = Term(
        seat=seat, user=user, valid_from=valid_from, valid_to=valid_to, alternate=alternate, announced_by=by
    )
    term.confirmed_at = term.announced_at
    records.check(term)  # against those who sit, as if it were confirmed
    term.confirmed_at = term.announced_at if alternate else None
    records.insert(term)
    ledger.append(SeatFilled(**record_term(term), confirmed=alternate), by=by.actor)
    notifications.notify_announced(term, by)
    return term


@transaction.atomic(durable=True)
def decline_seat(*, term: Term, by: User) -> Term:
    """Decline, as whoever was proposed for a seat, before the board has confirmed it; the board is told.

    Raises what `permissions.check_can_decline` raises.
    """
    term = Term.objects.select_for_update(of=("self",)).select_related("seat", "user").get(pk=term.pk)
    permissions.check_can_decline(by, term)
    term.declined_at = clock.now()
    term.save(update_fields=["declined_at"])
    ledger.append(SeatDeclined(**record_term(term)), by=by.actor)
    notifications.notify_declined(term, by)
    return term


@transaction.atomic(durable=True)
def confirm_member(*, term: Term, by: User) -> Term:
    """Confirm, for another seat, who is to be a member; once more than half of the others have, they sit from their day on.

    Raises what `permissions.check_can_confirm` raises; BadInput where the seat has another member by now.
    """
    term = Term.objects.select_for_update(of=("self",)).select_related("seat", "user").get(pk=term.pk)
    permissions.check_can_confirm(by, term)
    records.insert(TermConfirmation(term=term, user=by))
    sits = permissions.is_confirmed(term)
    if sits:
        term.confirmed_at = clock.now()
        records.check(term)
        term.save(update_fields=["confirmed_at"])
    ledger.append(MemberConfirmed(**record_term(term), confirmed=sits), by=by.actor)
    if sits:
        notifications.notify_confirmed(term, by)
    return term


@transaction.atomic(durable=True)
def end_term(*, term: Term, valid_to: date, by: User) -> Term:
    """Let a term end on a day (out); the board is told. What has ended already stays as it is: Conflict.

    Raises what `permissions.check_can_end_term` raises.
    """
    term = Term.objects.select_for_update(of=("self",)).select_related("seat", "user").get(pk=term.pk)
    if term.valid_to is not None and term.valid_to <= valid_to:
        raise Conflict(_("This term ends on %(day)s already.") % {"day": term.valid_to})
    if valid_to <= term.valid_from:
        raise BadInput(_("A term ends after the day on which it begins."), field="valid_to")
    permissions.check_can_end_term(by, term, valid_to)
    term.valid_to = valid_to
    term.save(update_fields=["valid_to"])
    ledger.append(SeatVacated(**record_term(term)), by=by.actor)
    notifications.notify_ended(term, by)
    return term
