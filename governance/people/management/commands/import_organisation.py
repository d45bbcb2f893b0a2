"""manage.py import_organisation DIR"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from governance.people import services
from governance.people.importing import ImportReport, check_removals
from ground import commands


class Command(commands.Command):
    help = "Bring persons, teams, memberships and lines to what the CSV files of a folder say, or change nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="holds the files of docs/reference/organisation-csv.md")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would change, row by row, and write nothing"
        )
        parser.add_argument(
            "--allow-removals",
            action="store_true",
            help="import also what ends more than a tenth of the memberships or lines",
        )

    def handle(self, *args: Any, folder: Path, dry_run: bool, allow_removals: bool, **options: Any) -> None:
        if dry_run:
            by = services.make_system_account()  # none is opened for a look
            self._show(services.preview_import(folder=folder, by=by, tell=self._tell), allow_removals)
            return
        by = services.get_system_account()
        report = services.import_organisation(
            folder=folder, by=by, allow_removals=allow_removals, tell=self._tell
        )
        for file, counts in report.counts.items():
            self.stdout.write(f"{file}: {counts}")

    def _show(self, report: ImportReport, allow_removals: bool) -> None:
        """What would change; then, as the import would, the refusal of what ends too much."""
        for file, difference in report.differences.items():
            self.stdout.write(f"{file}: {difference.counts}")
            for line in difference.lines():
                self.stdout.write(line)
        self.stdout.write("Nothing was written.")
        if not allow_removals:
            check_removals(report)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
