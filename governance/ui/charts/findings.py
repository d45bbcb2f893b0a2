"""The sentence above a chart: what the values show, and no more than that."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from governance.ui.charts.layout import Slot, slots
from governance.ui.charts.standing_out import Side, StandsOut, are_apart, find_standing_out, vary_twofold
from governance.ui.wording import bounded, number, period_name, quantity


def finding(rows: Iterable[Mapping[str, Any]], *, name: str, unit: str = "") -> str:
    """State what the values show by the test of `standing_out`.

    `rows` as for `interval_chart`, `name` the metric's name, `unit` the charter's unit. First and last value are said to differ
    only where their ranges do not touch; periods in between are named that stand out of the ranges of the others. Two periods are
    told that differ though neither stands out of all others. Where all ranges overlap but values lie twofold apart, both ends are
    told as figures: "no clear change" never stands over a doubling.
    Without ranges values are named and nothing is claimed.
    """
    placed = slots(rows)
    valued = [slot for slot in placed if slot.value is not None]
    if not valued:
        return _nothing(placed, name)
    first, last = valued[0], valued[-1]
    if first is last:
        return f"{name}: {_told(first, unit)} in {period_name(first.period)}, one value only"
    if first.ranged is None or last.ranged is None:
        return f"{name}: {_told(first, unit)} in {period_name(first.period)}, {_told(last, unit)} in {period_name(last.period)}"
    stands = find_standing_out(valued)
    if are_apart(first.ranged, last.ranged):
        return f"{_change(first, last, name, unit)}{_besides(stands, first, last, unit)}"
    if stands is not None:
        return _stands_out(stands, valued, name, unit)
    return _varied(valued, name, unit) or _unclear(valued, name, unit)


def _nothing(placed: Sequence[Slot], name: str) -> str:
    gone = "withheld or excluded" if any(slot.excluded for slot in placed) else "withheld"
    if placed and all(slot.withheld for slot in placed):
        return f"{name}: every period is {gone}"
    if any(slot.withheld for slot in placed):
        return f"{name}: no values, some periods are {gone}"
    return f"{name}: no values in this period"


def _told(slot: Slot, unit: str) -> str:
    return bounded(quantity(slot.value, unit), slot.bound)


def _change(first: Slot, last: Slot, name: str, unit: str) -> str:
    """Both ends of a change, with as few decimals as tell them apart."""
    one, other = _value(first), _value(last)
    verb = "fell" if other < one else "rose"
    digits = next((n for n in (0, 1) if number(one, unit, n) != number(other, unit, n)), 2)
    start = bounded(number(one, unit, digits), first.bound)
    return (
        f"{name} {verb} from {start} to {bounded(quantity(other, unit, digits), last.bound)} over the period"
    )


def _besides(stands: StandsOut | None, first: Slot, last: Slot, unit: str) -> str:
    """What else stands out of a series that changed; its ends are told already."""
    if stands is None or {first.at, last.at} & {slot.at for slot in stands.slots}:
        return ""
    return f"; {_periods(stands.slots)} {_verb(stands)} {stands.side.value} all others, {_figures(stands.slots, unit)}"


def _stands_out(stands: StandsOut, valued: Sequence[Slot], name: str, unit: str) -> str:
    others = [slot for slot in valued if slot not in stands.slots]
    side = "higher" if stands.side is Side.ABOVE else "lower"
    return (
        f"{name} was {side} in {_periods(stands.slots)} ({_figures(stands.slots, unit)}) "
        f"than in every other period ({_figures(others, unit)})"
    )


def _varied(valued: Sequence[Slot], name: str, unit: str) -> str:
    """That two periods differ, where neither end nor a few periods do from all others; empty where all ranges overlap."""
    ranged = [slot for slot in valued if slot.ranged is not None]
    low = min(ranged, key=lambda slot: slot.high or 0.0)
    high = max(ranged, key=lambda slot: slot.low or 0.0)
    if (low.high or 0.0) >= (high.low or 0.0):
        return ""
    ends = [f"{_told(slot, unit)} in {period_name(slot.period)}" for slot in (low, high)]
    return f"{name} varied, from {ends[0]} to {ends[1]}"


def _unclear(valued: Sequence[Slot], name: str, unit: str) -> str:
    if not vary_twofold(valued):
        return f"No clear change in {_inside(name)} over the period"
    return f"{name} lay between {_figures(valued, unit, ' and ')}; the ranges are too wide to say that it changed"


def _verb(stands: StandsOut) -> str:
    return "lies" if len(stands.slots) == 1 else "lie"


def _periods(found: Sequence[Slot]) -> str:
    """`March 2026`; `March and May 2026` in full; from four on the count of them."""
    names = [period_name(slot.period) for slot in found]
    if len(names) == 1:
        return names[0]
    if found[-1].at - found[0].at == len(found) - 1:
        return f"{names[0]} to {names[-1]}" if len(names) > 2 else " and ".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) < 4 else f"{len(names)} periods"


def _figures(found: Sequence[Slot], unit: str, between: str = " to ") -> str:
    """The smallest and the largest value: `12 to 15 hours`; with its bound where that is one."""
    ordered = sorted(found, key=_value)
    low, high = ordered[0], ordered[-1]
    start, end = bounded(number(low.value, unit), low.bound), _told(high, unit)
    return end if number(low.value, unit) == number(high.value, unit) else f"{start}{between}{end}"


def _value(slot: Slot) -> float:
    return slot.value or 0.0


def _inside(name: str) -> str:
    """Lower a name's first letter inside a sentence, unless it is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
