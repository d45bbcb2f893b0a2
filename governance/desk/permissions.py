"""Who may open pages that gather what several rooms know. Being a superuser counts for nothing here."""

from datetime import date

from django.utils.translation import gettext as _

from governance.board.queries import seats_of
from governance.board.states import SeatKind
from governance.people.models import Role, User
from governance.people.permissions import holds
from ground.errors import NotPermitted

READ_RECORDS = (Role.HR, Role.AUDITOR, Role.ADMIN)


def check_can_read_records(user: User, on: date) -> None:
    """Raise NotPermitted unless the account speaks for the legal seat, or is HR's, an auditor's or an administrator's."""
    if SeatKind.LEGAL not in seats_of(user, on) and not any(holds(user, role) for role in READ_RECORDS):
        raise NotPermitted(
            _(
                "The records of processing are for the legal seat, HR, auditors and administrators. "
                "What they say of a metric stands on its own page, which you can read."
            )
        )


def can_read_records(user: User, on: date) -> bool:
    try:
        check_can_read_records(user, on)
    except NotPermitted:
        return False
    return True
