"""The Altair specification of an interval chart: every place is reckoned here, Vega draws it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from governance.ui.charts.layout import Run, Slot, runs, segments, ticks, time_labels
from governance.ui.theme import BAND_OPACITY, FONT, FONT_SIZE, HATCHED, INKS, text_width
from governance.ui.wording import SHARES, number

MARGIN_TOP, MARGIN_RIGHT, MARGIN_AXIS, LEGEND_ROW = 34, 14, 52, 26
SWATCH, SWATCH_GAP, ENTRY_GAP = 28, 8, 22
# What a gap and a frame look like; each is named in words as well, in its place and in the legend.
HATCH = {"fill": HATCHED, "stroke": INKS["withheld"], "strokeDash": [4, 3], "strokeWidth": 1}
PLAIN = {"fill": INKS["paper"], "stroke": INKS["line-strong"], "strokeWidth": 1}
FRAMED = {"filled": False, "stroke": INKS["withheld"], "strokeDash": [2, 3], "strokeWidth": 1.6}
UNDER_REVIEW = "Under review"
HALO = {"stroke": INKS["paper"], "strokeWidth": 4}


@dataclass(frozen=True)
class Frame:
    """Sizes of one drawing, in pixels: the plot lies at `left`, `MARGIN_TOP` inside the drawing."""

    width: int
    height: int
    left: int
    count: int
    steps: tuple[float, ...]
    valued: bool

    @property
    def plot(self) -> float:
        """Width of the plot."""
        return self.width - self.left - MARGIN_RIGHT

    @property
    def slot(self) -> float:
        """Width of one period."""
        return self.plot / self.count

    def x(self, at: float) -> float:
        """Pixel of a place on the time axis."""
        return (at + 0.5) * self.slot

    def y(self, value: float) -> float:
        """Pixel of a value."""
        return self.height * (1 - value / self.steps[-1])


def frame(placed: Sequence[Slot], width: int, unit: str) -> Frame:
    """Measure a drawing of `width` pixels for these slots."""
    values = [max(slot.value, slot.high or 0) for slot in placed if slot.value is not None]
    steps = tuple(ticks(max(values, default=0)))
    left = 12 + round(max(text_width(text) for text in tick_labels(steps, unit)))
    height = 338 if width >= 480 else 260
    return Frame(width, height, left, placed[-1].at + 1, steps, bool(values))


def tick_labels(steps: Sequence[float], unit: str) -> list[str]:
    """Write ticks with as few decimals as say them exactly."""
    scale = 100 if unit in SHARES else 1
    exact = (n for n in range(5) if all(abs(round(step * scale, n) - step * scale) < 1e-9 for step in steps))
    digits = next(exact, 5)
    return [number(step, unit, digits) for step in steps]


def chart(placed: Sequence[Slot], room: Frame, *, unit_label: str, unit: str) -> dict[str, Any]:
    """Return the Vega-Lite specification of the chart."""
    scales = Scales(placed, room, unit)
    entries = _entries(placed)
    layers = [
        *_notes(placed, scales),
        *_contested(placed, scales),
        *_axes(scales, unit_label),
        *_withheld(placed, scales),
        *_band(placed, scales),
        *_line(placed, scales),
        *_note_labels(placed, scales),
        *_end_labels(placed, scales),
        *_legend(entries, room),
    ]  # explicit channel classes throughout: letting Altair guess them takes longer than drawing
    bottom = MARGIN_AXIS + LEGEND_ROW * len(_legend_rows(entries, room))
    drawn: dict[str, Any] = (
        alt.layer(*layers)
        .properties(
            width=room.plot,
            height=room.height,
            padding={"left": room.left, "top": MARGIN_TOP, "right": MARGIN_RIGHT, "bottom": bottom},
            autosize=alt.AutoSizeParams(type="none"),
        )
        .configure(font=FONT, background="transparent")
        .configure_view(stroke=None)
        .configure_text(font=FONT, fontSize=FONT_SIZE, fill=INKS["ink"])
        .to_dict(validate=False)
    )
    return drawn


class Scales:
    """The two scales that all layers share: periods across, the metric's unit upwards from zero."""

    def __init__(self, placed: Sequence[Slot], room: Frame, unit: str):
        self.room, self.unit = room, unit
        self._labels = time_labels(placed, room.slot)
        self._text: dict[str, Any] = {
            "labelFont": FONT,
            "labelFontSize": FONT_SIZE,
            "labelOverlap": False,
            "labelPadding": 8,
        }

    def x(self, field: str = "at") -> alt.X:
        """The time axis, its labels chosen so that none touches the next."""
        names = json.dumps({str(at): lines for at, lines in self._labels.items()})
        axis = alt.Axis(
            **self._text, values=list(self._labels), labelExpr=f"({names})[datum.value]", labelColor=INKS["ink"],
            labelLineHeight=18, labelFlush=False, ticks=False, grid=False, domainColor=INKS["ink"], title=None,
        )  # fmt: skip
        scale = alt.Scale(domain=[-0.5, self.room.count - 0.5], nice=False, zero=False)
        return alt.X(f"{field}:Q", axis=axis, scale=scale)

    def y(self, field: str = "value") -> alt.Y:
        """The axis of values, from zero."""
        steps = list(self.room.steps)
        names = json.dumps(tick_labels(steps, self.unit))
        axis = alt.Axis(
            **self._text, values=steps if self.room.valued else [], labelExpr=f"{names}[indexof({steps}, datum.value)]",
            labelColor=INKS["ink-2"], ticks=False, grid=False, domain=False, title=None,
        )  # fmt: skip
        return alt.Y(f"{field}:Q", axis=axis, scale=alt.Scale(domain=[0, steps[-1]], nice=False))


