"""manage.py hand_in_outcomes FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from audits.fairness import services
from audits.fairness.outcome_rows import read_csv
from charter.rules.vocabulary import DecisionType
from governance.people.commands import add_account_argument, find_account
from ground import commands


class Command(commands.Command):
    help = "Hand in the outcomes of a decision about people for an auditor to audit, from a CSV file of any size."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="its columns stand in docs/how-to/audit-for-fairness.md")
        parser.add_argument("--decision", required=True, choices=[each.value for each in DecisionType])
        parser.add_argument(
            "--from", dest="starts_on", required=True, type=commands.day_argument, metavar="DAY"
        )
        parser.add_argument(
            "--to",
            dest="ends_on",
            required=True,
            type=commands.day_argument,
            metavar="DAY",
            help="the first day after it",
        )
        parser.add_argument(
            "--metrics", required=True, nargs="+", metavar="SLUG", help="that the decision looked at"
        )
        parser.add_argument(
            "--favourable-from",
            type=float,
            metavar="RATING",
            help="of ratings: the lowest that counts as selected",
        )
        add_account_argument(parser, help_text="whose it is: an account of HR")

    def handle(self, *, file: Path, **options: Any) -> None:
        outcomes = services.hand_in_outcomes(
            decision=DecisionType(options["decision"]),
            starts_on=options["starts_on"],
            ends_on=options["ends_on"],
            metrics=options["metrics"],
            rows=read_csv(file.read_bytes()),
            favourable_from=options["favourable_from"],
            by=find_account(options["username"]),
        )
        self.stdout.write(f"Handed in: outcomes of {outcomes.people} people, to be audited as {outcomes.pk}.")
