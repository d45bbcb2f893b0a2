"""What a check looks at and what it finds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from charter.registry import invasiveness
from charter.registry.document import CharterDocument
from charter.registry.source_descriptions import SourceDescription
from charter.rules.vocabulary import DecisionType, Grain, Nature, SourceKind


class Severity(StrEnum):
    """Errors block submission; warnings and notes are shown to every reader."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Struct, frozen=True):
    """One thing to mend: where (`field`, dotted as in the file), what is wrong and how to mend it."""

    level: Severity
    rule: str
    field: str
    text: str
    fix: str


class LintSubject(Struct, frozen=True):
    """A document, and what must be known outside it to judge it."""

    document: CharterDocument
    sources: Mapping[str, SourceDescription]
    known_metrics: Mapping[str, CharterDocument | None]
    minimum_grains: Mapping[DecisionType, Grain]
    levels: Sequence[invasiveness.InvasivenessLevel] = invasiveness.LEVELS
    nature: frozenset[Nature] = frozenset()  # what the measure makes of it, whatever its label says

    @property
    def kinds(self) -> Mapping[str, SourceKind]:
        """Of which kind each described source is."""
        return {slug: described.kind for slug, described in self.sources.items()}


class Fault(NamedTuple):
    """A finding before its rule is known."""

    field: str
    text: str
    fix: str


class Check(NamedTuple):
    """One rule of lint: `proves` names the requirements it holds up."""

    rule: str
    level: Severity
    proves: tuple[str, ...]
    look: Callable[[LintSubject], Iterator[Fault]]
