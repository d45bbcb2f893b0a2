"""`manage.py open_account USERNAME --name NAME`: an account of a person or of a machine, and its ledger entry."""

from typing import Any

from django.core.management.base import CommandParser

from governance.people import services
from governance.people.commands import add_account_argument, find_account, find_person, read_password
from governance.people.models import AccountKind
from ground import commands


class Command(commands.Command):
    help = (
        "Open an account. A person's password is read from standard input, one line; a machine has none, and is given a "
        "token by its owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", metavar="USERNAME", help="the user name of the new account")
        parser.add_argument("--name", required=True, help="what the pages call whoever has it")
        parser.add_argument(
            "--kind", choices=AccountKind.values, default=AccountKind.HUMAN.value, help="human by default"
        )
        parser.add_argument(
            "--owner", metavar="USERNAME", help="of a machine: the account that answers for it"
        )
        parser.add_argument(
            "--person",
            metavar="EXTERNAL_ID",
            help="of a person: what people.csv calls them; it cannot be told later",
        )
        parser.add_argument("--email", default="", help="where notices are mailed")
        add_account_argument(
            parser,
            help_text="the administrator that opens it; the system account where none is named",
            required=False,
        )

    def handle(self, *, account: str, name: str, kind: str, email: str, **options: Any) -> None:
        of_person = kind == AccountKind.HUMAN
        services.open_account(
            username=account,
            name=name,
            kind=AccountKind(kind),
            email=email,
            owner=find_account(options["owner"]) if options["owner"] else None,
            person=find_person(options["person"]) if options["person"] else None,
            password=read_password() if of_person else None,
            by=find_account(options["username"]),
        )
        self.stdout.write(f"Opened the account “{account}”.")
