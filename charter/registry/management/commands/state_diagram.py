"""`manage.py state_diagram`: write the page that shows how a charter moves."""

from typing import Any

from django.core.management.base import CommandParser

from charter.registry import diagrams
from ground import commands


class Command(commands.Command):
    help = "Write docs/reference/charter-states.md from the table of transitions; with --check, only compare."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        commands.add_check_argument(parser)

    def handle(self, *, check: bool, **_: Any) -> None:
        self.write_page(diagrams.PAGE, diagrams.render_charter_states(), check=check, again="state_diagram")
