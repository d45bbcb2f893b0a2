"""Values against those of earlier months: each difference with its range. Pure.

Both values are estimates of their own, so the range of their difference is wider than either: it is worked out from both
ranges by the method of variance estimates recovery (Zou and Donner, Statistics in Medicine 27, 2008).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from math import hypot

from msgspec import Struct

from charter.measures.rows import Row
from charter.rules.request import Window


class Earlier(StrEnum):
    """What a period is held against."""

    QUARTER = "quarter"
    YEAR = "year"


MONTHS_BEFORE = {Earlier.QUARTER: 3, Earlier.YEAR: 12}


class ValueDifference(Struct, frozen=True):
    """How much higher the later value is, and the range that likely holds it; None where a range is not known."""

    value: float
    low: float | None
    high: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the range leaves out that nothing changed."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def move_window(window: Window, earlier: Earlier) -> Window:
    """The same number of months, that much earlier."""
    return Window(start=_move(window.start, earlier), end=_move(window.end, earlier))


def find_earlier(
    rows: Iterable[Row], before: Iterable[Row], earlier: Earlier
) -> dict[tuple[str, str, str], Row]:
    """By metric, cohort and period of the rows, the row that each is held against."""
    known: Mapping[tuple[str, str, str], Row] = {(row.metric, row.cohort, row.period): row for row in before}
    found = {}
    for row in rows:
        held = known.get((row.metric, row.cohort, _move_label(row.period, earlier)))
        if held is not None:
            found[row.metric, row.cohort, row.period] = held
    return found


def subtract(later: Row, before: Row) -> ValueDifference | None:
    """The difference of two values; None where one of them has no number or only a bound is known."""
    if later.value is None or before.value is None or later.bound or before.bound:
        return None
    value = later.value - before.value
    if later.low is None or later.high is None or before.low is None or before.high is None:
        return ValueDifference(value, None, None)
    low = hypot(later.value - later.low, before.high - before.value)
    high = hypot(later.high - later.value, before.value - before.low)
    return ValueDifference(value, value - low, value + high)


def _move(day: date, earlier: Earlier) -> date:
    at = day.year * 12 + day.month - 1 - MONTHS_BEFORE[earlier]
    return date(at // 12, at % 12 + 1, day.day)


def _move_label(period: str, earlier: Earlier) -> str:
    """`2026-01` or `2026-Q1`, that much earlier."""
    year, _dash, part = period.partition("-")
    if part.startswith("Q"):
        at = int(year) * 4 + int(part[1:]) - 1 - MONTHS_BEFORE[earlier] // 3
        return f"{at // 4:04d}-Q{at % 4 + 1}"
    moved = _move(date(int(year), int(part), 1), earlier)
    return f"{moved:%Y-%m}"
