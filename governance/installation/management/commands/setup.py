"""`manage.py setup`: from nothing to a programme that is begun, on this machine; safe to run again."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from governance.installation.commands import add_answers_argument, take_answers
from governance.installation.starting import InstallationSupervisor
from ground import commands


class Command(commands.Command):
    help = (
        "Ask what an installation must be told, make its database, keys and first administrator, and begin the programme. "
        "DATABASE_URL and DATABASE_OWNER_URL name a PostgreSQL of your own."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_answers_argument(parser)

    def handle(self, *, answers: Path | None, **_: Any) -> None:
        given = take_answers(answers, self._say)
        InstallationSupervisor(answers=given, port=None, with_parent=False, say=self._say).set_up()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
