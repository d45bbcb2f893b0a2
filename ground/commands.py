"""What our management commands share: typed errors with exit codes, days as arguments, generated pages of docs/."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from ground.errors import DomainError
from ground.parsing import parse_day

# Exit codes: what the command was given is at fault; it could not do its work.
FAULTY, BROKEN = 1, 2


class Command(BaseCommand):
    """A command whose typed errors end it with their sentence, after the findings that stand beside it, each on a line."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except DomainError as error:
            for line in _details(error):
                self.stderr.write(line)
            raise CommandError(error.detail, returncode=self.find_exit_code(error)) from error
        except OperationalError as error:
            raise CommandError(
                "The database does not answer, or not as it should. Start it, with `make start` or `make demo` where it is the one "
                f"that comes with the project, or see DATABASE_URL. It said: {error}",
                returncode=BROKEN,
            ) from error

    def find_exit_code(self, error: DomainError) -> int:
        """FAULTY, unless a command tells the two apart."""
        return FAULTY

    def write_page(self, page: str, text: str, *, check: bool, again: str) -> None:
        """Write a generated page of docs/, or fail where it differs; `again` is the command that writes it."""
        path = Path(settings.BASE_DIR) / page
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {page}")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError(f"{page} is out of date. Run manage.py {again}.")


def add_check_argument(parser: CommandParser) -> None:
    """`--check` of a command that writes a page."""
    parser.add_argument("--check", action="store_true", help="fail where the page is not up to date")


def day_argument(text: str) -> date:
    """An argument's type: a day as everywhere."""
    try:
        return parse_day(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _details(error: DomainError) -> Iterator[str]:
    """The findings or problems that an error tells beside its sentence."""
    return map(str, error.extra.get("findings") or error.extra.get("problems") or ())
