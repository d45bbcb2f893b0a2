"""Months and quarters in the programme's time zone. Pure: the caller says what time it is."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from charter.rules.periods import MONTHS
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from ground.errors import BadInput

# The longest window that one request may ask for: forty years, so that no list of periods grows without end.
LONGEST_MONTHS = 480


class Span(Struct, frozen=True, order=True):
    """One period: half-open days of the programme's zone. A month lies in exactly one quarter."""

    kind: Period
    starts_on: date
    ends_on: date  # the first day after it

    @property
    def label(self) -> str:
        """`2026-01` for a month, `2026-Q1` for a quarter."""
        return format_period(self.kind, self.starts_on)

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days


def format_period(kind: Period, starts_on: date) -> str:
    """What a period is called: `2026-01` or `2026-Q1`."""
    if kind is Period.QUARTER:
        return f"{starts_on.year:04d}-Q{(starts_on.month + 2) // 3}"
    return f"{starts_on.year:04d}-{starts_on.month:02d}"


def find_period_start(kind: Period, day: date) -> date:
    """The first day of the period that holds `day`."""
    length = MONTHS[kind]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def find_period_end(kind: Period, first: date) -> date:
    """The first day after the period that begins on `first`."""
    return _next_start(kind, first)


def find_settled_day(now: datetime, zone: str, settling: int) -> date:
    """The day by which a period must have ended to be closed at `now`: late events have had `settling` days in `zone`."""
    return now.astimezone(ZoneInfo(zone)).date() - timedelta(days=settling)


def list_closed_spans(
    kind: Period, *, first: date, now: datetime, zone: str, settling: int = 0
) -> Iterator[Span]:
    """The periods that begin on `first` (the first day of one) or later and were closed in `zone` at `now`."""
    yield from list_spans(kind, first, find_settled_day(now, zone, settling))


def split_window(window: Window, period: Period) -> tuple[Span, ...]:
    """The periods of an aligned window, earliest first."""
    return tuple(list_spans(period, window.start, window.end))


def list_spans(kind: Period, first: date, end: date) -> Iterator[Span]:
    """The periods from `first`, the first day of one, that end on `end` or before."""
    start = first
    while (following := _next_start(kind, start)) <= end:
        yield Span(kind, start, following)
        start = following


def check_window(window: Window, period: Period, *, now: datetime, zone: str) -> None:
    """Raise BadInput naming `window.from` or `window.to` unless the window is whole, closed periods of the zone."""
    if window.start >= window.end:
        raise BadInput(
            f"The window ends on {window.end} and begins on {window.start}: 'to' must come after 'from'.",
            field="window.to",
            code="window_inverted",
        )
    _check_aligned(window, period)
    _check_closed(window, now, zone)
    if _months_between(window.start, window.end) > LONGEST_MONTHS:
        raise BadInput("Ask for forty years at most.", field="window.from", code="window_too_long")


def _check_aligned(window: Window, period: Period) -> None:
    for field, day in (("window.from", window.start), ("window.to", window.end)):
        if find_period_start(period, day) != day:
            raise BadInput(
                f"{day} is not the first day of a {period.value}. The window runs from the first day of one "
                f"{period.value} to the first day of another, which is not in it.",
                field=field,
                code="window_unaligned",
            )


def _check_closed(window: Window, now: datetime, zone: str) -> None:
    today = now.astimezone(ZoneInfo(zone)).date()
    for field, day in (("window.from", window.start), ("window.to", window.end)):
        if day > today:
            raise BadInput(
                f"{day} is in the future: it is {today} in {zone}. Only periods that are over have values.",
                field=field,
                code="window_not_closed",
            )


def _months_between(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


def _next_start(kind: Period, start: date) -> date:
    months = start.year * 12 + start.month - 1 + MONTHS[kind]
    return date(months // 12, months % 12 + 1, 1)
