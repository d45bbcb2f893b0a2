"""`manage.py set_password USERNAME`: a new password for whoever forgot theirs, and its ledger entry."""

from typing import Any

from django.core.management.base import CommandParser

from governance.people import services
from governance.people.commands import add_account_argument, find_account, read_password
from ground import commands


class Command(commands.Command):
    help = "Give a person's account a new password, which is read from standard input, one line. Its sessions end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", metavar="USERNAME", help="whose password it is")
        add_account_argument(
            parser,
            help_text="the administrator that sets it; the system account where none is named",
            required=False,
        )

    def handle(self, *, account: str, **options: Any) -> None:
        services.change_password(
            user=find_account(account), password=read_password(), by=find_account(options["username"])
        )
        self.stdout.write(f"“{account}” has a new password. Every session of it has ended.")
