"""`manage.py demo`: everything on this machine, on made-up or on real data."""

import os
from typing import Any

from django.core.management.base import CommandError, CommandParser

from governance.demo.supervisor import DemoSupervisor
from ground import commands


class Command(commands.Command):
    help = "Run everything here: database, data, charters through the board, values, web server and worker."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--data", default="", metavar="DIR", help="a folder of real data; made up where not given"
        )
        parser.add_argument(
            "--port", default=os.environ.get("PORT") or "8000", help="of the web server (PORT, or 8000)"
        )
        parser.add_argument(
            "--with-parent", action="store_true", help="end when the process that started this ends"
        )

    def handle(self, *, data: str, port: str, with_parent: bool, **_: Any) -> None:
        DemoSupervisor(data=data, port=_port(port), with_parent=with_parent, say=self._say).run()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise CommandError(f"PORT is a number from 1 to 65535, not “{text}”.")
    return int(text)
