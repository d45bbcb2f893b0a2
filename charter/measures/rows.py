"""Rows as they leave the house: a number with what stands behind it, or why there is none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from msgspec import Struct

from charter.measures.aggregation import Estimate
from charter.measures.calendar import Span
from charter.measures.models import Withheld


class Row(Struct, frozen=True):
    """One metric, cohort and period.

    `withheld` is a stable code, `withheld_because` a sentence; where they are given every number is None. `bound` is
    "at_most" or "at_least" where the value is a share that is told coarsely. `cohort` is empty for one's own values.
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
    context: list[Any]
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


def row_with(
    place: Place, estimate: Estimate, *, n: int, people: int, coverage: float, context: Sequence[Any] = ()
) -> Row:
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
        context=list(context),
        withheld=None,
        withheld_because=None,
    )


def row_without(place: Place, reason: Withheld, *, minimum: int = 0, context: Sequence[Any] = ()) -> Row:
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
        context=list(context),
        withheld=reason.value,
        withheld_because=sentence(reason, minimum),
    )


def sentence(reason: Withheld, minimum: int) -> str:
    """Why there is no number, in words."""
    if reason is Withheld.FEW_PEOPLE:
        return _("Withheld: fewer than %(minimum)d people contributed") % {"minimum": minimum}
    if reason is Withheld.SMALL_ROSTER:
        return _("Withheld: the team had fewer than %(minimum)d people") % {"minimum": minimum}
    return str(reason.label)
