"""Ask a question from the shell: the same line, the same receipt."""

import json
import sys
from typing import Any

import msgspec
from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from charter.rules.vocabulary import Outcome
from governance.decisions import queries
from governance.decisions.doors.replies import (
    make_denial,
    serialize_answer,
    serialize_answer_with_rows,
)
from governance.decisions.models import Door
from governance.decisions.requests.parsing import parse
from governance.decisions.services import answer, refer_to_board
from governance.decisions.services.answers import Answer
from governance.people.commands import add_account_argument, find_account
from governance.people.models import User
from ground import commands
from ground.errors import DomainError
from ground.problems import describe_error


class Command(commands.Command):
    help = "Ask a question as an account: JSON of one request in a file or on standard input ('-')."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("request", help="a file with the request as JSON, or - for standard input")
        add_account_argument(parser, help_text="the account that asks")
        parser.add_argument("--check", action="store_true", help="decide only, give no rows")
        parser.add_argument(
            "--refer",
            metavar="WORDS",
            help="put it to the board with these words, if the rules leave it to it",
        )

    def handle(self, *, request: str, username: str, check: bool, refer: str | None, **_: Any) -> None:
        by = find_account(username)
        try:
            body, refused = self._ask(request, by, check, refer)
        except DomainError as error:
            body, refused = describe_error(error), True
        self.stdout.write(json.dumps(msgspec.to_builtins(body), indent=2))
        if refused:
            sys.exit(1)

    def _ask(self, place: str, by: User, check: bool, refer: str | None) -> tuple[dict[str, Any], bool]:
        parsed = parse(_read(place))
        if isinstance(parsed, list):
            raise CommandError("Ask one question at a time.")
        given = answer(request=parsed, by=by, door=Door.SHELL, rows=not check)
        if given.verdict.permits:
            return (serialize_answer(given) if check else serialize_answer_with_rows(given)), False
        body = serialize_answer(given) if check else describe_error(make_denial(given))
        if refer is not None and given.verdict.outcome is Outcome.REFER:
            body["case_url"] = _put(given, by, refer)
        return body, True


def _put(given: Answer, by: User, said: str) -> str:
    """Put what was asked to the board; gives the address of its case."""
    referral = refer_to_board(decision=queries.get_decision(given.id, by=by), by=by, said=said)
    return f"{settings.BASE_URL}/cases/{referral.case_id}"


def _read(place: str) -> bytes:
    if place == "-":
        return sys.stdin.buffer.read()
    try:
        with open(place, "rb") as file:
            return file.read()
    except OSError as error:
        raise CommandError(f"{place} cannot be read: {error.strerror}.") from error
