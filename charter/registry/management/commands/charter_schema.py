"""`manage.py charter_schema`: write the charter document as JSON Schema."""

from typing import Any

from django.core.management.base import CommandParser

from charter.registry import schema
from ground import commands


class Command(commands.Command):
    help = "Write docs/reference/charter-schema.json from the types that read charters; with --check, only compare."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        commands.add_check_argument(parser)

    def handle(self, *, check: bool, **_: Any) -> None:
        self.write_page(schema.PAGE, schema.format_schema(), check=check, again="charter_schema")
