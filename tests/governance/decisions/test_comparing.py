"""Values beside those of a quarter or a year before: the difference with its range (issue 11)."""

from datetime import date

import pytest
from msgspec.structs import replace

from charter.measures.rows import Row
from charter.rules.request import Window
from governance.decisions.rows.comparing import Earlier, ValueDifference, find_earlier, move_window, subtract


def row(value: float | None = 20.0, low: float | None = 17.0, high: float | None = 24.0, **changes) -> Row:
    base = Row(
        metric="lead-time", cohort="team:payments", period="2026-03", value=value, unit="hour", low=low, high=high,
        bound=None, n=40, people=9, coverage=1.0, context=[], withheld=None, withheld_because=None,
    )  # fmt: skip
    return replace(base, **changes)


def test_a_difference_has_the_range_of_both() -> None:
    """Zou and Donner 2008: wider than either range, and not symmetric where they are not."""
    found = subtract(row(), row(value=10.0, low=6.0, high=13.0))
    assert found == ValueDifference(10.0, 10.0 - (3**2 + 3**2) ** 0.5, 10.0 + (4**2 + 4**2) ** 0.5)
    assert found.is_clear


def test_nothing_is_clear_where_the_range_holds_no_change() -> None:
    assert not subtract(row(), row(value=19.0, low=16.0, high=23.0)).is_clear
    assert not subtract(row(), row(low=None)).is_clear
    assert subtract(row(), row(low=None)) == ValueDifference(0.0, None, None)


@pytest.mark.parametrize("other", [row(value=None), row(bound="at_most")])
def test_what_has_no_number_or_a_bound_alone_has_no_difference(other: Row) -> None:
    """A bound is no value: "at most 2 %" less 1 % is nothing that could be said."""
    assert subtract(row(), other) is None and subtract(other, row()) is None


@pytest.mark.parametrize(
    ("earlier", "start", "end", "month", "quarter"),
    [
        (Earlier.QUARTER, date(2025, 10, 1), date(2026, 1, 1), "2025-12", "2025-Q4"),
        (Earlier.YEAR, date(2025, 1, 1), date(2025, 4, 1), "2025-03", "2025-Q1"),
    ],
)
def test_periods_are_held_against_those_before(earlier, start, end, month, quarter) -> None:
    assert move_window(Window(start=date(2026, 1, 1), end=date(2026, 4, 1)), earlier) == Window(
        start=start, end=end
    )
    asked = [row(), row(period="2026-Q1")]
    before = [row(period=month, value=1.0), row(period=quarter, value=2.0), row(period="2020-01")]
    found = find_earlier(asked, before, earlier)
    assert [held.value for held in found.values()] == [1.0, 2.0]
