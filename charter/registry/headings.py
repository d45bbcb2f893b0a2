"""A charter's seven headings and their fields in words, for forms, for what a reader checks, and for differences. Pure."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec

from charter.registry.document import Access, Allowed, CharterDocument, Example, Forbidden
from charter.rules import conditions, words

_YES_NO = {True: "Yes", False: "No"}


class Heading(StrEnum):
    """The parts of a charter, in the order in which they are written."""

    WHAT = "what"
    WHY = "why"
    WHO = "who"
    HOW_LONG = "how_long"
    WHICH_DECISIONS = "which_decisions"
    EXAMPLES = "examples"
    HARMS = "harms"

    @property
    def slug(self) -> str:
        """As it stands in an address."""
        return self.value.replace("_", "-")

    @property
    def text(self) -> str:
        """As a reader sees it."""
        return TITLES[self]

    @classmethod
    def of(cls, field: str) -> "Heading":
        """The heading that a dotted field of the document stands under; the name belongs to the first."""
        part = field.split(".")[0].split("[")[0]
        return cls(part) if part in set(cls) else cls.WHAT


TITLES = {
    Heading.WHAT: "What is measured",
    Heading.WHY: "Why it is measured",
    Heading.WHO: "Who may see it",
    Heading.HOW_LONG: "How long it is kept",
    Heading.WHICH_DECISIONS: "Which decisions it may inform",
    Heading.EXAMPLES: "Examples of right and wrong use",
    Heading.HARMS: "Whom it could harm",
}

LABELS = {
    "name": "Name",
    "what.definition": "Plain definition",
    "what.affects_me": "How it affects the people measured",
    "what.unit": "Unit",
    "what.layer": "Layer",
    "what.category": "Category",
    "what.type": "Type",
    "what.class": "Class",
    "what.grains": "Levels that have a value",
    "what.measure": "Measure",
    "what.measure.sources": "Sources",
    "what.measure.facts": "Facts query",
    "what.measure.aggregation": "How facts become one value",
    "what.collection": "How often it is collected",
    "what.normalisation": "How values are made comparable",
    "what.exclusions": "What is left out",
    "what.exclusions.left_out": "What is left out",
    "what.exclusions.none_because": "Why nothing is left out",
    "what.error_bounds": "How wrong it can be",
    "what.provenance": "Where its data comes from",
    "what.schema_reference": "Tables and columns that it reads",
    "what.assumptions": "What must be true for it to mean what it says",
    "what.gaming_risks": "How the number could be bent",
    "what.counter_metric": "Counter-metric",
    "what.always_noted": "Notes that each value stands with",
    "what.wellness_signal": "Meant as a sign of how people are",
    "what.capability": "Whether an assistant builds skill or replaces it",
    "what.counts_hours": "Looks at when people work",
    "why.purpose": "Purpose",
    "why.serves": "The decision it mainly serves",
    "why.minimisation": "Why nothing coarser would do",
    "why.legal_basis": "Legal basis",
    "why.impact_assessment": "Impact assessment",
    "why.works_agreement": "Works agreement",
    "why.clauses": "Clauses that it rests on",
    "why.data_from": "First day of data",
    "why.backfill_because": "Why data from before the approval is needed",
    "who.access": "Access",
    "who.owner": "Owner",
    "who.contact": "Whom to ask",
    "who.next_level": "Who decides if the contact does not help",
    "how_long.facts": "How long facts are kept",
    "how_long.facts_because": "Why facts are kept that long",
    "how_long.values": "How long values are kept",
    "how_long.values_because": "Why values are kept that long",
    "which_decisions.allowed": "Allowed",
    "which_decisions.forbidden": "Not allowed",
    "examples.correct": "Right use",
    "examples.incorrect": "Wrong use",
    "harms.disabled_workers": "Disabled workers",
    "harms.caregivers": "Caregivers",
    "harms.nonstandard_schedules": "People with nonstandard schedules",
    "harms.invasiveness": "Invasiveness",
}


class CharterStatement(msgspec.Struct, frozen=True):
    """One thing that a charter says: under which heading, of what (`key` is the same in two versions), and in words."""

    heading: Heading
    key: str
    label: str
    words: str


def describe_field(field: str) -> str:
    """What a dotted field of the document, or a part of one, is called: `who.access[0].grains` is "Access"."""
    plain = "".join(part.split("]")[-1] for part in field.split("["))
    while plain not in LABELS and "." in plain:
        plain = plain.rpartition(".")[0]
    if plain in LABELS:
        return LABELS[plain]
    return TITLES[Heading(plain)] if plain in set(Heading) else words.sentence(plain.replace("_", " "))


def list_statements(document: CharterDocument) -> list[CharterStatement]:
    """All that a charter says, in words, heading by heading; what it leaves empty is left out."""
    found = [CharterStatement(Heading.WHAT, "name", LABELS["name"], document.name)]
    for heading in Heading:
        found += _under(heading, getattr(document, heading.value), heading.value)
    return [entry for entry in found if entry.words]


def _under(heading: Heading, part: msgspec.Struct, path: str) -> Iterator[CharterStatement]:
    for field in msgspec.structs.fields(part):
        key, value = f"{path}.{field.encode_name}", getattr(part, field.name)
        if isinstance(value, msgspec.Struct):
            yield from _under(heading, value, key)
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            yield from _rows(heading, key, value)
        elif value is not None and value != field.default:
            yield CharterStatement(heading, key, LABELS[key], _said(value))


def _rows(heading: Heading, path: str, rows: Iterable[msgspec.Struct]) -> Iterator[CharterStatement]:
    """Rows of one name (a role, a decision, a use) are said together, so that two versions can be laid side by side."""
    said: dict[str, list[str]] = {}
    for row in rows:
        name, what = _ROWS[type(row)](row)
        said.setdefault(name, []).append(what)
    for name, parts in said.items():
        yield CharterStatement(heading, f"{path}.{name}", f"{LABELS[path]}: {name}", "\n".join(parts))


def _access(row: Access) -> tuple[str, str]:
    return words.spoken(row.role), _levels(row.grains)


def _allowed(row: Allowed) -> tuple[str, str]:
    beside = f"Asked together with {words.listed(row.beside)}." if row.beside else ""
    checked = [conditions.CONDITIONS[each] for each in row.conditions]
    affirmed = [f"Whoever asks affirms: “{said}”" for said in row.affirm]
    parts = (f"{_levels(row.grains)}.", *checked, *affirmed, beside)
    return words.spoken(row.decision), " ".join(filter(None, parts))


def _forbidden(row: Forbidden) -> tuple[str, str]:
    named = f"Names {words.listed(map(words.spoken, row.decisions))}." if row.decisions else ""
    levels = f"At these levels: {words.inside(_levels(row.grains))}." if row.grains else ""
    forms = f"Asked as {words.listed(conditions.describe_forms(row.forms), 'or')}." if row.forms else ""
    kept = "The rules cannot tell it from a request; people keep it." if row.kept_by_people else ""
    return row.use, " ".join(filter(None, (row.because, named, levels, forms, kept)))


def _example(row: Example) -> tuple[str, str]:
    by = f" by {', '.join(row.rules)}" if row.rules else ""
    asked = "; ".join(f"{_spoken(part)}: {_plain(value)}" for part, value in sorted(row.request.items()))
    return row.says, f"Must get: {row.verdict.value}{by}. Asked by {words.spoken(row.asked_by)}. {asked}."


_ROWS: dict[type[msgspec.Struct], Callable[[Any], tuple[str, str]]] = {
    Access: _access,
    Allowed: _allowed,
    Forbidden: _forbidden,
    Example: _example,
}


def _said(value: object) -> str:
    """A value as a reader writes it; the list of a tuple's words, one a line where they are sentences."""
    if isinstance(value, bool):
        return _YES_NO[value]
    if isinstance(value, StrEnum):
        return words.sentence(words.spoken(value))
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, tuple):
        return _levels(value) if all(isinstance(item, StrEnum) for item in value) else "\n".join(value)
    return words.duration(value) if isinstance(value, str) else str(value)


def _levels(grains: Iterable[Any]) -> str:
    return words.sentence(words.listed(words.GRAINS.get(grain) or words.spoken(grain) for grain in grains))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _YES_NO[value].lower()
    if isinstance(value, dict):
        return ", ".join(f"{_spoken(name)} {_plain(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return words.listed(map(_plain, value))
    return _spoken(str(value)) if str(value).isidentifier() else str(value)


def _spoken(word: str) -> str:
    return word.replace("_", " ")


def is_begun(document: CharterDocument, heading: Heading) -> bool:
    """Whether anything was written under a heading; the owner is there from the start."""
    part = getattr(document, heading.value)
    empty = type(part)(owner=part.owner) if heading is Heading.WHO else type(part)()
    return bool(part != empty)
