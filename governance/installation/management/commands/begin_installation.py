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
        saying = parser.add_mutually_exclusive_group()
        saying.add_argument("--quiet", action="store_true", help="do not say what comes next")
        saying.add_argument(
            "--link", action="store_true", help="say no more than how the first administrator signs in"
        )

    def handle(self, *, quiet: bool, link: bool, **_: Any) -> None:
        answers = kept.find_answers(settings.VAR_DIR)
        if answers is None:
            raise Conflict("Nothing was set up in this folder. Run `manage.py setup` first.")
        admin = begin(answers)
        if not quiet and not link:
            self.stdout.write(
                f"The programme “{answers.name}” is begun. Its pages: {settings.BASE_URL} once `make start` runs."
            )
            self.stdout.write(f"{settings.BASE_URL}/founding says what it still lacks, in order.")
        if not quiet:
            self._say_link(admin.username, make_first_link(admin))

    def _say_link(self, username: str, link: str) -> None:
        if link:
            self.stdout.write(
                f"“{username}” chooses a password here, once, within {settings.RESET_LINK_MINUTES} minutes; starting or setting "
                f"up again makes another link:\n  {link}"
            )
