"""`manage.py grant_role USERNAME ROLE`: a role for an account, the first administrator's too, and its ledger entry."""

from typing import Any

from django.core.management.base import CommandParser

from governance.people import services
from governance.people.commands import add_role_arguments, find_account, find_scope
from governance.people.models import GrantedRole
from ground import calendar, commands


class Command(commands.Command):
    help = "Give an account a role. Who gave it stands on the log; nobody gives one to themself."

    def add_arguments(self, parser: CommandParser) -> None:
        add_role_arguments(parser)
        parser.add_argument(
            "--from", dest="valid_from", type=commands.day_argument, metavar="DAY", help="today by default"
        )
        parser.add_argument(
            "--until",
            dest="valid_to",
            type=commands.day_argument,
            metavar="DAY",
            help="the first day without it",
        )

    def handle(self, *, account: str, role: str, **options: Any) -> None:
        grant = services.grant_role(
            user=find_account(account),
            role=GrantedRole(role),
            valid_from=options["valid_from"] or calendar.today(),
            valid_to=options["valid_to"],
            by=find_account(options["username"]),
            **find_scope(options["team"], options["value_stream"]),
        )
        self.stdout.write(f"“{account}” has the role {role} from {grant.valid_from} on.")
