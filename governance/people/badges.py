"""What an account is on a day: the roles that it holds, and which of them comes first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from charter.rules.vocabulary import Role
from governance.people.models import GrantedRole, Membership, RoleGrant, User

# What a role is called beside its holder's name; the first that one holds is said.
ROLE_WORDS = {
    Role.MANAGER: _("manager"),
    Role.VALUE_STREAM_LEAD: _("value stream lead"),
    Role.BOARD_MEMBER: _("review board"),
    Role.AUDITOR: _("auditor"),
    Role.HR: _("HR"),
    Role.METRIC_OWNER: _("metric owner"),
    Role.LEADERSHIP: _("leadership"),
    Role.ADMIN: _("administrator"),
    Role.TEAM_MEMBER: _("employee"),
}

SeatsOf = Callable[[User, date], QuerySet[Any]]
_seats_of: list[SeatsOf] = []  # one, from the app that keeps the board
_SEAT = "seat"  # no role is called so
BadgeOf = Callable[[Any], "Badge"]
_badge_of: list[BadgeOf] = []  # one, from the app that reads it once a request


@dataclass(frozen=True)
class Badge:
    """An account's roles today, each with the slug of what it is held over (empty for none), its own team's last.

    And the kinds of the board's seats that it may speak for, its own and those it is alternate of.
    """

    roles: tuple[tuple[Role, str], ...]
    seats: frozenset[str]

    @property
    def chief(self) -> Role | None:
        """The role that decides which pages come first."""
        held = {role for role, _ in self.roles}
        return next((role for role in ROLE_WORDS if role in held), None)

    @property
    def line(self) -> str:
        """`manager, payments`."""
        if self.chief is None:
            return ""
        scope = next((scope for role, scope in self.roles if role is self.chief and scope), "")
        return ", ".join(filter(None, (str(ROLE_WORDS[self.chief]), scope)))

    def holds(self, role: Role | GrantedRole) -> bool:
        return any(role == held for held, _ in self.roles)  # equal, not the same: two enums have these words


def read_seats_by(seats: SeatsOf) -> None:
    """Let this say whose the seats are: the kinds of an account's seats on a day, with `kind`."""
    _seats_of[:] = [seats]


def keep_badges_by(badge_of: BadgeOf) -> None:
    """Let this give the badge of whoever has signed in and asks for a page."""
    _badge_of[:] = [badge_of]


def shows_administrator(request: Any) -> bool:
    """Whether an administrator asks for a page, by what the page has read of its reader anyway."""
    user = getattr(request, "user", None)  # there is none yet where something failed early
    return bool(user and user.is_authenticated) and _badge_of[0](request).holds(GrantedRole.ADMIN)


def read_badge(user: User, on: date) -> Badge:
    """Roles granted, the team belonged to, each with what it is held over, and seats; in one statement."""
    granted = RoleGrant.objects.on(on).filter(user=user).order_by()
    member = Membership.objects.on(on).filter(person=user.person_id).order_by()
    seats = [each(user, on).order_by() for each in _seats_of]
    found = granted.values_list("role", "team__slug", "value_stream__slug").union(
        member.values_list(_text(Role.TEAM_MEMBER.value), "team__slug", _text(None)),
        *(each.values_list(_text(_SEAT), "kind", _text(None)) for each in seats),
        all=True,
    )
    rows = [(what, team or stream or "") for what, team, stream in found]
    roles = sorted((Role(what), scope) for what, scope in rows if what != _SEAT)
    return Badge(tuple(roles), frozenset(scope for what, scope in rows if what == _SEAT))


def _text(value: str | None) -> Value:
    return Value(value, output_field=CharField())
