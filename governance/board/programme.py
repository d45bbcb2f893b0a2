"""When a programme may begin: contract and course are published, and every seat of the board is filled (S142)."""

from django.db import transaction
from django.utils.translation import gettext as _

from charter.registry import services as registry
from charter.registry.models import Programme
from charter.rules import words
from governance.board import permissions, queries
from governance.people.models import User
from governance.people.permissions import can_administer
from governance.training.models import Course
from ground import clock
from ground.errors import Conflict, NotPermitted


@transaction.atomic(durable=True)
def activate_programme(*, programme: Programme, by: User) -> Programme:
    """Let the programme begin, so that charters can be handed in (S1, S142).

    Raises NotPermitted unless `by` sits on the board or is an administrator; Conflict where a seat is vacant, the
    contract or the course is not published, or no decision is declared.
    """
    check_can_activate(by)
    check_seats_are_filled(programme)
    check_course_is_published()
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


def check_course_is_published() -> None:
    """Raise Conflict where nobody could be trained in the rules, so that nobody could open a performance view (S142)."""
    if not Course.objects.exists():
        raise Conflict(
            _("The course about the rules is not published yet. Publish it before the programme begins."),
            code="programme_without_course",
        )
