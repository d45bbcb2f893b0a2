"""JSON read strictly, for every door: UTF-8 alone, no key twice, no NaN, texts that are texts, bounded in size, depth and numbers. Pure.

Whatever cannot be read or kept is the sender's to mend: each error is a BadInput that names the field as near as can be told.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ground import texts
from ground.errors import BadInput

DEEPEST_NESTING = 20  # as in `strict_yaml`
LARGEST_NUMBER = 2**63 - 1  # what a column of whole numbers holds

# What msgspec raises for bytes that are no JSON. Its ValidationError, of JSON that is of the wrong type, is among them.
UNREADABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)

Way = list[str | int]  # the keys and places that lead to a value

_BOM = b"\xef\xbb\xbf"
_MARKS = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"|[\[\]{},:]', re.DOTALL)


def parse_json(body: bytes, *, largest: int) -> Any:
    """A body of at most `largest` bytes as plain values. Raises BadInput."""
    if len(body) > largest:
        raise make_too_large(largest)
    try:
        found = msgspec.json.decode(body)
    except UNREADABLE:
        raise describe_fault(body) from None
    _check_values(found)
    check_keys(body)
    return found


def make_too_large(largest: int) -> BadInput:
    """What is said of a body that is larger than `largest` bytes."""
    return BadInput(f"The body may hold {largest // 1024} KiB at most.", field="body", code="too_large")


def find_first_key(way: Way) -> str:
    """The field at the top of the body that a way leads through."""
    return str(way[0]) if way and isinstance(way[0], str) else ""


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


def describe_fault(
    body: bytes, prefix: str = "", *, find_field: Callable[[Way], str] = find_first_key
) -> BadInput:
    """What is wrong with bytes that are no JSON, as near as can be told.

    `prefix` is where they stand in a larger body; `find_field` names the field on the way to what is nested too deeply.
    """
    where = prefix or "body"
    if body.startswith(_BOM):
        text = "The body begins with a byte order mark. Send UTF-8 without one."
        return BadInput(text, field=where, code="not_json")
    try:
        found = json.loads(body.decode(), object_pairs_hook=_Pairs, parse_constant=_Constant)
        path, constant = next(_constants(found))
    except UnicodeDecodeError:
        return BadInput("The body is not UTF-8.", field=where, code="not_json")
    except RecursionError:
        return _make_too_deep(find_field(_deepest(body.decode(errors="replace"))) or where)
    except (ValueError, StopIteration):
        return BadInput("This is not JSON that can be read.", field=where, code="not_json")
    field = ".".join(part for part in (prefix, path) if part) or where
    return BadInput(f"JSON has no {constant}. Leave it out, or give a number.", field=field, code="not_json")


def _check_values(found: object) -> None:
    """Raise BadInput for a value that lies too deep, is no text (`texts`), or is a number that nothing here can keep."""
    waiting: list[tuple[object, str, int]] = [(found, "", 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if depth > DEEPEST_NESTING:
            raise _make_too_deep(path)
        if isinstance(value, dict):
            for key in value:
                _check_text(key, path)
            waiting += [(each, _joined(path, key), depth + 1) for key, each in value.items()]
        elif isinstance(value, list):
            waiting += [(each, f"{path}[{place}]", depth + 1) for place, each in enumerate(value)]
        elif isinstance(value, str):
            _check_text(value, path)
        elif isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            text = "No number that is kept here is so large."
            raise BadInput(text, field=path or "body", code="number_too_large")


def _check_text(text: str, path: str) -> None:
    try:
        texts.check_prose(text)
    except ValueError as error:
        raise BadInput(str(error), field=path or "body", code="not_text") from None


def _make_too_deep(field: str) -> BadInput:
    text = "This is nested too deeply: nothing that is asked goes so far down."
    return BadInput(text, field=field, code="too_deep")


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON with all its keys, those that stand twice among them."""


class _Constant(str):
    """NaN or Infinity, which Python reads and JSON does not have."""


def _deepest(text: str) -> Way:
    """The keys and places that lead to what is nested deepest, found without nesting calls; the text need not be JSON."""
    deepest: Way = []
    way: Way = []
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


def _step_on(way: Way, sign: str, word: str) -> None:
    """Where one is after a sign between values: at a key, at the next place, or out of an object or list."""
    if sign in "]}":
        way.pop()
    elif sign == ":":
        way[-1] = word
    elif isinstance(way[-1], int):
        way[-1] += 1


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
