"""`manage.py revoke_role USERNAME ROLE`: the end of a role, and its ledger entry."""

from typing import Any

from django.core.management.base import CommandParser

from governance.people import services
from governance.people.commands import add_role_arguments, find_account, find_grant, find_scope
from governance.people.models import GrantedRole
from ground import calendar, commands


class Command(commands.Command):
    help = "Let a role of an account end. Who ended it stands on the log."

    def add_arguments(self, parser: CommandParser) -> None:
        add_role_arguments(parser)
        parser.add_argument(
            "--on",
            dest="valid_to",
            type=commands.day_argument,
            metavar="DAY",
            help="the first day without it, today by default; a role that began today has that day",
        )

    def handle(self, *, account: str, role: str, **options: Any) -> None:
        scope = find_scope(options["team"], options["value_stream"])
        held = find_grant(find_account(account), GrantedRole(role), **scope)
        day = options["valid_to"] or calendar.today()
        services.end_role(grant=held, valid_to=day, by=find_account(options["username"]))
        self.stdout.write(f"“{account}” has the role {role} no more from {day} on.")
