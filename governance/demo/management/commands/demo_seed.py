"""`manage.py demo_seed`: the part of the demo that writes to the database; the demo runs it as the runtime role."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from governance.demo.seed import Seeding
from governance.demo.state import open_data_set
from ground import commands


class Command(commands.Command):
    help = "Fill the demo's warehouse and database; goes on where an earlier run stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--data", default="", metavar="DIR", help="a folder of real data; made up where not given"
        )

    def handle(self, *, data: str, **_: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo does not run with DEBUG=false.")
        Seeding(open_data_set(data), settings.VAR_DIR / "demo", self._say).run()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
