"""What is said of a request that cannot be read: which field of it, and which letter of a name looks like another."""

import json
import re
import unicodedata
from typing import Any

from ground import strict_json
from ground.errors import BadInput

_STEP = re.compile(r"(?P<key>[^.\[\]]+)|\[(?P<place>\d+)\]")
_ALLOWED = re.compile(r"[a-z0-9.:+_-]")
_ALLOWED_OF_PERSONS = re.compile(r"[a-z0-9.:+_@'-]")


def describe_fault(body: bytes, prefix: str) -> BadInput:
    """What is wrong with bytes that are no JSON, as near as can be told; of a batch, in which request."""
    return strict_json.describe_fault(body, prefix, find_field=_find_field)


def describe_look_alike(body: bytes, path: str) -> str:
    """Which letter of a name at a path (`metrics[0]`) is none that names have, in a sentence; empty where none is."""
    try:
        value: Any = json.loads(body)
        for step in _STEP.finditer(path):
            value = value[step["key"]] if step["key"] else value[int(step["place"])]
    except (
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        RecursionError,
    ):  # what comes after the name may be anything
        return ""
    allowed = _ALLOWED_OF_PERSONS if "persons" in path else _ALLOWED
    odd = (
        next((letter for letter in value if not allowed.fullmatch(letter)), "")
        if isinstance(value, str)
        else ""
    )
    return f"It holds {_named(odd)}. " if odd else ""


def _named(letter: str) -> str:
    name = unicodedata.name(letter, f"U+{ord(letter):04X}").lower()
    return (
        f"“{letter}” ({name})"
        if letter.isprintable() and not letter.isspace()
        else f"a character that is not seen ({name})"
    )


def _find_field(way: strict_json.Way) -> str:
    """The field of a request on a way: `evidence`, or `requests[3].evidence` in a batch; empty where there is none."""
    batch = way[:1] == ["requests"] and len(way) > 1
    begins = f"requests[{way[1]}]" if batch else ""
    field = way[2:3] if batch else way[:1]
    return ".".join(part for part in (begins, *field) if isinstance(part, str) and part)
