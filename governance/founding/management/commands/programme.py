"""`manage.py programme check|apply FILE`: what a programme is to be, kept as a file beside its charters; `steps` says what it lacks."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from governance.founding import checklist, judging
from governance.founding.applying import Applying
from governance.founding.programme_file import read_programme_file
from governance.people.services import get_system_account
from ground import commands


class Command(commands.Command):
    help = (
        "check: hold a file to what is there, and write nothing. apply: do what it says and is missing; those it invites accept "
        "and vote themselves, and owners hand in. steps: what the programme still lacks, in order."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for name in ("check", "apply"):
            actions.add_parser(name).add_argument("file", type=Path, metavar="FILE")
        actions.add_parser("steps")

    def handle(self, *, action: str, **options: Any) -> None:
        {"check": self._check, "apply": self._apply, "steps": self._steps}[action](**options)

    def _check(self, *, file: Path, **_: Any) -> None:
        judging.check(read_programme_file(file))
        self.stdout.write(f"{file} can be applied.")

    def _apply(self, *, file: Path, **_: Any) -> None:
        for done in Applying(read_programme_file(file), system=get_system_account()).run():
            sign = "+" if done.changed else "…" if done.waits else "="
            self.stdout.write(f"{sign} {done.key}: {done.sentence}")
            self.stdout.flush()

    def _steps(self, **_: Any) -> None:
        for step in checklist.list_steps():
            self.stdout.write(f"{step.state:<7}{step.title}: {step.detail} ({step.who}, {step.url})")
