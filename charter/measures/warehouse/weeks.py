"""Events counted by the week where they lie, where it does not matter who did what. Pure: one statement for the engine.

They are counted by what they call their team, or where they name none, by person and day, as who was on which team then is not
known here. Columns: person, team, day (counted from 1970; the Monday of those that name a team), events, total, ones and short,
as in `values.week_counts`.

Days are worked out in whole numbers: the engine's own zones would cost half of all it does here.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from charter.measures.warehouse.tables import LARGEST

_COUNT = """
WITH fact AS (
    SELECT {names}, {day} AS day, value FROM ({events}) AS events WHERE {usable}
)
SELECT {keys}, count(*) AS events, sum(value) AS total, count(*) FILTER (value = 1) AS ones,
       count(*) FILTER (value < $short) AS short
FROM fact WHERE day >= $first AND day < $end GROUP BY ALL
"""
_BEGINNING = date(1970, 1, 1)  # a Thursday
_MONDAY = "(day + 3) // 7 * 7 - 3"
_DAY_MICROSECONDS = 86_400_000_000
_TURNS_AT = timedelta(minutes=15)  # clocks change on a quarter of an hour


class WeekCounting(NamedTuple):
    """How weeks are counted: between two days of a zone, of values within bounds; those under `short` are short.

    `weighted`: an event without a usable weight is none. `nobody`: names of persons whose events are nobody's.
    """

    first: date
    end: date
    zone: str
    low: float | None
    high: float | None
    short: float
    weighted: bool
    nobody: tuple[str, ...] = ()


def write_count(
    events: str, given: Collection[str], dated: bool, by: WeekCounting
) -> tuple[str, dict[str, Any]]:
    """The statement over the events of a measure that give these columns, and its parameters."""
    parameters: dict[str, Any] = {"short": by.short, "first": _number(by.first), "end": _number(by.end)}
    # Of what is no number the engine says that it is above all numbers.
    parameters["low"] = -LARGEST if by.low is None else by.low
    parameters["high"] = LARGEST if by.high is None else by.high
    usable = ["value BETWEEN $low AND $high"]
    if by.weighted and "weight" in given:
        parameters["largest"] = LARGEST
        usable.append("weight > 0 AND weight <= $largest")
    if by.nobody:
        parameters["nobody"] = list(by.nobody)
        usable.append("NOT coalesce(list_contains($nobody, person), false)")
    query = _COUNT.format(
        events=events,
        names=", ".join(name for name in ("person", "team") if name in given),
        keys=_write_keys(given),
        day="(\"at\" - DATE '1970-01-01')" if dated else _write_day(by),
        usable=" AND ".join(usable),
    )
    return query, parameters


def _write_keys(given: Collection[str]) -> str:
    if "person" not in given:
        return f"NULL::VARCHAR AS person, team, {_MONDAY} AS day"
    if "team" not in given:
        return "person, NULL::VARCHAR AS team, day"
    return f"""CASE WHEN team IS NULL THEN person END AS person, team,
       CASE WHEN team IS NULL THEN day ELSE {_MONDAY} END AS day"""


def _write_day(by: WeekCounting) -> str:
    *earlier, (_until, last) = _list_offsets(by.zone, by.first, by.end)
    at = 'epoch_us("at")'
    cases = "".join(f" WHEN {at} < {until} THEN {ahead}" for until, ahead in earlier)
    ahead = f"CASE{cases} ELSE {last} END" if cases else f"{last}"
    return f"(({at} + {ahead}) // {_DAY_MICROSECONDS})"


@lru_cache(maxsize=8)
def _list_offsets(zone: str, first: date, end: date) -> tuple[tuple[int, int], ...]:
    """How many microseconds a zone is ahead of UTC, each with the moment until which it is."""
    return tuple(_find_offsets(ZoneInfo(zone), first - timedelta(days=2), end + timedelta(days=2)))


def _find_offsets(zone: ZoneInfo, first: date, end: date) -> Iterator[tuple[int, int]]:
    at, last = (datetime.combine(day, time(), UTC) for day in (first, end))
    while at < last:
        step = timedelta(days=1) if _ahead(zone, at) == _ahead(zone, at + timedelta(days=1)) else _TURNS_AT
        if _ahead(zone, at) != _ahead(zone, at + step):
            yield _microseconds(at + step), _ahead(zone, at)
        at += step
    yield _microseconds(last), _ahead(zone, last)


def _ahead(zone: ZoneInfo, at: datetime) -> int:
    ahead = at.astimezone(zone).utcoffset() or timedelta(0)
    return ahead // timedelta(microseconds=1)


def _microseconds(at: datetime) -> int:
    return (at - datetime.combine(_BEGINNING, time(), UTC)) // timedelta(microseconds=1)


def _number(day: date) -> int:
    return (day - _BEGINNING).days
