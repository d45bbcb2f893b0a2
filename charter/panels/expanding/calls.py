"""Calls of macros in text: `name(a, b)` with brackets and quotes inside. Pure."""

from collections.abc import Callable

DEEPEST = 10  # macros in macros
LONGEST = 400_000  # characters of a statement while it is expanded


class MacroError(ValueError):
    """A macro that cannot be expanded, with a sentence."""


def find_end(text: str, start: int) -> int:
    """The place behind the bracket that closes the one at `start`; MacroError where none does."""
    depth, quote = 0, ""
    for place in range(start, len(text)):
        sign = text[place]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"`":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
            if depth == 0:
                return place + 1
    raise MacroError("a macro’s bracket is not closed")


def split_arguments(text: str) -> list[str]:
    """What stands between commas, brackets and quotes respected."""
    parts, depth, quote, begun = [], 0, "", 0
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"`":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[begun:place].strip())
            begun = place + 1
    last = text[begun:].strip()
    return [*parts, last] if last or parts else []


def settle(text: str, expand: Callable[[str], str]) -> str:
    """Expand until nothing changes; MacroError where that never ends, as of a macro that expands to itself."""
    for _ in range(DEEPEST):
        after = expand(text)
        if len(after) > LONGEST:
            raise MacroError("its macros make it longer than can be read")
        if after == text:
            return text
        text = after
    raise MacroError("a macro expands to itself")
