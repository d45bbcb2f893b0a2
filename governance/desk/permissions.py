"""Who may open pages that gather what several apps know. Being a superuser counts for nothing here."""

from datetime import date

from django.utils.translation import gettext as _

from governance.board.queries import list_seats_of
from governance.board.states import SeatKind
from governance.people.models import GrantedRole, User
from governance.people.permissions import holds
from ground.errors import NotPermitted

READ_RECORDS = (GrantedRole.HR, GrantedRole.AUDITOR, GrantedRole.ADMIN)


def check_can_read_records(user: User, on: date) -> None:
    """Raise NotPermitted unless the account speaks for the legal seat, or is HR's, an auditor's or an administrator's."""
    if SeatKind.LEGAL not in list_seats_of(user, on) and not any(holds(user, role) for role in READ_RECORDS):
        raise NotPermitted(
            _(
                "The records of processing are for the legal seat, HR, auditors and administrators. "
                "What they say of a metric stands on its own page, which you can read."
            )
        )
