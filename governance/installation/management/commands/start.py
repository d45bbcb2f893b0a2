"""`manage.py start`: the installation on this machine, set up first where it is not."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from governance.installation.commands import add_answers_argument, read_port, take_answers
from governance.installation.starting import InstallationSupervisor
from ground import commands


class Command(commands.Command):
    help = "Run everything here: database, web server, sequencer of the log, worker and beat. Sets up first where nothing is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_answers_argument(parser)
        parser.add_argument("--port", default="", help="of the web server, instead of the one that was told")
        parser.add_argument(
            "--with-parent", action="store_true", help="end when the process that started this ends"
        )

    def handle(self, *, answers: Path | None, port: str, with_parent: bool, **_: Any) -> None:
        given = take_answers(answers, self._say)
        InstallationSupervisor(
            answers=given, port=read_port(port), with_parent=with_parent, say=self._say
        ).run()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
