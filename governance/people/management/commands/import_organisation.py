"""manage.py import_organisation DIR"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.people import services
from governance.people.importing import Problem
from ground.errors import HouseError


class Command(BaseCommand):
    help = "Bring persons, teams, memberships and lines to what the CSV files of a folder say, or change nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="holds the five files of docs/reference/organisation-csv.md"
        )

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            report = services.import_organisation(folder=folder, by=services.system_account())
        except HouseError as error:
            for problem in error.extra.get("problems", ()):
                self.stderr.write(str(Problem(**problem)))
            raise CommandError(error.detail) from error
        for file, counts in report.counts.items():
            self.stdout.write(f"{file}: {counts}")
