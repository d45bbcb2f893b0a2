"""Whether an expression of any dialect tells the hour or the weekday at which people were at work (AR03). Pure.

What arithmetic on moments tells is worked out for facts queries (`charter.registry.facts_times`). Dialects have more words for it:
here each is turned into one that is known there, and what is not known tells the clock.
"""

import re
from collections.abc import Sequence

from sqlglot import exp

from charter.registry.facts_times import CLOCK, NO_TIME, TimeKind, TimeOf, combine

_DAY_CUTS = (
    exp.Date,
    exp.TsOrDsToDate,
    exp.ToDays,
    exp.UnixDate,
    exp.DateToDi,
    exp.TimeStrToDate,
    exp.DateStrToDate,
)
_YEARS = (exp.Year, exp.Month, exp.Quarter)
_DAYS = (exp.DayOfMonth, exp.DayOfYear, exp.Week, exp.WeekOfYear, exp.LastDay)
MOVES = (
    exp.DateAdd, exp.DateSub, exp.TimestampAdd, exp.TimestampSub, exp.DatetimeAdd, exp.DatetimeSub, exp.TsOrDsAdd,
)  # fmt: skip
_DIFFERENCES = (exp.DateDiff, exp.TimestampDiff, exp.DatetimeDiff, exp.TsOrDsDiff, exp.TimeDiff)
_SAME = (
    exp.TimeStrToTime,
    exp.TsOrDsToDatetime,
    exp.Datetime,
    exp.FromISO8601Timestamp,
    exp.ParseTime,
    exp.UnixToTime,
    exp.TsOrDsToTimestamp,
    exp.Timestamp,
    exp.StrToTime,
    exp.StrToDate,
    exp.AnyValue,
    exp.First,
)
_THROUGH = (
    exp.Min, exp.Max, exp.Avg, exp.Sum, exp.Median, exp.Quantile, exp.PercentileCont, exp.PercentileDisc, exp.WithinGroup,
    exp.ApproxQuantile, exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.Filter, exp.Order, exp.Ordered,
    exp.Coalesce, exp.Case, exp.If, exp.Nullif, exp.Greatest, exp.Least, exp.Window, exp.Lag, exp.Lead, exp.FirstValue,
    exp.LastValue, exp.Distinct, exp.Paren, exp.Alias, exp.Round, exp.Floor, exp.Ceil, exp.Add, exp.Sub, exp.Mul, exp.Div,
    exp.IntDiv, exp.Neg, exp.Abs, exp.Cast, exp.TryCast, exp.Extract, exp.AtTimeZone, exp.DateTrunc, exp.TimestampTrunc,
    exp.TimeToUnix, exp.GenerateSeries, exp.Tuple, exp.Group, exp.WindowSpec, exp.Bracket, exp.Where, exp.Having,
    exp.ArrayAgg, exp.Explode, exp.DayOfWeek, exp.DayOfWeekIso, exp.Interval, exp.IgnoreNulls,
)  # fmt: skip
TRUTHS = (
    exp.And, exp.Or, exp.Not, exp.Is, exp.Exists, exp.Count, exp.CountIf, exp.RowNumber, exp.Rank, exp.DenseRank,
    exp.ApproxDistinct, exp.LogicalOr, exp.LogicalAnd, exp.PercentRank, exp.CumeDist, exp.Ntile,
)  # fmt: skip
COMPARISONS = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In,
)  # fmt: skip
_CLOCK_SIGNS = re.compile(r"%[-#]?[HIklMSfpPaAwuTRcXrsn]|HH|hh|MI|SS|dow|[Dd]ay|Dy|EEE|%W", re.ASCII)
# Functions that the parser has no class for, by what they make of a moment.
_CALLS = {
    "UNIX_TIMESTAMP": "epoch", "TO_UNIXTIME": "epoch", "AGE": "difference", "YEARWEEK": "week", "TOYYYYMM": "month", "TOISOWEEK": "week",
    "MONTHNAME": "month", "TIME_BUCKET": "cut", "TIME_BUCKET_GAPFILL": "cut", "DATE_BIN": "cut", "DATE_BUCKET": "cut", "TO_DATE": "cut",
    "TOSTARTOFINTERVAL": "cut", "TOSTARTOFWEEK": "cut", "TODATE": "cut", "TODATE32": "cut", "TOLASTDAYOFWEEK": "cut",
    "TOYEAR": "month", "TOMONTH": "month", "TOQUARTER": "month", "TODAYOFMONTH": "week", "TODAYOFYEAR": "week", "TOWEEK": "week",
    "TOYEARWEEK": "week", "TOUNIXTIMESTAMP": "epoch", "TODATETIME": "same", "TOTIMEZONE": "same", "EOMONTH": "cut", "DATEFROMPARTS": "cut",
}  # fmt: skip
_PARTS = (exp.Extract, exp.Hour, exp.Minute, exp.Second, exp.DayOfMonth, exp.Day)
_SPANS = (TimeKind.SPAN, TimeKind.ROUNDED)
_DATED = re.compile(r"\d{4}-\d\d-\d\d|^\d{9,}$")
_DAY_SECONDS = 86_400


_MEANT = {
    "epoch": exp.TimeToUnix(),
    "week": exp.Extract(this=exp.var("WEEK")),
    "month": exp.Extract(this=exp.var("MONTH")),
    "cut": exp.TimestampTrunc(unit=exp.var("DAY")),
}


