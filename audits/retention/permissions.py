"""Who keeps things longer for the law, and who reads what was deleted."""

from django.utils.translation import gettext as _

from audits.retention.models import LegalHold
from charter.rules.vocabulary import Role
from governance.board.permissions import holds_seat, sits
from governance.board.states import SeatKind
from governance.people.models import User
from governance.people.permissions import holds, is_system
from ground.errors import Conflict, NotPermitted


def check_can_read_retention(user: User) -> None:
    """Raise NotPermitted unless the account is an auditor's, HR's, an administrator's or sits on the board."""
    if not (any(holds(user, role) for role in (Role.AUDITOR, Role.HR, Role.ADMIN)) or sits(user)):
        raise NotPermitted(_("What is deleted is read by auditors, HR, administrators and the board."))


def check_can_place_legal_hold(user: User) -> None:
    """Raise NotPermitted unless the account is HR's or holds the board's seat for law."""
    if not can_place_legal_hold(user):
        raise NotPermitted(
            _("HR, and whoever holds the board’s seat for law, keep something for a legal reason.")
        )


def can_place_legal_hold(user: User) -> bool:
    return holds(user, Role.HR) or holds_seat(user, SeatKind.LEGAL)


def check_can_end_legal_hold(user: User, hold: LegalHold) -> None:
    """Raise unless the account may place holds and this one goes on."""
    check_can_place_legal_hold(user)
    if hold.ended_at is not None:
        raise Conflict(_("This hold has ended already."), code="ended_already")


def check_can_purge(user: User) -> None:
    """Raise NotPermitted unless it is the product itself: the clock deletes, nobody chooses what."""
    if not is_system(user):
        raise NotPermitted(_("The clock deletes what was kept long enough. Nobody chooses what goes."))


def check_can_erase(user: User) -> None:
    """Raise NotPermitted unless the account is of HR, which answers for what is kept of people; who reads the log erases nothing."""
    if not holds(user, Role.HR):
        raise NotPermitted(
            _("Only HR erases what an entry of the log says, for a reason that the log keeps.")
        )
