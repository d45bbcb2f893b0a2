"""`manage.py state_diagram`: write the page that shows how a charter moves."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from charter.registry import diagrams


class Command(BaseCommand):
    help = "Write docs/reference/charter-states.md from the table of transitions; with --check, only compare."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail where the page is not up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / diagrams.PAGE
        text = diagrams.charter_states()
        if options["check"]:
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                raise CommandError(f"{diagrams.PAGE} is out of date. Run manage.py state_diagram.")
            return
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
        self.stdout.write(f"wrote {diagrams.PAGE}")