def tell_time(node: exp.Expr, parts: Sequence[TimeOf]) -> TimeOf:
    """What a node of any dialect tells whose parts tell this, in the order of `iter_expressions`."""
    times = [part for part in parts if part.kind is not TimeKind.NONE]
    if any(time.kind is TimeKind.CLOCK for time in times):
        return CLOCK
    if not times or isinstance(node, TRUTHS):
        return NO_TIME
    if isinstance(node, COMPARISONS):
        return _compare(node, parts, times)
    return _tell(node, parts, times)


def _tell(node: exp.Expr, parts: Sequence[TimeOf], times: Sequence[TimeOf]) -> TimeOf:
    if isinstance(node, _PARTS) and all(time.kind in _SPANS for time in times):
        return TimeOf(TimeKind.ROUNDED)  # hours of a span are a length
    known = _translate(node)
    if known is not None:
        return combine(known, times)
    if isinstance(node, exp.TimeToStr | exp.ToChar | exp.DateToDateStr):
        return _format(node, times)
    if isinstance(node, _SAME):
        return times[0]
    if isinstance(node, exp.Mul | exp.Div | exp.IntDiv) and _is_scaled(node, times):
        return times[0]
    if isinstance(node, exp.Anonymous):
        return _call(node, times)
    if isinstance(node, _THROUGH):
        return combine(node, parts)
    return NO_TIME if all(time.kind <= TimeKind.ROUNDED for time in times) else CLOCK


def _translate(node: exp.Expr) -> exp.Expr | None:
    """The node of facts queries that tells the same, where it has another name here."""
    if isinstance(node, _DAY_CUTS):
        return exp.cast(exp.null(), "date")
    if isinstance(node, exp.Convert) and str(node.this).upper() == "DATE":
        return exp.cast(exp.null(), "date")
    if isinstance(node, exp.DateBin):
        return _MEANT["cut"]
    if isinstance(node, _YEARS):
        return exp.Extract(this=exp.var("YEAR"))
    if isinstance(node, _DAYS):
        return exp.Extract(this=exp.var("DAY"))
    if isinstance(node, _DIFFERENCES):
        return exp.DateDiff()
    if isinstance(node, exp.ConvertTimezone | exp.FromTimeZone):
        return exp.AtTimeZone(this=exp.null(), zone=exp.Literal.string("zone"))
    if isinstance(node, exp.TryCast):
        return exp.Cast(this=exp.null(), to=node.args["to"])
    if isinstance(node, exp.Extract) and str(node.this).upper() in ("ISOYEAR", "CENTURY", "DECADE"):
        return exp.Extract(this=exp.var("YEAR"))
    return _translate_move(node)


def _translate_move(node: exp.Expr) -> exp.Expr | None:
    """Moving a moment by a length that is written out; by one that is worked out it is told as it stands."""
    if not isinstance(node, MOVES):
        return None
    by = node.args.get("expression")
    literal = isinstance(by, exp.Interval | exp.Literal | exp.Neg)
    return (
        exp.Add(this=exp.null(), expression=by if isinstance(by, exp.Interval) else exp.Interval(this=by))
        if literal
        else None
    )


def _format(node: exp.Expr, times: Sequence[TimeOf]) -> TimeOf:
    """A moment written out, by its format: with an hour or a weekday, or cut to its day."""
    pattern = node.args.get("format")
    if times[0].kind <= TimeKind.ROUNDED:
        return NO_TIME
    if not isinstance(pattern, exp.Literal) or _CLOCK_SIGNS.search(pattern.name.replace("00:00", "")):
        return CLOCK
    return NO_TIME


def _call(node: exp.Anonymous, times: Sequence[TimeOf]) -> TimeOf:
    meant = _CALLS.get(node.name.upper(), "")
    if meant == "difference" and len(times) == 2:
        return combine(exp.Sub(), times)
    if meant == "same":
        return times[0]
    if meant in _MEANT and len(times) == 1:
        return combine(_MEANT[meant], times)
    return NO_TIME if all(time.kind in _SPANS for time in times) else CLOCK


def _is_scaled(node: exp.Expr, times: Sequence[TimeOf]) -> bool:
    """Seconds as thousandths, or in whole days."""
    by = node.args.get("expression")
    if times[0].kind is not TimeKind.NUMBER or not isinstance(by, exp.Literal) or by.is_string:
        return False
    number = float(by.name)
    return number in (1000.0, 1_000_000.0, 1e9) or (number > 0 and number % _DAY_SECONDS == 0)


def _compare(node: exp.Expr, parts: Sequence[TimeOf], times: Sequence[TimeOf]) -> TimeOf:
    """A comparison with written days, or with a number of seconds since 1970, bounds a window and tells no hour."""
    literals = [each for each in node.find_all(exp.Literal) if each.find_ancestor(exp.Interval) is None]
    dated = bool(literals) and all(_DATED.search(each.name) for each in literals)
    if dated and len(times) == 1 and times[0].kind in (TimeKind.MOMENT, TimeKind.DAY, TimeKind.NUMBER):
        return NO_TIME
    if isinstance(node, exp.In):
        return CLOCK if times[0].kind not in (TimeKind.SPAN, TimeKind.ROUNDED, TimeKind.DAY) else NO_TIME
    if len(times) == 1 and times[0].kind in (TimeKind.MOMENT, TimeKind.DAY) and not isinstance(node, exp.EQ):
        return NO_TIME if not _names_hour(literals) else CLOCK
    return combine(node, parts)


def _names_hour(literals: Sequence[exp.Literal]) -> bool:
    return any(
        re.search(r"(?<!\d-)\b\d{1,2}:\d\d", each.name) and not _DATED.search(each.name) for each in literals
    )
