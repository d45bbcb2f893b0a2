"""When a programme may begin: its contract is published and every seat of the board is filled (S142)."""

from django.db import transaction
from django.utils.translation import gettext as _

from charter.registry import services as registry
from charter.registry.models import Programme
from charter.rules import words
from governance.board import permissions, queries
from governance.people.models import User
from governance.people.permissions import can_administer
from ground import clock
from ground.errors import Conflict, NotPermitted


@transaction.atomic(durable=True)
def activate_programme(*, programme: Programme, by: User) -> Programme:
    """Let the programme begin, so that charters can be handed in (S1, S142).

    Raises NotPermitted unless `by` sits on the board or is an administrator; Conflict where a seat is vacant, the
    contract is not published or no decision is declared. The course of S142 joins them with the training rooms.
    """
    check_can_activate(by)
    check_seats_are_filled(programme)
    return registry.approve_programme(programme=programme, by=by)


def check_can_activate(user: User) -> None:
    """Raise NotPermitted unless the account sits on the board or is an administrator."""
    if not (permissions.sits(user) or can_administer(user)):
        raise NotPermitted(_("Only the board or an administrator lets the programme begin."))


def check_seats_are_filled(programme: Programme) -> None:
    """Raise Conflict where a seat has no member today (S142)."""
    if vacant := queries.vacant_seats(clock.today(programme.time_zone)):
        seats = words.listed(str(seat.label) for seat in vacant)
        raise Conflict(
            _("These seats of the board are vacant: %(seats)s. Fill them first.") % {"seats": seats},
            code="seats_vacant",
        )
