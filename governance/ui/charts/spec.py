"""The Altair specification of an interval chart: every place is reckoned here, Vega draws it."""

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from governance.ui.charts import marks
from governance.ui.charts.labels import Label, end_labels, free_height
from governance.ui.charts.layout import Run, Slot, axis_start, runs, ticks
from governance.ui.charts.marks import data
from governance.ui.charts.scales import MARGIN_RIGHT, Frame, Scales, tick_labels
from governance.ui.theme import BAND_OPACITY, FONT, FONT_SIZE, HATCHED, INKS, text_width
from governance.ui.wording import SHARES

HEIGHTS = {560: 338, 360: 260}
SMALL_HEIGHT = 150  # of one of several small charts

MARGIN_TOP, MARGIN_AXIS, LEGEND_ROW = 34, 52, 26
SWATCH, SWATCH_GAP, ENTRY_GAP = 28, 8, 22
# What a gap and a frame look like; each is named in words as well, in its place and in the legend.
HATCH = {"fill": HATCHED, "stroke": INKS["withheld"], "strokeDash": [4, 3], "strokeWidth": 1}
PLAIN = {"fill": INKS["paper"], "stroke": INKS["line-strong"], "strokeWidth": 1}
FRAMED = {"filled": False, "stroke": INKS["withheld"], "strokeDash": [2, 3], "strokeWidth": 1.6}
UNDER_REVIEW = "Under review"
GAP_TEXT = {
    "align": "center",
    "baseline": "middle",
    "fontWeight": 600,
    "stroke": INKS["paper"],
    "strokeWidth": 7,
}
CONFIG = {
    "font": FONT,
    "background": "transparent",
    "view": {"stroke": None},
    "text": {"font": FONT, "fontSize": FONT_SIZE, "fill": INKS["ink"]},
}
HALO = {"stroke": INKS["paper"], "strokeWidth": 4}


def frame(
    placed: Sequence[Slot], width: int, unit: str, small: bool = False, within: Sequence[float] = ()
) -> Frame:
    """Measure a drawing of `width` pixels for these slots; `small` for one of several, which share the axis that holds `within`."""
    valued = [slot for slot in placed if slot.value is not None]
    steps = find_steps(valued, unit, within)
    left = 12 + round(max(text_width(text) for text in tick_labels(steps, unit)))
    height = SMALL_HEIGHT if small else HEIGHTS[560 if width >= 480 else 360]
    return Frame(width, height, left, placed[-1].at + 1, steps, bool(valued))


def find_steps(valued: Sequence[Slot], unit: str, within: Sequence[float] = ()) -> tuple[float, ...]:
    """The steps of the axis: they hold every range and what is `within`, and no share beyond all of them."""
    highs = [max(slot.value or 0, slot.high or 0) for slot in valued]
    lows = [min(slot.value or 0, slot.value or 0 if slot.low is None else slot.low) for slot in valued]
    highest, lowest = max([*highs, *within], default=0), min([*lows, *within], default=0)
    cap = 1.0 if unit in SHARES and highest <= 1 else math.inf
    return tuple(ticks(highest, axis_start(lowest, highest), cap))


def chart(
    placed: Sequence[Slot], room: Frame, *, unit_label: str, unit: str, small: bool = False
) -> dict[str, Any]:
    """Return the Vega-Lite specification of the chart; a small one leaves its legend to those that stand around it."""
    scales = Scales(placed, room, unit)
    entries = [] if small else _entries(placed)
    written = end_labels(placed, unit, room, clear=not marks.has_band(placed) and _has_ranges(placed))
    layers = [
        *_notes(placed, scales),
        *_contested(placed, scales),
        *_axes(scales, unit_label),
        *_withheld(placed, scales, written),
        *marks.ranges(placed, scales),
        *marks.line(placed, scales),
        *marks.bounds(placed, scales),
        *_note_labels(placed, scales),
        *_end_labels(written),
        *_legend(entries, room),
    ]  # explicit channel classes throughout: letting Altair guess them takes longer than drawing
    bottom = MARGIN_AXIS + LEGEND_ROW * len(_legend_rows(entries, room))
    return {
        **_lay(layers),
        "width": room.plot,
        "height": room.height,
        "padding": {"left": room.left, "top": MARGIN_TOP, "right": MARGIN_RIGHT, "bottom": bottom},
        "autosize": {"type": "none"},
        "config": CONFIG,
    }


def _lay(layers: Sequence[alt.Chart]) -> dict[str, Any]:
    """One over the other; Altair's own way copies every layer again and again, two thirds of what a chart took."""
    context: dict[str, Any] = {"datasets": {}, "top_level": False}
    told = [layer.to_dict(validate=False, context=context) for layer in layers]
    return {"$schema": alt.SCHEMA_URL, "layer": told, "datasets": context["datasets"]}


def _axes(scales: Scales, unit_label: str) -> list[alt.Chart]:
    """Grid lines (drawn above notes, hence not the axis's own) and the unit over the axis."""
    room = scales.room
    base = data([{"at": 0}]).mark_point(opacity=0, size=0, filled=True, fill=INKS["ink"])
    time = base.encode(x=scales.x(), y=alt.YValue(0))
    if not room.valued:
        return [time]
    grid = data([{"value": step} for step in room.steps[1:]]).mark_rule(color=INKS["grid"])
    unit = _text(
        say_axis(unit_label, room.steps, scales.unit), -room.left, -MARGIN_TOP + 12, fill=INKS["ink-2"]
    )
    return [grid.encode(y=scales.y()), time, unit]


