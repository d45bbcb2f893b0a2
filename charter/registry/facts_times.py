"""What arithmetic on described times tells: a moment, the days between two, or the hour and weekday of one (AR03). Pure.

Nobody can list every way to write “in the evening”, so the other way round: moments may be compared, moved, cut to their
day and taken from one another. Whatever else is made of a moment tells of its hour or weekday.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

from msgspec import Struct
from sqlglot import exp


class TimeKind(IntEnum):
    """What an expression has to do with time, the more telling the higher."""

    NONE = 0
    SPAN = 1  # the time between two moments
    ROUNDED = 2  # such a span, rounded
    MOMENT = 3
    DAY = 4  # a moment cut to its day, week or hour
    NUMBER = 5  # a number made of one moment, such as its seconds since 1970
    CLOCK = 6  # the hour or the weekday of a moment


class TimeOf(Struct, frozen=True):
    """An expression's kind; of a moment that was moved (also to another zone) by what, and of one that was cut to what.

    Two days of moments that were moved otherwise before they were cut differ by the hour.
    """

    kind: TimeKind = TimeKind.NONE
    unit: str = ""
    moved: str = ""
    places: frozenset[object] = frozenset()  # the columns that it was made of
    aside: bool = False  # it is the same for every row


NO_TIME = TimeOf()
CLOCK = TimeOf(TimeKind.CLOCK)

_COMPARISONS = (exp.Between, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ)
_TRUTHS = (exp.And, exp.Or, exp.Not, exp.Is, exp.Exists, exp.Count, exp.RowNumber)
_ROUNDING = (exp.Round, exp.Floor, exp.Ceil, exp.IntDiv)
_TELLING = (exp.Mod, exp.Like, exp.Lower, exp.Upper, exp.In)
_PLAIN_PARTS = frozenset({"YEAR", "QUARTER", "MONTH"})
_NUMBER_PARTS = frozenset({"EPOCH", "DAY", "DOY", "DAYOFYEAR", "WEEK"})
_TIME_TYPES = (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ, exp.DataType.Type.DATETIME)
_WHOLE_NUMBERS = (exp.DataType.Type.INT, exp.DataType.Type.BIGINT, exp.DataType.Type.SMALLINT)
_NUMBERS = (*_WHOLE_NUMBERS, exp.DataType.Type.DOUBLE, exp.DataType.Type.FLOAT, exp.DataType.Type.DECIMAL)
_HOUR = re.compile(r"\d:\d")
_MIDNIGHT = re.compile(r"(?<![\d:])00:00(:00(\.0+)?)?(Z|[+-]\d\d(:?\d\d)?)?$")


def combine(node: exp.Expr, parts: Sequence[TimeOf]) -> TimeOf:
    """What a node tells whose parts tell this, in the order of `iter_expressions`."""
    if any(part.kind is TimeKind.CLOCK for part in parts):
        return CLOCK
    times = [part for part in parts if part.kind is not TimeKind.NONE]
    found = _combine(node, times, len(parts))
    places = frozenset().union(*(part.places for part in times)) if times else frozenset()
    return TimeOf(
        found.kind, found.unit, found.moved, places, bool(times) and all(part.aside for part in times)
    )


def _combine(node: exp.Expr, times: Sequence[TimeOf], parts: int) -> TimeOf:
    if isinstance(node, exp.DayOfWeek | exp.DayOfWeekIso):
        return CLOCK
    if isinstance(node, exp.Extract):
        return _extract(str(node.this).upper(), times)
    if isinstance(node, exp.GenerateSeries):
        return _series(times)
    if not times:
        return NO_TIME
    if isinstance(node, _COMPARISONS):
        return _compare(node, times)
    if isinstance(node, _TRUTHS):
        return NO_TIME
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
        return _cut(str(node.args.get("unit") or "").upper().strip("'"), times[0])
    if isinstance(node, exp.AtTimeZone):
        return _move(times[0], node.args["zone"])
    if isinstance(node, exp.Add | exp.Sub) and len(times) == 1 and isinstance(node.expression, exp.Interval):
        return _move(times[0], node.expression)
    if isinstance(node, exp.TimeToUnix):
        return _count_seconds(times[0])
    if isinstance(node, exp.Cast):
        return _cast(node, times[0])
    return _subtract(times) if isinstance(node, exp.Sub | exp.DateDiff) else _other(node, times)


def _move(time: TimeOf, by: exp.Expr) -> TimeOf:
    """The same moment elsewhere; once it is cut, moving it tells nothing more."""
    moved = f"{time.moved} {by.sql()}" if time.kind is TimeKind.MOMENT else time.moved
    return TimeOf(time.kind, time.unit, moved)


def _other(node: exp.Expr, times: Sequence[TimeOf]) -> TimeOf:
    worst = _worst(times)
    if isinstance(node, _TELLING):
        return CLOCK
    if isinstance(node, _ROUNDING):
        return TimeOf(TimeKind.ROUNDED) if worst.kind <= TimeKind.ROUNDED else CLOCK
    if isinstance(node, exp.Mul | exp.Div | exp.Neg | exp.Abs | exp.Ln):
        return worst if worst.kind <= TimeKind.ROUNDED else CLOCK
    if isinstance(node, exp.Add):
        return _add(times)
    return worst


def _worst(times: Sequence[TimeOf]) -> TimeOf:
    """The most telling of several that stand for each other, as in CASE; kinds that do not go together tell the clock."""
    kinds = {time.kind for time in times}
    if len({time.unit for time in times}) > 1 or (kinds & _SPANS and kinds - _SPANS):
        return CLOCK
    if len(kinds - _SPANS) > 1 or kinds == _SPANS:
        return CLOCK
    return max(times, key=lambda time: time.kind)


_SPANS = frozenset({TimeKind.SPAN, TimeKind.ROUNDED})


def _add(times: Sequence[TimeOf]) -> TimeOf:
    """A moment moved by a span stays one; two moments have no sum."""
    moments = [time for time in times if time.kind not in _SPANS]
    if not moments:
        return _worst(times)
    return moments[0] if len(moments) == 1 and TimeKind.ROUNDED not in {t.kind for t in times} else CLOCK


def _subtract(times: Sequence[TimeOf]) -> TimeOf:
    """Two moments cut alike are a span apart. One and a constant are a number made of that one."""
    moments = [time for time in times if time.kind not in _SPANS]
    if len(moments) == 2:
        first, second = moments
        if (first.kind, first.unit) != (second.kind, second.unit):
            return CLOCK
        return TimeOf(TimeKind.NUMBER if first.aside or second.aside else TimeKind.SPAN)
    if len(moments) == 1 and len(times) == 2:
        return _add(times)
    if len(moments) == 1:
        return moments[0]
    return _worst(times)


def _compare(node: exp.Expr, times: Sequence[TimeOf]) -> TimeOf:
    """Before, after or at the same time tells no hour, unless one side is cut and the other not, or an hour is written out."""
    if len(times) > 1 and len({(time.kind, time.unit) for time in times}) > 1:
        return CLOCK
    written = (literal.name for literal in node.find_all(exp.Literal) if literal.is_string)
    late = any(_HOUR.search(text) and not _MIDNIGHT.search(text) for text in written)
    return CLOCK if late and times[0].kind not in _SPANS else NO_TIME


def _cut(unit: str, time: TimeOf) -> TimeOf:
    return TimeOf(TimeKind.DAY, unit + time.moved) if time.kind in (TimeKind.MOMENT, TimeKind.DAY) else CLOCK


def _count_seconds(time: TimeOf) -> TimeOf:
    if time.kind in _SPANS:
        return time
    return TimeOf(TimeKind.NUMBER, time.unit) if time.kind in (TimeKind.MOMENT, TimeKind.DAY) else CLOCK


def _extract(part: str, times: Sequence[TimeOf]) -> TimeOf:
    if part in _PLAIN_PARTS:
        return NO_TIME
    if part == "EPOCH" and times:
        return _count_seconds(times[0])
    return TimeOf(TimeKind.NUMBER) if part in _NUMBER_PARTS else CLOCK


def _cast(node: exp.Cast, time: TimeOf) -> TimeOf:
    wanted = node.to.this
    if wanted is exp.DataType.Type.DATE:
        return _cut("DAY", time)
    if wanted in _TIME_TYPES:
        return time
    if wanted in _WHOLE_NUMBERS and time.kind in _SPANS:
        return TimeOf(TimeKind.ROUNDED)
    return time if wanted in _NUMBERS and time.kind in (*_SPANS, TimeKind.NUMBER) else CLOCK


def _series(times: Sequence[TimeOf]) -> TimeOf:
    """Days from one moment to another. Days from the start of a moment's week to itself count out its weekday."""
    if len(times) != 2 or times[0].places & times[1].places:
        return CLOCK
    return times[0]
