"""The charter document: seven headings, as typed values. Imports no Django, so that files can be linted anywhere."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import rfc8785
from msgspec import Meta, Struct, field

from charter.rules.request import Slug
from charter.rules.vocabulary import (
    Aggregation,
    Category,
    ContextKind,
    DecisionType,
    Grain,
    Kind,
    Layer,
    Outcome,
    RequestForm,
    Role,
    UseCondition,
    View,
)

SCHEMA_VERSION = 1

Duration = Annotated[
    str, Meta(pattern=r"^P(?=\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?$", description="ISO 8601, days and up")
]

# A clause of an agreement, as `works-agreement/4.2`.
ClauseRef = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?/[A-Za-z0-9][A-Za-z0-9.()-]{0,19}$",
        description="The short name of an agreement, a stroke, and the number of its clause",
    ),
]


class DocumentPart(Struct, frozen=True, forbid_unknown_fields=True):
    """A heading or a part of one; unknown keys are errors."""


class Measure(DocumentPart, frozen=True):
    """How the value is made: `facts` is one SELECT in DuckDB SQL, one row an event; `aggregation` makes one value of them.

    Columns of facts: `at` (timestamp with time zone), `person` and/or `team` (text), `value` (number), optional `weight`.
    """

    sources: tuple[str, ...]
    facts: str
    aggregation: Aggregation


class Exclusions(DocumentPart, frozen=True):
    """What is left out; where nothing is, the reason why not (S18)."""

    left_out: tuple[str, ...] = ()
    none_because: str = ""


class What(DocumentPart, frozen=True):
    definition: str = ""
    affects_me: str = ""
    unit: str = ""
    layer: Layer | None = None
    category: Category | None = None
    type: Kind | None = None
    view: View | None = field(name="class", default=None)
    grains: tuple[Grain, ...] = ()
    measure: Measure | None = None
    collection: str = ""
    normalisation: str = ""
    exclusions: Exclusions = Exclusions()
    error_bounds: str = ""
    provenance: str = ""
    schema_reference: str = ""
    assumptions: tuple[str, ...] = ()
    gaming_risks: tuple[str, ...] = ()
    counter_metric: Slug | None = None
    always_noted: tuple[
        ContextKind, ...
    ] = ()  # each value says of these kinds of note that there is one or none
    wellness_signal: bool = False
    capability: str = ""  # of an assistant: whether it builds people's skill or replaces it (S38)
    counts_hours: bool = False  # looks at the part of the week, the hour or the time at work (AR03)


class Why(DocumentPart, frozen=True):
    purpose: str = ""
    serves: DecisionType | None = None
    minimisation: str = ""
    legal_basis: str = ""
    impact_assessment: str = ""
    works_agreement: str = ""
    clauses: tuple[ClauseRef, ...] = ()  # of agreements on record that it rests on
    data_from: date | None = None
    backfill_because: str = ""


class Access(DocumentPart, frozen=True):
    """A role and the grains it may ask for; a scoped role counts only for the cohorts it is held over."""

    role: Role
    grains: tuple[Grain, ...]


class Who(DocumentPart, frozen=True):
    access: tuple[Access, ...] = ()
    owner: str = ""  # user name of the owner's account
    contact: str = ""
    next_level: str = ""


class HowLong(DocumentPart, frozen=True):
    facts: Duration | None = None
    facts_because: str = ""
    values: Duration | None = None
    values_because: str = ""


class Allowed(DocumentPart, frozen=True):
    """A decision that the metric may inform, at these grains, under conditions of which none is words alone.

    `conditions` are checked from facts. `affirm` are sentences that whoever asks says are so; they are on the receipt.
    """

    decision: DecisionType
    grains: tuple[Grain, ...]
    conditions: tuple[UseCondition, ...] = ()
    affirm: tuple[str, ...] = ()
    beside: tuple[Slug, ...] = ()  # metrics that must be asked for in the same request


class Forbidden(DocumentPart, frozen=True):
    """A use named so that nobody need guess: of these decisions, at these grains, in these forms; empty stands for any.

    One that names none of them cannot be told from a request, so it says that people keep it.
    """

    use: str
    because: str
    decisions: tuple[DecisionType, ...] = ()
    grains: tuple[Grain, ...] = ()
    forms: tuple[RequestForm, ...] = ()
    kept_by_people: bool = False

    @property
    def binds(self) -> bool:
        """Whether the rules can tell a request for it from others."""
        return bool(self.decisions or self.grains or self.forms)


class WhichDecisions(DocumentPart, frozen=True):
    allowed: tuple[Allowed, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()


class Example(DocumentPart, frozen=True):
    """A use in words, and the request it comes to, with the verdict (and rules) that it must get.

    In `request`, windows may be given as the words of `charter.registry.examples` (`last_quarter`), cohorts as `team:any`.
    """

    says: str
    request: dict[str, object]
    verdict: Outcome
    asked_by: Role = Role.MANAGER
    rules: tuple[str, ...] = ()


class Examples(DocumentPart, frozen=True):
    correct: tuple[Example, ...] = ()
    incorrect: tuple[Example, ...] = ()


class Harms(DocumentPart, frozen=True):
    disabled_workers: str = ""
    caregivers: str = ""
    nonstandard_schedules: str = ""
    invasiveness: Annotated[int, Meta(ge=0, le=4)] | None = None


class CharterDocument(DocumentPart, frozen=True):
    """One charter as written. Empty parts parse, so that a draft can be saved; lint says what is missing."""

    charter: Annotated[int, Meta(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)]
    metric: Slug
    name: str
    what: What = What()
    why: Why = Why()
    who: Who = Who()
    how_long: HowLong = HowLong()
    which_decisions: WhichDecisions = WhichDecisions()
    examples: Examples = Examples()
    harms: Harms = Harms()


def hash_document(stored: Mapping[str, Any]) -> str:
    """SHA-256 of a document as stored (JSON values), in RFC 8785's canonical form: the same content, the same hash."""
    return hashlib.sha256(rfc8785.dumps(dict(stored))).hexdigest()
