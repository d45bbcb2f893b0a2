"""Where things stand in an interval chart: slots on the time axis, runs of withheld and noted periods, ticks."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from governance.ui.theme import text_width
from governance.ui.wording import MONTHS, period_parts

PERIODS_A_YEAR = {"month": 12, "quarter": 4}


class Ranged(NamedTuple):
    """A value and the range that it likely lies in."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Slot:
    """One period: `at` counts periods from the first one shown; value, low and high in the metric's unit."""

    at: int
    period: str
    year: int
    part: int
    kind: str
    value: float | None
    low: float | None
    high: float | None
    withheld: str | None
    context: str
    excluded: bool = False  # there is a value, which is left out of decisions about people
    contested: bool = False  # the value is under review
    bound: str = ""  # "at_most" or "at_least" where only that is told of the value

    @property
    def ranged(self) -> Ranged | None:
        """The value with its range, where there are both."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return Ranged(self.value, self.low, self.high)

    @property
    def has_range(self) -> bool:
        """Whether a range can be drawn."""
        return self.ranged is not None


@dataclass(frozen=True)
class Run:
    """Neighbouring periods, first to last inclusive, that share one label."""

    first: int
    last: int
    label: str


def slots(rows: Iterable[Mapping[str, Any]]) -> list[Slot]:
    """Place rows on the time axis, in order; a period without a row leaves its place empty.

    A withheld row gives no numbers, whatever else it carries.
    """
    placed = sorted((_ordinal(row["period"]), row) for row in _unique(rows))
    return [_slot(ordinal - placed[0][0], row) for ordinal, row in placed]


def _unique(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    rows = list(rows)
    if len({row["period"] for row in rows}) != len(rows):
        raise ValueError("a chart takes one row a period")
    return rows


def _ordinal(period: str) -> int:
    year, part, kind = period_parts(period)
    return year * PERIODS_A_YEAR[kind] + part - 1


def _slot(at: int, row: Mapping[str, Any]) -> Slot:
    year, part, kind = period_parts(row["period"])
    withheld = row.get("withheld") or None
    value, low, high = (None if withheld else _number(row.get(name)) for name in ("value", "low", "high"))
    context = ", ".join(str(label) for label in row.get("context") or ())
    flags = bool(row.get("excluded")), bool(row.get("contested"))
    bound = "" if withheld else row.get("bound") or ""
    return Slot(at, row["period"], year, part, kind, value, low, high, withheld, context, *flags, bound)


def _number(value: Any) -> float | None:
    return None if value is None else max(0.0, float(value))


def segments(placed: Sequence[Slot], shown: Callable[[Slot], bool]) -> list[list[Slot]]:
    """Split the slots that are shown wherever a period between them is not: no line crosses a gap."""
    kept = [slot for slot in placed if shown(slot)]
    return [
        [slot for _, slot in group]
        for _, group in groupby(enumerate(kept), lambda pair: pair[1].at - pair[0])
    ]


def runs(placed: Sequence[Slot], label: Callable[[Slot], str | None]) -> list[Run]:
    """Join neighbouring slots of one label; slots without a label are left out."""
    found: list[Run] = []
    for slot in placed:
        text = label(slot)
        if not text:
            continue
        if found and found[-1].last == slot.at - 1 and found[-1].label == text:
            found[-1] = Run(found[-1].first, slot.at, text)
        else:
            found.append(Run(slot.at, slot.at, text))
    return found


FROM_ZERO = 0.5  # an axis begins at zero unless all that is told lies above this part of the highest


def axis_start(lowest: float, highest: float) -> float:
    """Where the axis of values begins: at zero, unless that would flatten what is told into the top half."""
    return 0.0 if lowest <= FROM_ZERO * highest else lowest


def ticks(highest: float, lowest: float = 0.0, cap: float = math.inf) -> list[float]:
    """Return round steps from `lowest` or less to at least `highest`, none above `cap`: 0 10 20 30; four to six of them."""
    if highest <= 0:
        return [0.0, 1.0]
    rough = (highest - lowest) / 5 if highest > lowest else highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.floor(lowest / step + 1e-9), math.ceil(highest / step - 1e-9)
    if first == last:
        first = max(0, first - 1)
    return [each for n in range(first, last + 1) if (each := round(step * n, 10)) <= cap + 1e-9]


def time_labels(placed: Sequence[Slot], slot_width: float) -> dict[int, list[str]]:
    """Choose which periods are named under the axis, {at: lines}; the year stands under the first and each January.

    Labels are thinned to every second, third, sixth … month so that none touches the next.
    """
    first, count = placed[0], placed[-1].at + 1
    a_year = PERIODS_A_YEAR[first.kind]
    steps = [n for n in (1, 2, 3, 4, 6, 12, 24, 60) if a_year % n == 0 or n % a_year == 0]
    step = next((n for n in steps if n * slot_width >= text_width("2026")), steps[-1])
    named: dict[int, tuple[str, int, bool]] = {}
    for at in range(count):
        year, part = divmod(first.year * a_year + first.part - 1 + at, a_year)
        months = year * a_year + part
        if months % step == 0 or (count <= step and at == 0):
            named[at] = (MONTHS[part][:3] if first.kind == "month" else f"Q{part + 1}", year, part == 0)
    return _with_years(named, slot_width)


def _with_years(named: Mapping[int, tuple[str, int, bool]], slot_width: float) -> dict[int, list[str]]:
    """Write the year under each January and under the first name, where that stands clear of the next year."""
    room = text_width("2026") * 1.2 / slot_width
    starts = [at for at, (_, _, opens) in named.items() if opens]
    first = next(iter(named))
    dated = set(starts) | ({first} if not starts or starts[0] - first >= room else set())
    return {at: [name, str(year)] if at in dated else [name] for at, (name, year, _) in named.items()}
