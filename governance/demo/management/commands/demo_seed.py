"""`manage.py demo_seed`: the part of the demo that writes to the database; the demo runs it as the runtime role."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.demo.seed import Seeding
from governance.demo.state import open_data_set
from ground.errors import HouseError


class Command(BaseCommand):
    help = "Fill the demo's warehouse and database; goes on where an earlier run stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--data", default="", metavar="DIR", help="a folder of real data; made up where not given"
        )

    def handle(self, *, data: str, **_: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo does not run with DEBUG=false.")
        try:
            Seeding(open_data_set(data), settings.VAR_DIR / "demo", self._say).run()
        except HouseError as error:
            raise CommandError(_told(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _told(error: HouseError) -> str:
    """The sentence, and the findings or problems that stand beside it."""
    details = error.extra.get("findings") or error.extra.get("problems") or ()
    return "\n  ".join([error.detail, *map(str, details)])
