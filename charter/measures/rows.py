"""Rows as they are given out: a number with what stands behind it, or why there is none."""

from datetime import date, datetime

from msgspec import Struct, field
from msgspec.structs import replace

from charter.measures.models import Withheld
from charter.measures.values.aggregation import Estimate
from charter.measures.values.calendar import Span


class Note(Struct, frozen=True):
    """What stands beside a value: a context note, that none of a kind is known, or that the value is under review.

    `effect` says which: "annotate" and "exclude" of a note, "none_known", "hold". Days are half-open.
    """

    kind: str
    effect: str
    label: str
    start: date = field(name="from")
    end: date = field(name="to")
    says: str = ""


class Row(Struct, frozen=True, omit_defaults=True):
    """One metric, cohort and period; where periods were combined, the first and the last, as `2026-01/2026-03`.

    `difference` and `percentile` are there where they were asked for: from the first group asked about, and how many in
    a hundred of the other groups lie lower.

    `withheld` is a stable code, `withheld_because` a sentence; where they are given every number is None. `bound` is
    "at_most" or "at_least" where the value is a share that is told coarsely. `cohort` is empty for one's own values.
    `context` is joined when the row is read, since a published value is frozen.
    """

    metric: str
    cohort: str
    period: str  # "2026-01" or "2026-Q1"
    value: float | None
    unit: str
    low: float | None
    high: float | None
    bound: str | None
    n: int | None
    people: str | None  # a band, such as `10+`; one's own values are of `1`
    coverage: float | None
    context: list[Note]
    withheld: str | None
    withheld_because: str | None
    difference: float | None = None
    percentile: float | None = None


class RowsOrigin(Struct, frozen=True):
    """Where published rows came from: the newest snapshot among them, and when its values were published."""

    snapshot: str
    published_at: datetime


class Place(Struct, frozen=True):
    """What a row is about."""

    metric: str
    cohort: str
    span: Span
    unit: str


def make_row(place: Place, estimate: Estimate, *, n: int, people: str | None, coverage: float | None) -> Row:
    """A row that tells its number."""
    return Row(
        metric=place.metric,
        cohort=place.cohort,
        period=place.span.label,
        value=estimate.value,
        unit=place.unit,
        low=estimate.low,
        high=estimate.high,
        bound=estimate.bound or None,
        n=n,
        people=people,
        coverage=coverage,
        context=[],
        withheld=None,
        withheld_because=None,
    )


def make_withheld_row(place: Place, reason: Withheld) -> Row:
    """A row that says why it has no number."""
    return Row(
        metric=place.metric,
        cohort=place.cohort,
        period=place.span.label,
        value=None,
        unit=place.unit,
        low=None,
        high=None,
        bound=None,
        n=None,
        people=None,
        coverage=None,
        context=[],
        withheld=reason.value,
        withheld_because=str(reason.label),
    )


def make_unpublished_row(place: Place, settled: date) -> Row:
    """A row of a period without a value: it is not closed yet, or nothing was published of it."""
    return make_withheld_row(
        place, Withheld.NOT_CLOSED if place.span.ends_on > settled else Withheld.NOT_PUBLISHED
    )


def leave_out(row: Row, code: str, because: str) -> Row:
    """The row without its numbers, for a reason that lies not in the value but in what it is asked for."""
    nothing = dict.fromkeys(("value", "low", "high", "bound", "n", "people", "coverage"))
    return replace(row, **nothing, withheld=code, withheld_because=because)
