"""What `setup` and `start` share: the answers, kept, read or asked."""

import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from governance.installation import environment_file, kept
from governance.installation.answers import SetupAnswers, read_answers
from governance.installation.asking import ask_all
from ground.errors import BadInput


def add_answers_argument(parser: CommandParser) -> None:
    """`--answers FILE`, for whoever sets up without being asked."""
    parser.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="a YAML file of the answers; asked for where there is none",
    )


def take_answers(path: Path | None, say: Callable[[str], None]) -> SetupAnswers:
    """The answers of a file, those kept by an earlier run, or what is asked now; kept before they are used."""
    before = kept.find_answers(settings.VAR_DIR)
    if path is None and before is not None and environment_file.find(settings.VAR_DIR):
        return before
    answers = read_answers(path) if path else before or _ask(say)
    kept.keep_answers(settings.VAR_DIR, answers)
    return answers


def read_port(text: str) -> int | None:
    """A port as it was typed; None where none was."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise CommandError(f"PORT is a number from 1 to 65535, not “{text}”.")
    return int(text)


def _ask(say: Callable[[str], None]) -> SetupAnswers:
    if not sys.stdin.isatty():
        raise BadInput(
            "Nobody is there to be asked. Give the answers in a file: --answers FILE.", field="answers"
        )
    try:
        return ask_all(input, say)
    except EOFError:
        raise BadInput(
            "The questions were not answered to the end, and nothing was written.", field="answers"
        ) from None
