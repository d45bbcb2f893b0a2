"""What an agreement says, as typed values: a works agreement, an impact assessment or a record of a legal basis. Pure.

The same structure is one entry under `agreements` of programme.yaml, the body of the API, and what is stored and hashed.
"""

import hashlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import rfc8785
from msgspec import Meta, Struct

from charter.registry.document import Duration
from charter.rules.request import Slug
from charter.rules.vocabulary import DecisionType, Grain

MOST = 200  # entries of any list
ClauseNumber = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.()-]{0,19}$")]
Line = Annotated[str, Meta(min_length=1, max_length=500)]
Prose = Annotated[str, Meta(max_length=10_000)]
Limit = Annotated[float, Meta(ge=-1e9, le=1e9)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="A day as 2026-01-31")]


class AgreementKind(StrEnum):
    WORKS_AGREEMENT = "works_agreement"
    ASSESSMENT = "assessment"
    LEGAL_BASIS = "legal_basis"


class Level(StrEnum):
    """How grave a risk is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class AssessmentOutcome(StrEnum):
    GO_AHEAD = "go_ahead"
    WITH_MEASURES = "with_measures"
    ASK_AUTHORITY = "ask_authority"
    DO_NOT = "do_not"


class AgreementPart(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of an agreement; unknown keys are errors."""


class SettingBound(AgreementPart, frozen=True):
    """What a setting may be: its key as on the page of settings, and the least or the most that it may be."""

    key: Line
    at_least: Limit | None = None
    at_most: Limit | None = None


class ClauseBounds(AgreementPart, frozen=True):
    """What a clause binds, as far as it can be checked; what is empty it leaves open."""

    systems: tuple[Slug, ...] = ()  # the only described sources that may be read
    levels: tuple[Grain, ...] = ()  # the only levels that have a value
    decisions: tuple[DecisionType, ...] = ()  # the only decisions that may be informed
    never: tuple[DecisionType, ...] = ()  # decisions that may not be informed
    facts_kept: Duration | None = None  # at most
    values_kept: Duration | None = None  # at most
    settings: tuple[SettingBound, ...] = ()


class Clause(AgreementPart, frozen=True):
    number: ClauseNumber
    text: Annotated[str, Meta(min_length=1, max_length=10_000)]
    binds: ClauseBounds = ClauseBounds()


class AgreementParty(AgreementPart, frozen=True):
    """A party, and for whom it speaks."""

    name: Line
    speaks_for: Line


class AgreementTerm(AgreementPart, frozen=True):
    """From the first day to the day after the last; open-ended where that is empty. Notice is in days."""

    begins: Day
    ends: Day | None = None
    notice_days: Annotated[int, Meta(ge=1, le=731)] = 30


class Processor(AgreementPart, frozen=True):
    """Somebody who processes for the organisation (Art. 28), what they do, and in which country."""

    name: Line
    does: Line
    country: Line


class Transfer(AgreementPart, frozen=True):
    """Where data go outside of the territory that is protected alike (Art. 44 ff.), and what protects them there."""

    to: Line
    safeguard: Line


class Processing(AgreementPart, frozen=True):
    """What the record of processing says beside the charter (Art. 30)."""

    processors: Annotated[tuple[Processor, ...], Meta(max_length=MOST)] = ()
    recipients: Annotated[tuple[Line, ...], Meta(max_length=MOST)] = ()
    transfers: Annotated[tuple[Transfer, ...], Meta(max_length=MOST)] = ()
    security: Annotated[tuple[Line, ...], Meta(max_length=MOST)] = ()


class RiskMeasure(AgreementPart, frozen=True):
    """What lowers a risk, and who does it."""

    does: Line
    owner: Line


class AssessedRisk(AgreementPart, frozen=True):
    """What could happen to people, how grave before its measures and after them."""

    what: Line
    before: Level
    after: Level
    measures: tuple[RiskMeasure, ...] = ()


