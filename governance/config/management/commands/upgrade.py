"""`manage.py upgrade`: the tables and files of a new version, with a look at the installation before and after."""

import os
from typing import Any

from django.core.management.base import CommandParser

from governance.config.upgrading import upgrade
from ground import commands


class Command(commands.Command):
    help = "Look the installation over, migrate as the owner (DATABASE_OWNER_URL), gather static files, and look again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-backup",
            action="store_true",
            help="where a backup was taken otherwise than by manage.py backup",
        )

    def handle(self, *, without_backup: bool, **_: Any) -> None:
        upgrade(owner=os.environ.get("DATABASE_OWNER_URL", ""), without_backup=without_backup, say=self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
