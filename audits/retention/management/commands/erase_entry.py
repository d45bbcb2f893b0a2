"""`manage.py erase_entry NUMBER --basis request --reference DP-2026-14 --as USERNAME`: what an entry of the log says, for good."""

from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from audits.ledger.states import ErasureBasis
from audits.retention import services
from governance.people.commands import add_account_argument, find_account
from ground import commands


class Command(commands.Command):
    help = (
        "Destroy what an entry of the log says, and the key of its leaf. It cannot be undone. The entry's place and leaf stay, and "
        "another entry tells that it was erased, why and by whom. Rows of other tables are not touched."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "entry", type=UUID, metavar="NUMBER", help="the entry's number, as receipts have it"
        )
        parser.add_argument(
            "--basis", required=True, choices=ErasureBasis.values, help="why it may be erased"
        )
        parser.add_argument("--reference", required=True, help="the number of your files, which names nobody")
        add_account_argument(parser, help_text="the account of HR that does it")

    def handle(self, *, entry: UUID, basis: str, reference: str, **options: Any) -> None:
        by = find_account(options["username"])
        told = services.erase_entry(entry=entry, basis=ErasureBasis(basis), reference=reference, by=by)
        self.stdout.write(f"What entry {entry} said is gone. Entry {told.pk} tells so.")
