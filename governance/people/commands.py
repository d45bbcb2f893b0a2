"""What management commands ask about accounts: in whose name they act (`--as`), whom they mean, and a password."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from governance.people.models import GrantedRole, Person, RoleGrant, Team, User, ValueStream
from governance.people.services import get_system_account
from ground import calendar
from ground.errors import BadInput, NotFound


def add_account_argument(parser: CommandParser, *, help_text: str, required: bool = True) -> None:
    """`--as USERNAME`; its value is the option `username`."""
    parser.add_argument("--as", dest="username", required=required, help=help_text)


def find_account(username: str | None) -> User:
    """The account of that name that may sign in; the system account where none is named. Raises NotFound."""
    if username is None:
        return get_system_account()
    user = User.objects.find(username)
    if user is None or not user.is_active:
        raise NotFound(_("There is no account “%(name)s”.") % {"name": username}, field="username")
    return user


def find_person(external_id: str) -> Person:
    """The person whom source systems call so. Raises NotFound."""
    person = Person.objects.filter(external_id=external_id).first()
    if person is None:
        raise NotFound(_("There is no person “%(name)s”.") % {"name": external_id}, field="person")
    return person


def add_role_arguments(parser: CommandParser) -> None:
    """`USERNAME ROLE [--team SLUG | --value-stream SLUG] [--as USERNAME]`."""
    parser.add_argument("account", metavar="USERNAME", help="whose role it is")
    parser.add_argument("role", choices=GrantedRole.values)
    parser.add_argument("--team", metavar="SLUG", help="of a manager: the team that it is held over")
    parser.add_argument("--value-stream", metavar="SLUG", help="of a value stream lead: what it is held over")
    add_account_argument(
        parser,
        help_text="the administrator that does it; the system account where none is named",
        required=False,
    )


def find_scope(team: str | None, value_stream: str | None) -> dict[str, Any]:
    """What a role is held over, as services take it. Raises NotFound."""
    return {
        "team": _find_slug(Team, team, "team"),
        "value_stream": _find_slug(ValueStream, value_stream, "value_stream"),
    }


def find_grant(user: User, role: GrantedRole, **scope: Any) -> RoleGrant:
    """The role of an account that goes on today, or the next that begins. Raises NotFound."""
    lasting = RoleGrant.objects.exclude(valid_to__lte=calendar.today())
    found = lasting.filter(user=user, role=role, **scope).order_by("valid_from").first()
    if found is None:
        raise NotFound(
            _("“%(name)s” has no such role.") % {"name": user.username},
            field="role",
        )
    return found


def _find_slug(
    model: type[Team] | type[ValueStream], slug: str | None, field: str
) -> Team | ValueStream | None:
    if slug is None:
        return None
    found = model.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no “%(name)s”.") % {"name": slug}, field=field)
    return found


def read_password() -> str:
    """A line of standard input, unseen where somebody types it: no argument, which others on the machine could read.

    Raises BadInput where there is none, or what is there is no text.
    """
    try:
        password = getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        password = ""
    if not password:
        raise BadInput(_("Give the password on standard input, one line of text."), field="password")
    return password
