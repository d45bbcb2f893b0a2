"""Small values as somebody types them, in an address, a file, a form or a command: days, numbers, words to look for."""

import re
from datetime import date

from ground import texts
from ground.errors import BadInput, NotFound

LONGEST_WORD = 100

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,8}")


def parse_day(text: str) -> date:
    """A day written as 2026-01-31, and in no other of the ways that ISO 8601 has. Raises ValueError."""
    if not _DAY.fullmatch(text):
        raise ValueError("This is not a day as in 2026-01-31.")
    return date.fromisoformat(text)


def read_day(text: str, *, field: str) -> date:
    """The same of a named field of the input. Raises BadInput."""
    try:
        return parse_day(text)
    except ValueError:
        raise BadInput("Give the day as in 2026-01-31.", field=field) from None


def read_number(text: str) -> int:
    """The number of something that is counted from one, such as a version. Raises NotFound: there is none of that number."""
    if not _NUMBER.fullmatch(text):
        raise NotFound("There is nothing of this number.")
    return int(text)


def read_prose(text: str, *, field: str) -> str:
    """What somebody says in a named field, trimmed. Raises BadInput for what no text may hold (`texts`)."""
    try:
        texts.check_prose(text.strip())
    except ValueError as error:
        raise BadInput(str(error), field=field) from None
    return text.strip()


def clean_word(text: str) -> str:
    """A word to look for: trimmed, and not endless."""
    return text.strip()[:LONGEST_WORD]
