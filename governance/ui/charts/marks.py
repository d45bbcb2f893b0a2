"""What is drawn of each period: its value, the range it likely lies in, and bounds, which are no values."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from governance.ui.charts.layout import Slot, segments
from governance.ui.charts.scales import Scales
from governance.ui.theme import BAND_OPACITY, INKS

CAP = 7  # half the width of the cap of a whisker or a bound
ARROW = 16  # how far the arrow of a bound reaches


def data(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows))


def dot(size: float) -> dict[str, Any]:
    return {
        "filled": False,
        "fill": INKS["paper"],
        "stroke": INKS["accent"],
        "strokeWidth": 2.4,
        "size": size,
        "opacity": 1,
    }


def has_band(placed: Sequence[Slot]) -> bool:
    """Whether ranges join into a band: each has a neighbour with one. Else every range is a whisker of its own."""
    parts = segments(placed, lambda slot: slot.has_range)
    return bool(parts) and all(len(part) > 1 for part in parts)


def ranges(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    """The range of each value, one form a chart: a band, or whiskers where months without a range would tear it."""
    parts = segments(placed, lambda slot: slot.has_range)
    if not parts:
        return []
    if not has_band(placed):
        return _whiskers([slot for part in parts for slot in part], scales)
    rows = [
        {"at": slot.at, "low": slot.low, "high": slot.high, "segment": n}
        for n, part in enumerate(parts)
        for slot in part
    ]
    area = data(rows).mark_area(fill=INKS["accent"], fillOpacity=BAND_OPACITY)
    return [area.encode(x=scales.x(), y=scales.y("low"), y2=alt.Y2("high:Q"), detail=alt.Detail("segment:N"))]


def _whiskers(ranged: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    return [
        part
        for slot in ranged
        for part in whisker(
            scales.room.x(slot.at), *(scales.room.y(end or 0) for end in (slot.high, slot.low))
        )
    ]


def whisker(x: float, top: float, foot: float) -> list[alt.Chart]:
    """A thin line with a cap at either end, in pixels."""
    caps = (rule(x - CAP / 2, end, x + CAP / 2, end, strokeWidth=1.4) for end in (top, foot))
    return [rule(x, top, x, foot, strokeWidth=1.4), *caps]


def rule(x: float, y: float, x2: float, y2: float, **style: Any) -> alt.Chart:
    """A line from one pixel to another in the accent."""
    line = data([{}]).mark_rule(color=INKS["accent"], **style)
    drawn: alt.Chart = line.encode(x=alt.XValue(x), y=alt.YValue(y), x2=alt.X2Value(x2), y2=alt.Y2Value(y2))
    return drawn


def line(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    """Values as points that a line joins; a bound is no value, so no line leads through it."""
    parts = segments(placed, lambda slot: slot.value is not None and not slot.bound)
    rows = [{"at": s.at, "value": s.value, "segment": n} for n, part in enumerate(parts) for s in part]
    if not rows:
        return []
    base = data(rows).encode(x=scales.x(), y=scales.y())
    joined = base.mark_line(stroke=INKS["accent"], strokeWidth=2.6).encode(detail=alt.Detail("segment:N"))
    size = 56 if scales.room.slot >= 18 else 20
    return [joined, base.mark_point(shape="circle", **dot(size))]


def bounds(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    """Where only a bound is told: a cap, and an arrow to the side on which the value lies."""
    room = scales.room
    found = [(slot, room.y(slot.value)) for slot in placed if slot.value is not None and slot.bound]
    return [part for slot, y in found for part in bound(room.x(slot.at), y, slot.bound, room.height)]


def bound(x: float, y: float, which: str, foot: float) -> list[alt.Chart]:
    """One bound in pixels; the arrow stays inside the plot, which ends at `foot`."""
    end = min(y + ARROW, foot) if which == "at_most" else max(y - ARROW, 0)
    shape = "triangle-down" if which == "at_most" else "triangle-up"
    tip = data([{}]).mark_point(shape=shape, filled=True, fill=INKS["accent"], size=46, opacity=1)
    return [
        rule(x - CAP, y, x + CAP, y, strokeWidth=2.6),
        rule(x, y, x, end, strokeWidth=1.6),
        tip.encode(x=alt.XValue(x), y=alt.YValue(end)),
    ]
