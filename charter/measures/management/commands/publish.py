"""manage.py publish"""

import sys
from typing import Any

from django.core.management.base import CommandParser

from charter.measures.models import PublishingRun
from charter.measures.services import publish
from governance.people.services import get_system_account
from ground import commands


class Command(commands.Command):
    help = "Publish the missing values of every metric whose charter is in force. Frozen values stay as they are."

    # Publishing needs no routes and templates, so it neither waits for their checks nor fails by them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", action="append", metavar="SLUG", help="this metric alone; may be repeated"
        )
        parser.add_argument(
            "--through",
            type=commands.day_argument,
            metavar="DAY",
            help="leave out periods that end after this day",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = publish(
            by=get_system_account(), through=options["through"], only=options["only"], progress=self._tell
        )
        self._sum_up(run)

    def _tell(self, stage: str, done: int, total: int) -> None:
        self.stderr.write(f"[{done}/{total}] {stage}", self.style.NOTICE if sys.stderr.isatty() else None)

    def _sum_up(self, run: PublishingRun) -> None:
        snapshot = run.snapshot.content_hash if run.snapshot else "none"
        self.stdout.write(f"{run.values_written} values published. Snapshot of the sources: {snapshot}")
