"""`manage.py begin_installation`: the part of setting up that writes to the database; `setup` runs it as the runtime role."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from governance.installation import kept
from governance.installation.beginning import begin, make_first_link
from ground import commands
from ground.errors import Conflict


class Command(commands.Command):
    help = "Open the first administrator's account and begin the programme, as `setup` was told; goes on where it stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--quiet", action="store_true", help="do not say how the first administrator signs in"
        )

    def handle(self, *, quiet: bool, **_: Any) -> None:
        answers = kept.find_answers(settings.VAR_DIR)
        if answers is None:
            raise Conflict("Nothing was set up in this folder. Run `manage.py setup` first.")
        admin = begin(answers)
        if quiet:
            return
        site = settings.BASE_URL
        self.stdout.write(
            f"The programme “{answers.name}” is begun. Its pages: {site} once `make start` runs."
        )
        if link := make_first_link(admin):
            self.stdout.write(
                f"First, “{admin.username}” chooses a password here, once, within {settings.RESET_LINK_MINUTES} minutes "
                f"(`manage.py setup` makes another link):\n  {link}"
            )
        self.stdout.write(f"Then {site}/founding says what the programme still lacks, in order.")
