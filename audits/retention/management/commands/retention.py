"""`manage.py retention`: delete what has been kept long enough, as the clock does; `--dry-run` says what would go."""

from typing import Any

from django.core.management.base import CommandParser

from audits.retention import queries
from audits.retention.scans import RETENTION
from governance.people.services import get_system_account
from ground import commands


class Command(commands.Command):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        for each in queries.list_due():
            self.stdout.write(
                f"{each.what.value}: {len(each.going)} from before {each.before} can go, something keeps {each.kept}"
            )
        if not dry_run:
            for name, count in RETENTION.once(by=get_system_account()).items():
                self.stdout.write(f"{name}: {count}")