def say_axis(unit_label: str, steps: Sequence[float], unit: str) -> str:
    """The words over the axis: its unit, and where it begins if that is not zero."""
    return f"{unit_label}; the axis begins at {tick_labels(steps, unit)[0]}" if steps[0] > 0 else unit_label


def _text(text: str, x: float, y: float, **style: Any) -> alt.Chart:
    style = {"align": "left", "baseline": "alphabetic"} | style
    written: alt.Chart = data([{}]).mark_text(text=text, **style).encode(x=alt.XValue(x), y=alt.YValue(y))
    return written


def _columns(found: Sequence[Run], scales: Scales, inset: float, **style: Any) -> list[alt.Chart]:
    """Boxes over the height of the plot, `inset` pixels inside their periods' edges."""
    if not found:
        return []
    edge = 0.5 - inset / scales.room.slot
    rows = [{"start": run.first - edge, "end": run.last + edge} for run in found]
    box = data(rows).mark_rect(**style)
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


def _withheld(placed: Sequence[Slot], scales: Scales, written: Sequence[Label]) -> list[alt.Chart]:
    """Gaps where there is no number: hatched where none may be told, plain where one is left out."""
    inset = min(5, scales.room.slot / 8)
    hatched = runs(placed, lambda slot: "" if slot.excluded else slot.withheld)
    plain = runs(placed, lambda slot: slot.withheld if slot.excluded else "")
    boxes = [*_columns(hatched, scales, inset, **HATCH), *_columns(plain, scales, inset, **PLAIN)]
    return boxes + [label for run in (*hatched, *plain) for label in _gap_label(run, scales.room, written)]


def _gap_label(run: Run, room: Frame, written: Sequence[Label]) -> list[alt.Chart]:
    """Write the reason into its gap, or its first words, lying or standing, clear of values; nothing where nothing fits."""
    wide, middle = (run.last - run.first + 1) * room.slot - 12, (run.first + run.last + 1) / 2 * room.slot
    for text in (run.label, heading(run.label)):
        long, lies = text_width(text), text_width(text) <= wide
        if not lies and not (wide >= FONT_SIZE - 4 and long <= room.height - 20):
            continue
        across, tall = (long, FONT_SIZE + 6) if lies else (FONT_SIZE + 6, long)
        y = free_height(middle - across / 2, middle + across / 2, tall, written, room.height)
        if y is not None:
            return [_text(text, middle, y, **GAP_TEXT, **({} if lies else {"angle": 270}))]
    return []


def heading(reason: str) -> str:
    """Return what stands before the colon of a reason: Withheld, No value."""
    return reason.partition(":")[0]


def _end_labels(found: Sequence[Label]) -> list[alt.Chart]:
    """The first and the last value, in words."""
    return [_text(each.text, each.x, each.y, align="center", fontWeight=600, **HALO) for each in found]


Entry = tuple[str, str]  # (kind of swatch, its words)


def _entries(placed: Sequence[Slot]) -> list[Entry]:
    """What the legend must explain: only what is drawn."""
    reasons = sorted({heading(slot.withheld) for slot in placed if slot.withheld and not slot.excluded})
    shown = [
        ("line", "Value", any(slot.value is not None and not slot.bound for slot in placed)),
        ("at_most", "At most this", any(slot.bound == "at_most" for slot in placed)),
        ("at_least", "At least this", any(slot.bound == "at_least" for slot in placed)),
        (_range_swatch(placed), "Range it likely lies in", any(slot.has_range for slot in placed)),
        ("hatch", " or ".join(reasons[:1] + [reason.lower() for reason in reasons[1:]]), bool(reasons)),
        ("plain", "Excluded", any(slot.withheld and slot.excluded for slot in placed)),
        ("framed", UNDER_REVIEW, any(slot.contested for slot in placed)),
        ("note", "Note", any(slot.context for slot in placed)),
    ]
    return [(kind, words) for kind, words, here in shown if here]


def _has_ranges(placed: Sequence[Slot]) -> bool:
    return any(slot.has_range for slot in placed)


def _range_swatch(placed: Sequence[Slot]) -> str:
    return "band" if marks.has_band(placed) else "whisker"


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
    if kind == "whisker":
        return marks.whisker(x + SWATCH / 2, y - 9, y + 9)
    if kind in ("at_most", "at_least"):
        return marks.bound(x + SWATCH / 2, y - 8 if kind == "at_most" else y + 8, kind, math.inf)
    if kind == "line":
        rule = data([{}]).mark_rule(color=INKS["accent"], strokeWidth=2.6)
        dot = (
            data([{}])
            .mark_point(shape="circle", **marks.dot(56))
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
    box = data([{}]).mark_rect(**styles[kind])
    return [
        box.encode(x=alt.XValue(x), x2=alt.X2Value(x + SWATCH), y=alt.YValue(y - 8), y2=alt.Y2Value(y + 8))
    ]
