"""Periods of the calendar: months and quarters."""

from datetime import date

from charter.rules.vocabulary import Period

_YEAR_10000 = 10_000 * 12  # months of the first year that a date cannot be in
MONTHS = {Period.MONTH: 1, Period.QUARTER: 3}


def find_first_start(day: date, period: Period) -> date:
    """Return the first day on or after `day` on which a period begins."""
    length = MONTHS[period]
    months = day.year * 12 + day.month - 1
    months += -months % length if day.day == 1 else length - months % length
    return date(months // 12, months % 12 + 1, 1) if months < _YEAR_10000 else date.max
