"""Months, quarters and windows."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.measures.values.calendar import (
    Span,
    check_window,
    find_period_start,
    format_period,
    list_closed_spans,
    split_window,
)
from charter.rules.periods import find_first_start
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from ground.errors import BadInput

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
kinds = st.sampled_from(Period)


def closed(now: datetime, zone: str, kind: Period = Period.MONTH) -> list[str]:
    return [span.label for span in list_closed_spans(kind, first=date(2026, 1, 1), now=now, zone=zone)]


@pytest.mark.parametrize(
    ("kind", "starts_on", "label"),
    [
        (Period.MONTH, date(2026, 1, 1), "2026-01"),
        (Period.MONTH, date(2026, 12, 1), "2026-12"),
        (Period.QUARTER, date(2026, 1, 1), "2026-Q1"),
        (Period.QUARTER, date(2026, 10, 1), "2026-Q4"),
    ],
)
def test_labels(kind, starts_on, label):
    """DESIGN, interfaces: a period is called 2026-01 or 2026-Q1."""
    assert format_period(kind, starts_on) == label


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("UTC", datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), ["2026-01"]),
        ("UTC", datetime(2026, 3, 1, tzinfo=UTC), ["2026-01", "2026-02"]),
        # Ahead of UTC the month is over earlier, behind it later.
        ("Pacific/Auckland", datetime(2026, 2, 28, 11, tzinfo=UTC), ["2026-01", "2026-02"]),
        ("America/Los_Angeles", datetime(2026, 3, 1, 7, 59, tzinfo=UTC), ["2026-01"]),
        ("America/Los_Angeles", datetime(2026, 3, 1, 8, tzinfo=UTC), ["2026-01", "2026-02"]),
    ],
)
def test_a_month_closes_at_midnight_of_the_programmes_zone(zone, now, expected):
    """Issue 2, measures: periods follow the programme's time zone."""
    assert closed(now, zone) == expected


def test_a_month_that_begins_in_summer_time_closes_an_hour_earlier_in_utc():
    """Issue 2, measures: the zone's clock changes count (Berlin is two hours ahead in summer, one in winter)."""
    assert "2026-06" in closed(datetime(2026, 6, 30, 22, tzinfo=UTC), "Europe/Berlin")
    assert "2026-06" not in closed(datetime(2026, 6, 30, 21, 59, tzinfo=UTC), "Europe/Berlin")
    assert "2026-10" not in closed(datetime(2026, 10, 31, 22, 59, tzinfo=UTC), "Europe/Berlin")
    assert "2026-10" in closed(datetime(2026, 10, 31, 23, tzinfo=UTC), "Europe/Berlin")


@given(days)
def test_months_nest_in_quarters(day):
    """DESIGN, cohorts: months and quarters nest."""
    month, quarter = find_period_start(Period.MONTH, day), find_period_start(Period.QUARTER, day)
    assert quarter <= month <= day
    assert find_period_start(Period.QUARTER, month) == quarter


@given(kinds, days)
def test_the_next_start_is_never_earlier(kind, day):
    """DESIGN, charters (`data_from`): no period begins before the first day that a charter allows."""
    start = find_first_start(day, kind)
    assert start >= day
    assert find_period_start(kind, start) == start


@given(kinds, days, st.integers(0, 60))
def test_spans_touch_and_fill_an_aligned_window(kind, day, months):
    """DESIGN, the line: windows are half-open, so periods neither overlap nor leave a gap."""
    first = find_period_start(kind, day)
    end = find_period_start(kind, date(first.year + months // 12, first.month, 1))
    spans = split_window(Window(first, end), kind)
    edges = [first, *(span.ends_on for span in spans)]
    assert [span.starts_on for span in spans] == edges[:-1]
    assert edges[-1] == end


NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "period", "field", "code"),
    [
        (date(2026, 4, 1), date(2026, 1, 1), Period.MONTH, "window.to", "window_inverted"),
        (date(2026, 1, 1), date(2026, 1, 1), Period.MONTH, "window.to", "window_inverted"),
        (date(2026, 1, 2), date(2026, 3, 1), Period.MONTH, "window.from", "window_unaligned"),
        (date(2026, 1, 1), date(2026, 3, 31), Period.MONTH, "window.to", "window_unaligned"),
        (date(2026, 2, 1), date(2026, 4, 1), Period.QUARTER, "window.from", "window_unaligned"),
        (date(2026, 1, 1), date(2026, 5, 1), Period.MONTH, "window.to", "window_not_closed"),
        (date(2027, 1, 1), date(2027, 4, 1), Period.MONTH, "window.from", "window_not_closed"),
        (date(1900, 1, 1), date(2026, 4, 1), Period.MONTH, "window.from", "window_too_long"),
        (date(1, 1, 1), date(9999, 12, 1), Period.MONTH, "window.to", "window_not_closed"),
    ],
)
def test_a_bad_window_is_refused_by_name(start, end, period, field, code):
    """Issue 2, bad input: an inverted, unaligned or future window names the field."""
    with pytest.raises(BadInput) as refused:
        check_window(Window(start, end), period, now=NOW, zone="UTC")
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_window_up_to_now_is_allowed_only_where_the_day_has_come():
    """Issue 2, measures: whether a window is closed is asked in the programme's zone."""
    window = Window(date(2026, 1, 1), date(2026, 4, 1))
    midnight = datetime(2026, 4, 1, tzinfo=UTC)
    check_window(window, Period.QUARTER, now=midnight, zone="UTC")
    with pytest.raises(BadInput):
        check_window(window, Period.QUARTER, now=midnight, zone="America/New_York")


def test_days_of_a_period_count_the_calendar():
    """S12: a rate a week divides by the days of its own month."""
    assert Span(Period.MONTH, date(2028, 2, 1), date(2028, 3, 1)).days == 29