def _data(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows))


def _axes(scales: Scales, unit_label: str) -> list[alt.Chart]:
    """Grid lines (drawn above notes, hence not the axis's own) and the unit over the axis."""
    room = scales.room
    base = _data([{"at": 0}]).mark_point(opacity=0, size=0, filled=True, fill=INKS["ink"])
    time = base.encode(x=scales.x(), y=alt.YValue(0))
    if not room.valued:
        return [time]
    grid = _data([{"value": step} for step in room.steps[1:]]).mark_rule(color=INKS["grid"])
    unit = _text(unit_label, -room.left, -MARGIN_TOP + 12, fill=INKS["ink-2"])
    return [grid.encode(y=scales.y()), time, unit]


def _text(text: str, x: float, y: float, **style: Any) -> alt.Chart:
    style = {"align": "left", "baseline": "alphabetic"} | style
    written: alt.Chart = _data([{}]).mark_text(text=text, **style).encode(x=alt.XValue(x), y=alt.YValue(y))
    return written


def _columns(found: Sequence[Run], scales: Scales, inset: float, **style: Any) -> list[alt.Chart]:
    """Boxes over the height of the plot, `inset` pixels inside their periods' edges."""
    if not found:
        return []
    edge = 0.5 - inset / scales.room.slot
    rows = [{"start": run.first - edge, "end": run.last + edge} for run in found]
    box = _data(rows).mark_rect(**style)
    return [
        box.encode(
            x=scales.x("start"), x2=alt.X2("end:Q"), y=alt.YValue(0), y2=alt.Y2Value(scales.room.height)
        )
    ]