class Assessment(AgreementPart, frozen=True):
    """What an impact assessment says (Art. 35)."""

    risks: Annotated[tuple[AssessedRisk, ...], Meta(max_length=MOST)] = ()
    views: Prose = ""  # of those concerned or of who speaks for them
    not_asked_because: Prose = ""
    officer_advice: Prose = ""  # of the data protection officer
    outcome: AssessmentOutcome | None = None


class AgreementText(AgreementPart, frozen=True):
    """One agreement as written. `territory` holds locations as the organisation's files write them; empty is everywhere.

    `metrics` are those that it is about, by slug; empty is all of them.
    """

    slug: Slug
    kind: AgreementKind
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    term: AgreementTerm
    parties: Annotated[tuple[AgreementParty, ...], Meta(max_length=MOST)] = ()
    territory: Annotated[tuple[Line, ...], Meta(max_length=MOST)] = ()
    scope: Prose = ""
    metrics: Annotated[tuple[Slug, ...], Meta(max_length=MOST)] = ()
    basis: Prose = ""
    clauses: Annotated[tuple[Clause, ...], Meta(max_length=MOST)] = ()
    processing: Processing = Processing()
    assessment: Assessment = Assessment()

    def is_about(self, metric: str) -> bool:
        """Whether the metric of this slug is within its scope."""
        return not self.metrics or metric in self.metrics

    def find_clause(self, number: str) -> Clause | None:
        return next((clause for clause in self.clauses if clause.number == number), None)

    def stored(self) -> dict[str, Any]:
        """As JSON values."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    def content_hash(self) -> str:
        """SHA-256 of RFC 8785's canonical form: the same text, the same hash."""
        return hashlib.sha256(rfc8785.dumps(self.stored())).hexdigest()


class TextFault(Struct, frozen=True):
    """What is missing or contradicts itself: at which field, and in a sentence."""

    field: str
    sentence: str


def find_faults(text: AgreementText) -> list[TextFault]:
    """What keeps a text from being put to the board."""
    return [*_heads(text), *_clauses(text), *_assessment(text)]


def _heads(text: AgreementText) -> Iterator[TextFault]:
    if text.kind is AgreementKind.WORKS_AGREEMENT and len(text.parties) < 2:
        yield TextFault(
            "parties", "An agreement has two parties at least. Name each, and for whom it speaks."
        )
    if not text.scope.strip():
        yield TextFault("scope", "Say what it is about, and what not.")
    if not text.basis.strip():
        yield TextFault("basis", "Say which law or agreement it rests on itself.")
    if text.term.ends is not None and text.term.ends <= text.term.begins:
        yield TextFault("ends", "It ends after the day on which it begins.")


def _clauses(text: AgreementText) -> Iterator[TextFault]:
    if text.kind is AgreementKind.WORKS_AGREEMENT and not text.clauses:
        yield TextFault("clauses", "Write its clauses: charters and settings point at them.")
    numbers = [clause.number for clause in text.clauses]
    for number in sorted({each for each in numbers if numbers.count(each) > 1}):
        yield TextFault("clauses", f"Clause {number} is there twice.")
    for clause in text.clauses:
        for bound in clause.binds.settings:
            if bound.at_least is None and bound.at_most is None:
                yield TextFault(
                    "clauses", f"Clause {clause.number}: say the least or the most that {bound.key} may be."
                )


def _assessment(text: AgreementText) -> Iterator[TextFault]:
    if text.kind is not AgreementKind.ASSESSMENT:
        return
    found = text.assessment
    if not found.risks:
        yield TextFault("risks", "Name the risks to people, before measures and after them.")
    for risk in found.risks:
        if risk.before is not Level.LOW and not risk.measures:
            yield TextFault("risks", f"“{risk.what}”: say what lowers this risk, and who does it.")
    if not found.views.strip() and not found.not_asked_because.strip():
        yield TextFault("views", "Say what those concerned think of it, or why they were not asked.")
    if not found.officer_advice.strip():
        yield TextFault("officer_advice", "Say what the data protection officer advises.")
    if found.outcome is None:
        yield TextFault("outcome", "Say what the assessment comes to.")


def read_stored(stored: dict[str, Any]) -> AgreementText:
    return msgspec.convert(stored, AgreementText)
