"""What a check looks at and what it finds."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from charter.registry import invasiveness
from charter.registry.document import CharterDocument
from charter.rules.vocabulary import Decision, Grain, SourceKind


class Level(StrEnum):
    """Errors block submission; warnings and notes are shown to every reader."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Struct, frozen=True):
    """One thing to mend: where (`field`, dotted as in the file), what is wrong and how to mend it."""

    level: Level
    rule: str
    field: str
    text: str
    fix: str


class Draft(Struct, frozen=True):
    """A document, and what must be known outside it to judge it."""

    document: CharterDocument
    sources: Mapping[str, SourceKind]
    known_metrics: Collection[str]
    minimum_grains: Mapping[Decision, Grain]
    levels: Sequence[invasiveness.Level] = invasiveness.LEVELS


class Fault(NamedTuple):
    """A finding before its rule is known."""

    field: str
    text: str
    fix: str


class Check(NamedTuple):
    """One rule of lint: `proves` names the requirements it holds up."""

    rule: str
    level: Level
    proves: tuple[str, ...]
    look: Callable[[Draft], Iterator[Fault]]
