"""A request: someone asks to use metrics, for a decision, at a grain, over cohorts and a window."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct, field

from charter.rules.vocabulary import (
    Combine,
    DecisionType,
    EvidenceKind,
    Grain,
    OrderBy,
    Period,
    TimeFilter,
    View,
)

# For Python alone `$` also stands before a last line break.
Slug = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[a-z0-9][a-z0-9.:+_-]*$(?!\n)")]
MOST_METRICS = 5  # that one request may ask for together
# What an organisation calls a person, which may be an e-mail address.
PersonName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[a-z0-9][a-z0-9.:+_@'-]*$(?!\n)")]
Metrics = Annotated[tuple[Slug, ...], Meta(min_length=1, max_length=MOST_METRICS)]
# Any one person, where it is asked whether a use would be allowed and nobody is meant yet; no person is called so, since what
# an organisation calls people holds no apostrophe.
ANYBODY = "any'body"
# A word of the asker's own: no control characters, which no record could hold.
_PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Names = Annotated[tuple[Slug, ...], Meta(max_length=50)]
MOST_AFFIRMED = 10
# What a charter has its asker affirm, in the charter's own words, so that one who affirmed other words affirmed nothing.
Affirmed = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=200, pattern=_PLAIN)], ...],
    Meta(max_length=MOST_AFFIRMED),
]
Persons = Annotated[tuple[PersonName, ...], Meta(max_length=50)]


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """Half-open days: `start` is in, `end` is out."""

    start: date = field(name="from")
    end: date = field(name="to")


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """One piece of qualitative evidence, by kind and reference."""

    kind: EvidenceKind
    ref: Annotated[str, Meta(min_length=1, max_length=200, pattern=_PLAIN)]


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked. It can say what is abusive, so that asking for it is refused by its rule and is on the log.

    What it says, it says in words of the vocabulary. `reason`, and the references of evidence, are kept and decide nothing.
    `cohorts` are slugs of registered cohorts, `persons` external ids (person and self grain only). `about` are external ids as well:
    whom a decision about people is about where it looks at the values of their groups. `affirms` holds sentences of the charters
    that the asker says are so; they are on the receipt.
    """

    decision: DecisionType
    metrics: Metrics
    grain: Grain
    window: Window
    period: Period
    view: View = View.DIAGNOSTIC
    cohorts: Names = ()
    persons: Persons = ()
    about: Persons = ()
    order_by: OrderBy | None = None
    limit: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    percentile: bool = False
    compare: bool = False
    combine: Combine | None = None
    time_filter: TimeFilter | None = None
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=20)] = ()
    accountable: Annotated[str, Meta(max_length=100, pattern=_PLAIN)] | None = None
    affirms: Affirmed = ()
    export: bool = False
    reason: Annotated[str, Meta(max_length=500, pattern=_PLAIN)] | None = None
