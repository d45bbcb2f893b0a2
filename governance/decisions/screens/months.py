"""Closed months, and the spans of them that people ask for most. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from msgspec import Struct

MONTHS_SHOWN = 60
OWN = "own"  # the first and the last month are chosen one by one
LASTS = (12, 3, 18)


class Preset(Struct, frozen=True):
    """A span of months by name: its first and its last month, as 2026-03."""

    name: str
    label: str
    first: str
    last: str

    def fit_quarters(self) -> tuple[str, str] | None:
        """The whole quarters in it; None where there is none."""
        first = next((month for month in _between(self.first, self.last) if int(month[-2:]) % 3 == 1), "")
        ends = [month for month in _between(self.first, self.last) if int(month[-2:]) % 3 == 0]
        return (first, ends[-1]) if first and ends and ends[-1] > first else None


def list_closed_months(day: date) -> tuple[str, ...]:
    """The last months that were over on this day, newest first."""
    now = _number(f"{day:%Y-%m}")
    return tuple(_month(at) for at in range(now - 1, now - 1 - MONTHS_SHOWN, -1))


def list_presets(months: Sequence[str], on: date) -> tuple[Preset, ...]:
    """The spans that lie within these months, which come newest first; the usual one first."""
    if not months:
        return ()
    found = [
        Preset(
            f"last_{count}", _("The last %(count)s months") % {"count": count}, months[count - 1], months[0]
        )
        for count in LASTS
        if len(months) >= count
    ]
    quarter = _number(f"{on:%Y-%m}") // 3 * 3
    for name, label, start in (
        ("this_quarter", _("This quarter so far"), quarter),
        ("last_quarter", _("The last quarter"), quarter - 3),
    ):
        inside = [month for month in months if start <= _number(month) < start + 3]
        if inside and (name == "this_quarter" or len(inside) == 3):
            found.append(Preset(name, label, min(inside), max(inside)))
    return tuple(found)


def find_preset(presets: Iterable[Preset], first: str, last: str) -> str:
    """The name of the span that these months are, else that they are chosen one by one."""
    return next((each.name for each in presets if (each.first, each.last) == (first, last)), OWN)


def _between(first: str, last: str) -> list[str]:
    return [_month(at) for at in range(_number(first), _number(last) + 1)]


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[-2:]) - 1


def _month(at: int) -> str:
    return f"{at // 12:04d}-{at % 12 + 1:02d}"
