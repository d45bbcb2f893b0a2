"""The sentence above a chart: what the values show, and no more than that."""

from collections.abc import Iterable, Mapping
from typing import Any

from governance.ui.charts.layout import Ranged, Slot, slots
from governance.ui.wording import number, period_name, quantity


def finding(rows: Iterable[Mapping[str, Any]], *, name: str, unit: str = "") -> str:
    """State what changed between the first and the last value, if it did.

    `rows` as for `interval_chart`, `name` the metric's name, `unit` the charter's unit. A change is claimed only
    where the ranges of the first and last value do not overlap; without ranges both values are named and no
    change is claimed.
    """
    placed = slots(rows)
    valued = [slot for slot in placed if slot.value is not None]
    if not valued:
        return _nothing(placed, name)
    first, last = valued[0], valued[-1]
    if first is last:
        return f"{name}: {quantity(first.value, unit)} in {period_name(first.period)}, one value only"
    if first.ranged is None or last.ranged is None:
        return (
            f"{name}: {quantity(first.value, unit)} in {period_name(first.period)}, "
            f"{quantity(last.value, unit)} in {period_name(last.period)}"
        )
    if _overlap(first.ranged, last.ranged):
        return f"No clear change in {_inside(name)} over the period"
    return _change(first.ranged, last.ranged, name, unit)


def _nothing(placed: list[Slot], name: str) -> str:
    gone = "withheld or excluded" if any(slot.excluded for slot in placed) else "withheld"
    if placed and all(slot.withheld for slot in placed):
        return f"{name}: every period is {gone}"
    if any(slot.withheld for slot in placed):
        return f"{name}: no values, some periods are {gone}"
    return f"{name}: no values in this period"


def _overlap(one: Ranged, other: Ranged) -> bool:
    return one.low <= other.high and other.low <= one.high


def _change(first: Ranged, last: Ranged, name: str, unit: str) -> str:
    verb = "fell" if last.value < first.value else "rose"
    digits = next((n for n in (0, 1) if number(first.value, unit, n) != number(last.value, unit, n)), 2)
    return f"{name} {verb} from {number(first.value, unit, digits)} to {quantity(last.value, unit, digits)} over the period"


def _inside(name: str) -> str:
    """Lower a name's first letter inside a sentence, unless it is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
