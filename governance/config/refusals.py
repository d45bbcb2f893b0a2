"""Commands of Django's that write past the services: each names ours in its place."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Refusal(BaseCommand):
    """Does nothing whatever it is given, and says what does."""

    sentence = ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("given", nargs="*", help="whatever it is")

    def run_from_argv(self, argv: list[str]) -> None:
        super().run_from_argv(argv[:2])

    def execute(self, *args: Any, **options: Any) -> str | None:
        raise CommandError(self.sentence)
