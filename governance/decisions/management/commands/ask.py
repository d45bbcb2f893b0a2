"""Ask a question from the shell: the same line, the same receipt."""

import json
import sys
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from charter.rules.vocabulary import Outcome
from governance.decisions import queries
from governance.decisions.models import Door
from governance.decisions.parsing import parse
from governance.decisions.replies import Answer, denial, told, told_with_rows
from governance.decisions.services import answer, refer_to_board
from governance.people.models import User
from ground.errors import HouseError
from ground.problems import of_error


class Command(BaseCommand):
    help = "Ask a question as an account: JSON of one request in a file or on standard input ('-')."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("request", help="a file with the request as JSON, or - for standard input")
        parser.add_argument("--as", dest="username", required=True, help="the account that asks")
        parser.add_argument("--check", action="store_true", help="decide only, give no rows")
        parser.add_argument(
            "--refer",
            metavar="WORDS",
            help="put it to the board with these words, if the rules leave it to it",
        )

    def handle(self, *, request: str, username: str, check: bool, refer: str | None, **_: Any) -> None:
        by = User.objects.filter(username=username, is_active=True).first()
        if by is None:
            raise CommandError(f"There is no account called {username}.")
        try:
            body, refused = self._ask(request, by, check, refer)
        except HouseError as error:
            body, refused = of_error(error), True
        self.stdout.write(json.dumps(msgspec.to_builtins(body), indent=2))
        if refused:
            sys.exit(1)

    def _ask(self, place: str, by: User, check: bool, refer: str | None) -> tuple[dict[str, Any], bool]:
        parsed = parse(_read(place))
        if isinstance(parsed, list):
            raise CommandError("Ask one question at a time.")
        given = answer(request=parsed, by=by, door=Door.SHELL, rows=not check)
        if given.verdict.permits:
            return (told(given) if check else told_with_rows(given)), False
        body = told(given) if check else of_error(denial(given))
        if refer is not None and given.verdict.outcome is Outcome.REFER:
            body["case_url"] = _put(given, by, refer)
        return body, True


def _put(given: Answer, by: User, said: str) -> str:
    """Put what was asked to the board; gives the address of its case."""
    referral = refer_to_board(decision=queries.decision(given.id, by=by), by=by, said=said)
    return f"{settings.BASE_URL}/cases/{referral.case_id}"


def _read(place: str) -> bytes:
    if place == "-":
        return sys.stdin.buffer.read()
    try:
        with open(place, "rb") as file:
            return file.read()
    except OSError as error:
        raise CommandError(f"{place} cannot be read: {error.strerror}.") from error
