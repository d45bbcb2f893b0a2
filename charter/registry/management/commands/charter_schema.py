"""`manage.py charter_schema`: write the charter document as JSON Schema."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from charter.registry import schema


class Command(BaseCommand):
    help = "Write docs/reference/charter-schema.json from the types that read charters; with --check, only compare."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail where the file is not up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / schema.PAGE
        text = schema.schema_text()
        if options["check"]:
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                raise CommandError(f"{schema.PAGE} is out of date. Run manage.py charter_schema.")
            return
        page.write_text(text, encoding="utf-8")
        self.stdout.write(f"wrote {schema.PAGE}")
