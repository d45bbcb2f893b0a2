"""Files of tools, decoded with limits: what is too large, broken or made to burst is told by name. Pure."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

LARGEST_JSON = 20_000_000  # bytes
LARGEST_YAML = 4_000_000
LARGEST_SQL = 4_000_000
DEEPEST = 200
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableFileError(ValueError):
    """A file that cannot be looked at, with a sentence that says why."""


def decode_text(content: bytes) -> str:
    """UTF-8, with or without a byte order mark."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFileError("It is not UTF-8 text.") from None


def decode_json(content: bytes) -> Any:
    """JSON; UnreadableFileError where it is too large, nested too deeply or none."""
    _check_size(content, LARGEST_JSON)
    try:
        return json.loads(decode_text(content))
    except RecursionError:
        raise UnreadableFileError("It is nested too deeply.") from None
    except ValueError as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError(f"It is not JSON: {error}.") from None


def decode_yaml(content: bytes) -> Any:
    """One document of YAML without aliases, which a few lines can make burst; its tags are those of plain values."""
    _check_size(content, LARGEST_YAML)
    text = decode_text(content)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                raise UnreadableFileError(
                    "It has aliases (*name), which can make a small file burst. Write the text out."
                )
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise UnreadableFileError("It is nested too deeply.")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 — a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" (line {mark.line + 1})" if mark else ""
        raise UnreadableFileError(f"It is not YAML{place}.") from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise UnreadableFileError("It is not YAML that can be read.") from None


def _check_size(content: bytes, most: int) -> None:
    if len(content) > most:
        raise UnreadableFileError(f"It is larger than {most // 1_000_000} MB.")


class TextLines:
    """Where a text of SQL stands in its file, by its first line that says something."""

    def __init__(self, content: bytes) -> None:
        self._text = content.decode("utf-8", errors="replace")
        self._from = 0

    def find(self, sql: str) -> int:
        """The line, counted from 1; the first one where it is not found as it stands."""
        first = next((line.strip() for line in sql.splitlines() if line.strip()), "")[:80]
        for written in (json.dumps(first)[1:-1], json.dumps(first, ensure_ascii=False)[1:-1], first):
            place = self._text.find(written, self._from) if written else -1
            place = self._text.find(written) if place < 0 and written else place
            if place >= 0:
                self._from = place + 1
                return self._text.count("\n", 0, place) + 1
        return 1


def walk_objects(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Each object of a document with the keys that lead to it, outer ones first."""
    waiting: list[tuple[tuple[str, ...], Any]] = [(path, value)]
    while waiting:
        way, found = waiting.pop()
        if isinstance(found, dict):
            yield way, found
            waiting += [((*way, str(key)), each) for key, each in reversed(found.items())]
        elif isinstance(found, list):
            waiting += [((*way, str(place)), each) for place, each in reversed(list(enumerate(found)))]


def text_of(value: Any, fallback: str = "") -> str:
    """A value as one line of text, where it is text that says something."""
    return re.sub(r"\s+", " ", value).strip() if isinstance(value, str) and value.strip() else fallback
