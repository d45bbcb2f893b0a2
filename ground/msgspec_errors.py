"""What msgspec says of a value that is not of its type: a sentence, and the place that it speaks of. Pure."""

import re

_UNKNOWN_FIELD = re.compile(
    r"Object contains unknown field `(?P<key>.*?)`(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL
)
_MISSING_FIELD = re.compile(
    r"Object missing required field `(?P<key>.*?)`(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL
)
_AT = re.compile(r" - at `\$\.?(?P<path>.*)`\Z", re.DOTALL)


def locate_fault(message: str) -> tuple[str, str]:
    """A sentence and the dotted path of what is wrong, from msgspec's message."""
    for pattern, sentence in (
        (_UNKNOWN_FIELD, "There is no such key here."),
        (_MISSING_FIELD, "This key is missing."),
    ):
        if found := pattern.fullmatch(message):
            return sentence, ".".join(filter(None, (found["path"], found["key"])))
    found = _AT.search(message)
    return f"{strip_place(message)}.", (found["path"] if found else "")


def strip_place(message: str) -> str:
    """The message without where it holds."""
    return _AT.sub("", message)