def _notes(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    return _columns(_noted(placed), scales, 0, fill=INKS["due-tint"])


def _noted(placed: Sequence[Slot]) -> list[Run]:
    return runs(placed, lambda slot: slot.context)


def _contested(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    """A dashed frame around periods under review, whose values are drawn as any other."""
    found = runs(placed, lambda slot: UNDER_REVIEW if slot.contested else "")
    return _columns(found, scales, 2, **FRAMED)


def _named(slot: Slot) -> str:
    """What stands over a period: that it is under review, and its notes."""
    return ", ".join(filter(None, (UNDER_REVIEW if slot.contested else "", slot.context)))


def _note_labels(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    """Name each note once over its column, where the name stands clear of the one before; the table has them all."""
    labels, free = [], 0.0
    for run in runs(placed, _named):
        half = text_width(run.label) / 2 + 4
        middle = min(max((run.first + run.last + 1) / 2 * scales.room.slot, half), scales.room.plot - half)
        if middle - half >= free:
            labels.append(_text(run.label, middle, -7, align="center", fill=INKS["due"], fontWeight=600))
            free = middle + half
    return labels


def _withheld(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    """Gaps where there is no number: hatched where none may be told, plain where one is left out."""
    inset = min(5, scales.room.slot / 8)
    hatched = runs(placed, lambda slot: "" if slot.excluded else slot.withheld)
    plain = runs(placed, lambda slot: slot.withheld if slot.excluded else "")
    boxes = [*_columns(hatched, scales, inset, **HATCH), *_columns(plain, scales, inset, **PLAIN)]
    return boxes + [label for run in (*hatched, *plain) for label in _gap_label(run, scales.room)]


def _gap_label(run: Run, room: Frame) -> list[alt.Chart]:
    """Write the reason into its gap, or its first words, lying or standing; nothing where nothing fits."""
    wide, middle = (run.last - run.first + 1) * room.slot - 12, (run.first + run.last + 1) / 2 * room.slot
    style = {
        "align": "center",
        "baseline": "middle",
        "fontWeight": 600,
        "stroke": INKS["paper"],
        "strokeWidth": 7,
    }
    for text in (run.label, heading(run.label)):
        if text_width(text) <= wide:
            return [_text(text, middle, room.height / 2, **style)]
        if wide >= FONT_SIZE - 4 and text_width(text) <= room.height - 20:
            return [_text(text, middle, room.height / 2, angle=270, **style)]
    return []


def heading(reason: str) -> str:
    """Return what stands before the colon of a reason: Withheld, No value."""
    return reason.partition(":")[0]


def _band(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    """The range of each value; of a value that stands alone a short bar of it."""
    parts = segments(placed, lambda slot: slot.has_range)
    half = min(0.2, 8 / scales.room.slot)
    rows = [
        {"at": at, "low": slot.low, "high": slot.high, "segment": n}
        for n, part in enumerate(parts)
        for slot in part
        for at in ([slot.at] if len(part) > 1 else [slot.at - half, slot.at + half])
    ]
    if not rows:
        return []
    area = _data(rows).mark_area(fill=INKS["accent"], fillOpacity=BAND_OPACITY)
    return [area.encode(x=scales.x(), y=scales.y("low"), y2=alt.Y2("high:Q"), detail=alt.Detail("segment:N"))]


def _line(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    parts = segments(placed, lambda slot: slot.value is not None)
    rows = [{"at": s.at, "value": s.value, "segment": n} for n, part in enumerate(parts) for s in part]
    if not rows:
        return []
    base = _data(rows).encode(x=scales.x(), y=scales.y())
    line = base.mark_line(stroke=INKS["accent"], strokeWidth=2.6).encode(detail=alt.Detail("segment:N"))
    size = 56 if scales.room.slot >= 18 else 20
    return [line, base.mark_point(shape="circle", **_dot(size))]


def _dot(size: float) -> dict[str, Any]:
    return {
        "filled": False,
        "fill": INKS["paper"],
        "stroke": INKS["accent"],
        "strokeWidth": 2.4,
        "size": size,
        "opacity": 1,
    }


def _end_labels(placed: Sequence[Slot], scales: Scales) -> list[alt.Chart]:
    """Write the first and the last value, on the side of the point that the line leaves free."""
    points = [(slot.at, slot.value) for slot in placed if slot.value is not None]
    if not points:
        return []
    if len(points) == 1:
        return [_end_label(*points[0], None, scales)]
    return [_end_label(*points[0], points[1][1], scales), _end_label(*points[-1], points[-2][1], scales)]


def _end_label(at: int, value: float, neighbour: float | None, scales: Scales) -> alt.Chart:
    room, text = scales.room, number(value, scales.unit)
    below = neighbour is not None and neighbour > value and room.y(value) < room.height - 30
    half = text_width(text) / 2
    x = min(max(room.x(at), half), room.plot - half)
    return _text(text, x, room.y(value) + (22 if below else -12), align="center", fontWeight=600, **HALO)


Entry = tuple[str, str]  # (kind of swatch, its words)


def _entries(placed: Sequence[Slot]) -> list[Entry]:
    """What the legend must explain: only what is drawn."""
    reasons = sorted({heading(slot.withheld) for slot in placed if slot.withheld and not slot.excluded})
    shown = [
        ("line", "Value", any(slot.value is not None for slot in placed)),
        ("band", "Range it likely lies in", any(slot.has_range for slot in placed)),
        ("hatch", " or ".join(reasons[:1] + [reason.lower() for reason in reasons[1:]]), bool(reasons)),
        ("plain", "Excluded", any(slot.withheld and slot.excluded for slot in placed)),
        ("framed", UNDER_REVIEW, any(slot.contested for slot in placed)),
        ("note", "Note", any(slot.context for slot in placed)),
    ]
    return [(kind, words) for kind, words, here in shown if here]


def _legend_rows(entries: Sequence[Entry], room: Frame) -> list[list[tuple[float, Entry]]]:
    """Set the entries side by side, in as many rows as the width asks; x in pixels from the drawing's edge."""
    rows: list[list[tuple[float, Entry]]] = []
    x = float(room.width)
    for entry in entries:
        wide = SWATCH + SWATCH_GAP + text_width(entry[1])
        if x + wide > room.width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, entry))
        x += wide + ENTRY_GAP
    return rows


def _legend(entries: Sequence[Entry], room: Frame) -> list[alt.Chart]:
    marks: list[alt.Chart] = []
    for n, row in enumerate(_legend_rows(entries, room)):
        y = room.height + MARGIN_AXIS + 10 + n * LEGEND_ROW
        for x, (kind, words) in row:
            marks += [
                *_swatch(kind, x - room.left, y),
                _text(words, x - room.left + SWATCH + SWATCH_GAP, y + 5),
            ]
    return marks


def _swatch(kind: str, x: float, y: float) -> list[alt.Chart]:
    if kind == "line":
        rule = _data([{}]).mark_rule(color=INKS["accent"], strokeWidth=2.6)
        dot = (
            _data([{}])
            .mark_point(shape="circle", **_dot(56))
            .encode(x=alt.XValue(x + SWATCH / 2), y=alt.YValue(y))
        )
        return [rule.encode(x=alt.XValue(x), x2=alt.X2Value(x + SWATCH), y=alt.YValue(y)), dot]
    styles: dict[str, dict[str, Any]] = {
        "band": {"fill": INKS["accent"], "fillOpacity": BAND_OPACITY},
        "hatch": HATCH,
        "plain": PLAIN,
        "framed": FRAMED,
        "note": {"fill": INKS["due-tint"], "stroke": INKS["due-edge"]},
    }
    box = _data([{}]).mark_rect(**styles[kind])
    return [
        box.encode(x=alt.XValue(x), x2=alt.X2Value(x + SWATCH), y=alt.YValue(y - 8), y2=alt.Y2Value(y + 8))
    ]
