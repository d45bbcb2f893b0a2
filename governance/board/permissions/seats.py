"""Who holds a seat today."""

from governance.board.models import Term
from governance.board.states import SeatKind
from governance.people.models import User
from ground import clock


def sits(user: User) -> bool:
    """Whether the account is member or alternate on any seat today."""
    return user.is_active and Term.objects.on(clock.today()).filter(user=user).exists()


def holds_seat(user: User, kind: SeatKind) -> bool:
    """Whether the account is member or alternate of this seat today."""
    held = Term.objects.on(clock.today()).filter(user=user, seat__kind=kind)
    return user.is_active and held.exists()
