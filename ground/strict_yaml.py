"""YAML files read strictly, with file, line and key in every error, and written so that they read well. Pure.

The dialect is small on purpose: one document, string keys, no anchors, aliases or tags, and the words of YAML 1.2's
core (`true`, `false`, `null`, decimal numbers), so that a date or a bare `no` stays the text that was typed.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn, TypeVar

import msgspec
import yaml
from msgspec import Struct

from ground import texts
from ground.errors import BadInput
from ground.msgspec_errors import locate_fault

Wanted = TypeVar("Wanted")

LARGEST_FILE = 256 * 1024  # bytes
DEEPEST_NESTING = 20

# libyaml where it is there: it reads about ten times as fast, and the events are the same.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WORDS: dict[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")

_ODD_BREAKS = frozenset("\x85\u2028\u2029")


def parse_yaml(text: str | bytes, wanted: type[Wanted], *, name: str) -> Wanted:
    """Read YAML of the small dialect as the type `wanted`; BadInput names file, line and key."""
    return Tree(text, name).read_as(wanted)


def read_yaml(path: Path, wanted: type[Wanted]) -> Wanted:
    """Read a file as the type `wanted`; otherwise as `parse_yaml`."""
    return parse_yaml(path.read_bytes(), wanted, name=path.name)


def dump_yaml(value: Struct) -> str:
    """A struct as YAML, block style, without what is empty; `parse_yaml` reads the same back."""
    return yaml.dump(
        _plain(value),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=100,
        default_flow_style=False,
    )


class Tree:
    """One YAML document turned into plain values, with the line of every key."""

    def __init__(self, text: str | bytes, name: str) -> None:
        self._name = name
        self.lines: dict[str, int] = {"": 1}
        self._text = self._checked(text)

    def read_as(self, wanted: type[Wanted]) -> Wanted:
        """The document as the type `wanted`."""
        value = self.read()
        try:
            return msgspec.convert(value, wanted)
        except msgspec.ValidationError as error:
            problem, path = locate_fault(str(error))
            self.refuse(problem, path)

    def read(self) -> object:
        """The document as dicts, lists and scalars."""
        try:
            return self._document(_events(self._text))
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self.lines[""] = mark.line + 1 if mark else 1
            self.refuse(f"This is not YAML: {error.problem or error.context}.")
        except yaml.YAMLError:
            self.refuse("This is not YAML: it holds a character that text files do not.")

    def refuse(self, problem: str, path: str = "") -> NoReturn:
        """Raise BadInput at a key, or at the nearest one above it that the file has."""
        line = nearest_line(self.lines, path)
        place = f"{self._name}, line {line}" + (f", {path}" if path else "")
        raise BadInput(f"{place}: {problem}", field=path or None, file=self._name, line=line)

    def _checked(self, text: str | bytes) -> str:
        size = len(text) if isinstance(text, bytes) else len(text.encode(errors="surrogatepass"))
        if size > LARGEST_FILE:
            self.refuse(
                f"The file is larger than {LARGEST_FILE // 1024} KiB. A charter is one short document."
            )
        try:
            return text.decode() if isinstance(text, bytes) else text
        except UnicodeDecodeError:
            self.refuse("The file is not UTF-8 text.")

    def _document(self, events: Iterator[yaml.Event]) -> object:
        found: list[object] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.lines[""] = _line(event)
                if found:
                    self.refuse(
                        "The file holds more than one document. Put each charter in a file of its own."
                    )
                found.append(self._value(next(events), events, "", 0))
        if not found:
            self.refuse("The file is empty.")
        return found[0]

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], path: str, depth: int) -> object:
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.refuse("Anchors and aliases are not allowed. Write the text out.", path)
        if tag := getattr(event, "tag", None):
            self.refuse(f"Tags such as {tag} are not allowed.", path)
        if depth > DEEPEST_NESTING:
            self.refuse("This is nested too deeply.", path)
        if isinstance(event, yaml.ScalarEvent):
            self._check_text(event.value, path)
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, path, depth)
        return self._mapping(events, path, depth)

    def _check_text(self, text: str, path: str) -> None:
        try:
            texts.check_prose(text)
        except ValueError as error:
            self.refuse(str(error), path)

    def _sequence(self, events: Iterator[yaml.Event], path: str, depth: int) -> list[object]:
        values: list[object] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            values.append(self._value(event, events, f"{path}[{len(values)}]", depth + 1))
        return values

    def _mapping(self, events: Iterator[yaml.Event], path: str, depth: int) -> dict[str, object]:
        values: dict[str, object] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._key(event, path)
            below = f"{path}.{key}" if path else key
            if key in values:
                self.lines[below] = _line(event)
                self.refuse("This key is given twice.", below)
            self.lines[below] = _line(event)
            values[key] = self._value(next(events), events, below, depth + 1)
        return values

    def _key(self, event: yaml.Event, path: str) -> str:
        if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
            self.lines[path] = _line(event)
            self.refuse("A key must be a plain word.", path)
        self._check_text(event.value, path)
        return str(event.value)


def _events(text: str) -> Iterator[yaml.Event]:
    """The events of a text; as `yaml.parse`, which asks twice for each."""
    loader = _Loader(text)
    try:
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            yield event
    finally:
        loader.dispose()


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(event: yaml.ScalarEvent) -> object:
    """A quoted or block scalar is text; a plain one may be a word or number of YAML 1.2's core."""
    text: str = event.value
    if event.style is not None and event.style != "":
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def nearest_line(lines: Mapping[str, int], path: str) -> int:
    return lines[next(place for place in _upwards(path) if place in lines)]


def _upwards(path: str) -> Iterator[str]:
    """The path, then each one above it, up to the whole document."""
    while path:
        yield path
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    yield ""


def _plain(value: object) -> object:
    """The struct as dicts and lists, without fields that stand at their default."""
    if isinstance(value, msgspec.Struct):
        fields = msgspec.structs.fields(value)
        return {
            item.encode_name: _plain(getattr(value, item.name))
            for item in fields
            if getattr(value, item.name) != item.default
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return msgspec.to_builtins(value)


class _Dumper(yaml.SafeDumper):
    """Writes text of the dialect above: long text as blocks, and quotes only where a plain word would change."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


_Dumper.yaml_implicit_resolvers = {}
for _pattern, _tag, _firsts in (
    (re.compile(r"^(?:|~|null)$"), "null", ["", "~", "n"]),
    (re.compile(r"^(?:true|false)$"), "bool", ["t", "f"]),
    (re.compile(rf"^(?:{_INTEGER.pattern})$"), "int", list("-0123456789")),
    (re.compile(rf"^(?:{_DECIMAL.pattern})$"), "float", list("-0123456789")),
):
    _Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", _pattern, _firsts)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # PyYAML loses these line breaks in every style but the one that escapes them.
    if _ODD_BREAKS & set(text):
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
    style = "|" if "\n" in text else ">" if len(text) > 90 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
