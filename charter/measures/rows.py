"""Rows as they leave the house: a number with what stands behind it, or why there is none."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from msgspec import Struct, field
from msgspec.structs import replace

from charter.measures.aggregation import Estimate
from charter.measures.calendar import Span
from charter.measures.models import Withheld


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


class Row(Struct, frozen=True):
    """One metric, cohort and period.

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
    people: int | None
    coverage: float | None
    context: list[Note]
    withheld: str | None
    withheld_because: str | None


class Source(Struct, frozen=True):
    """Where published rows came from: the newest snapshot among them, and when its values were published."""

    snapshot: str
    published_at: datetime


class Place(Struct, frozen=True):
    """What a row is about."""

    metric: str
    cohort: str
    span: Span
    unit: str


def row_with(place: Place, estimate: Estimate, *, n: int, people: int, coverage: float) -> Row:
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


def row_without(place: Place, reason: Withheld, *, minimum: int = 0) -> Row:
    """A row that says why it has no number; `minimum` is the smallest group that may be told of."""
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
        withheld_because=sentence(reason, minimum),
    )


def left_out(row: Row, code: str, because: str) -> Row:
    """The row without its numbers, for a reason that lies not in the value but in what it is asked for."""
    nothing = dict.fromkeys(("value", "low", "high", "bound", "n", "people", "coverage"))
    return replace(row, **nothing, withheld=code, withheld_because=because)


def sentence(reason: Withheld, minimum: int) -> str:
    """Why there is no number, in words."""
    if reason is Withheld.FEW_PEOPLE:
        return _("Withheld: fewer than %(minimum)d people contributed") % {"minimum": minimum}
    if reason is Withheld.SMALL_ROSTER:
        return _("Withheld: the team had fewer than %(minimum)d people") % {"minimum": minimum}
    return str(reason.label)
