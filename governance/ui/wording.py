"""Numbers, periods and durations in plain English, for pages and drawings alike; pure, no Django."""

import re
from datetime import date
from decimal import Decimal

from charter.rules.words import duration

__all__ = [
    "MONTHS",
    "NO_VALUE",
    "SHARES",
    "bounded",
    "duration",
    "number",
    "period_name",
    "period_parts",
    "quantity",
    "unit_word",
]

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Units written after the number, one and many; a unit not named here is written as it is.
UNIT_WORDS = {
    "hour": ("hour", "hours"),
    "minute": ("minute", "minutes"),
    "day": ("day", "days"),
    "count": ("", ""),
    "number": ("", ""),
    "line": ("line", "lines"),
    "change": ("change", "changes"),
    "commit": ("commit", "commits"),
    "deployment": ("deployment", "deployments"),
    "deployment a week": ("deployment a week", "deployments a week"),
    "item": ("item", "items"),
    "incident": ("incident", "incidents"),
}
SHARES = frozenset({"share", "percent", "ratio", "proportion"})  # stored between 0 and 1
WHOLE = frozenset({"count", "line", "change", "commit", "deployment", "incident", "item"})
NO_VALUE = "–"

_PERIOD = re.compile(r"(?P<year>\d{4})-(?:(?P<month>\d{2})|Q(?P<quarter>[1-4]))(?:-\d{2})?")


def number(value: float | Decimal | None, unit: str = "", digits: int | None = None) -> str:
    """Write a value without its unit's word: 31.2, 41, 7%; a dash for no value.

    `unit` is a charter's unit; a share between 0 and 1 is written in percent. `digits` fixes the decimals.
    """
    if value is None:
        return NO_VALUE
    if unit in SHARES:
        return f"{float(value) * 100:,.{_share_digits(float(value)) if digits is None else digits}f}%"
    if digits is None:
        digits = 0 if float(value).is_integer() and unit in WHOLE | {"", "number"} else 1
    return f"{float(value):,.{digits}f}"


def _share_digits(value: float) -> int:
    """Whole percents, but one decimal where rounding would turn something into nothing, or nearly all into all."""
    percent = value * 100
    return 1 if 0 < percent < 1 or 99 < percent < 100 else 0


def quantity(value: float | Decimal | None, unit: str = "", digits: int | None = None) -> str:
    """Write a value with its unit's word: 31.2 hours, 1 hour, 7%, 41."""
    written = number(value, unit, digits)
    if value is None or unit in SHARES:
        return written
    return f"{written} {unit_word(unit, many=written not in ('1', '1.0'))}".rstrip()


def bounded(written: str, bound: str) -> str:
    """Write a value that is only known to be no more, or no less: at most 1%; any other as it is."""
    words = {"at_most": "at most", "at_least": "at least"}.get(bound)
    return f"{words} {written}" if words else written


def unit_word(unit: str, many: bool = True) -> str:
    """Return the word of a unit: hours; percent of a share; nothing of a plain count."""
    if unit in SHARES:
        return "percent"
    known = UNIT_WORDS.get(unit) or UNIT_WORDS.get(unit.removesuffix("s"))
    return known[many] if known else unit.replace("_", " ")


def period_parts(period: str | date) -> tuple[int, int, str]:
    """Return (year, month or quarter, "month" or "quarter") of 2026-01, 2026-01-01 or 2026-Q1; ValueError else."""
    if isinstance(period, date):
        return period.year, period.month, "month"
    found = _PERIOD.fullmatch(period)
    if found is None or not (found["quarter"] or 1 <= int(found["month"]) <= 12):
        raise ValueError(f"{period!r} is neither a month such as 2026-01 nor a quarter such as 2026-Q1")
    if found["quarter"]:
        return int(found["year"]), int(found["quarter"]), "quarter"
    return int(found["year"]), int(found["month"]), "month"


def period_name(period: str | date, short: bool = False) -> str:
    """Write a period: January 2026 or Jan 2026; Q1 2026."""
    year, part, kind = period_parts(period)
    if kind == "quarter":
        return f"Q{part} {year}"
    month = MONTHS[part - 1]
    return f"{month[:3] if short else month} {year}"
