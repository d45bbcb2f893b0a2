"""What the fast parser of requests is silent or vague about: keys that stand twice, and bytes that are no JSON."""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from ground.errors import BadInput

BOM = b"\xef\xbb\xbf"
_STEP = re.compile(r"(?P<key>[^.\[\]]+)|\[(?P<place>\d+)\]")
_MARKS = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"|[\[\]{},:]', re.DOTALL)
_ALLOWED = re.compile(r"[a-z0-9.:+_-]")


class _Pairs(list):
    """An object of JSON with all its keys, those that stand twice among them."""


class _Constant(str):
    """NaN or Infinity, which Python reads and JSON does not have."""


def check_keys(body: bytes) -> None:
    """Raise BadInput where a key stands twice in an object: one of the two would be lost in silence.

    `body` is JSON that was parsed. Costs some 5 µs for a request.
    """
    try:
        _UNIQUE.decode(body.decode())
    except _TwiceError:
        path, key = next(_twice(json.loads(body, object_pairs_hook=_Pairs)))
        text = f"“{key}” stands here twice. Say it once, so that nobody can read it otherwise than we do."
        raise BadInput(text, field=path, code="duplicate_key") from None


def fault_of(body: bytes, prefix: str) -> BadInput:
    """What is wrong with bytes that are no JSON, as near as can be said."""
    if body.startswith(BOM):
        return BadInput(
            "The body begins with a byte order mark. Send UTF-8 without one.", field=prefix or "body"
        )
    try:
        found = json.loads(body.decode(), object_pairs_hook=_Pairs, parse_constant=_Constant)
        path, constant = next(_constants(found))
    except UnicodeDecodeError:
        return BadInput("The body is not UTF-8.", field=prefix or "body")
    except RecursionError:
        field = _of_request(_deepest(body.decode(errors="replace")))
        text = "This is nested too deeply: nothing that is asked goes so far down."
        return BadInput(text, field=field or prefix or "body", code="too_deep")
    except (ValueError, StopIteration):
        return BadInput("This is not JSON that can be read.", field=prefix or "body")
    field = ".".join(part for part in (prefix, path) if part)
    return BadInput(f"JSON has no {constant}. Leave it out, or give a number.", field=field or "body")


def look_alike(body: bytes, path: str) -> str:
    """Which letter of a name at a path (`metrics[0]`) is none that names have, in a sentence; empty where none is."""
    value: Any = json.loads(body)
    try:
        for step in _STEP.finditer(path):
            value = value[step["key"]] if step["key"] else value[int(step["place"])]
    except (KeyError, IndexError, TypeError):
        return ""
    odd = (
        next((letter for letter in value if not _ALLOWED.fullmatch(letter)), "")
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


def _deepest(text: str) -> list[str | int]:
    """The keys and places that lead to what is nested deepest, found without nesting calls; the text need not be JSON."""
    deepest: list[str | int] = []
    way: list[str | int] = []
    word = ""
    for mark in _MARKS.finditer(text):
        sign = mark[0]
        if mark["text"] is not None:
            word = mark["text"]
        elif sign in "[{":
            deepest = list(way) if len(way) > len(deepest) else deepest
            way.append(0 if sign == "[" else "")
        elif way:
            _step_on(way, sign, word)
    return deepest


def _step_on(way: list[str | int], sign: str, word: str) -> None:
    """Where one is after a sign between values: at a key, at the next place, or out of an object or list."""
    if sign in "]}":
        way.pop()
    elif sign == ":":
        way[-1] = word
    elif isinstance(way[-1], int):
        way[-1] += 1


def _of_request(way: list[str | int]) -> str:
    """The field of a request on a way: `evidence`, or `requests[3].evidence` in a batch; empty where there is none."""
    batch = way[:1] == ["requests"] and len(way) > 1
    begins = f"requests[{way[1]}]" if batch else ""
    field = way[2:3] if batch else way[:1]
    return ".".join(part for part in (begins, *field) if isinstance(part, str) and part)


class _TwiceError(Exception):
    """A key stands twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


_UNIQUE = json.JSONDecoder(object_pairs_hook=_unique)


def _twice(value: Any) -> Iterator[tuple[str, str]]:
    """The path and name of each key that stands twice."""
    for path, found in _objects(value, ""):
        seen: set[str] = set()
        for key, _ in found:
            if key in seen:
                yield _joined(path, key), key
            seen.add(key)


def _constants(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Constant):
        yield "", value
    for path, found in _objects(value, ""):
        for key, each in found:
            several = each if type(each) is list else [each]
            yield from ((_joined(path, key), one) for one in several if isinstance(one, _Constant))


def _objects(value: Any, path: str) -> Iterator[tuple[str, _Pairs]]:
    """Each object with its path, outer ones first."""
    if isinstance(value, _Pairs):
        yield path, value
        for key, each in value:
            yield from _objects(each, _joined(path, key))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from _objects(each, f"{path}[{place}]")


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
