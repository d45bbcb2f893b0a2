"""From rows to a finished SVG: drawn by Vega, then given its words for assistive tech and its classes for colour."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

from governance.ui.charts.layout import Slot, runs, slots
from governance.ui.theme import HATCHED, INKS
from governance.ui.wording import bounded, period_name, quantity

SVG = "http://www.w3.org/2000/svg"
CLASS_OF_INK = {ink: name for name, ink in INKS.items()}
# Vega describes every mark; inside an image that is noise, and some of its roles are not valid there.
DROPPED = frozenset(
    {"role", "aria-label", "aria-roledescription", "aria-hidden", "pointer-events", "class", "style"}
)

ET.register_namespace("", SVG)


def interval_chart(
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str,
    subtitle: str,
    unit_label: str,
    unit: str = "",
    width: int = 560,
    small: bool = False,
    within: Sequence[float] = (),
) -> str:
    """Draw values over time with the range each likely lies in; returns an SVG element as text.

    `rows`: one mapping a period with `period` ("2026-01" or "2026-Q1"), `value`, `low`, `high` (numbers or None,
    in the metric's unit, shares between 0 and 1), `withheld` (None or the sentence that says why), `excluded` (whether
    that leaves out a value that there is), `contested` (whether it is under review) and `context` (labels of notes).
    `bound` is "at_most" or "at_least" where only that is told of the value, which is then drawn as a bound and not as a value.
    Values share one axis, which says where it begins if that is not zero; withheld periods are hatched gaps that no line crosses.
    `width` is 560 for a page and 360 for a phone; `small` is for one of several beside each other, without a legend,
    whose axes hold all of `within`, the ends that they share. The same content gives the same bytes and is drawn once.
    Raises ValueError for no rows, and for a malformed or repeated period.
    """
    content = {"rows": list(rows), "title": title, "subtitle": subtitle, "label": unit_label, "unit": unit}
    return _drawn(
        json.dumps(
            content | {"width": width, "small": small, "within": list(within)},
            sort_keys=True,
            ensure_ascii=False,
            default=float,
        )
    )


@lru_cache(maxsize=256)
def _drawn(content: str) -> str:
    # They take a third of a second to load, which a process that draws nothing does without.
    import altair
    import vl_convert

    from governance.ui.charts.spec import chart, frame

    asked = json.loads(content)
    placed = slots(asked["rows"])
    if not placed:
        raise ValueError("a chart needs at least one row")
    room = frame(placed, asked["width"], asked["unit"], asked["small"], asked["within"])
    spec = chart(placed, room, unit_label=asked["label"], unit=asked["unit"], small=asked["small"])
    version = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    svg = vl_convert.vegalite_to_svg(spec, vl_version=version)
    drawing = ET.fromstring(svg)  # noqa: S314 (drawn here, a moment ago)
    mark = hashlib.sha256(content.encode()).hexdigest()[:10]
    _clean(drawing, mark)
    _name(drawing, mark, asked["title"], _description(placed, asked))
    return ET.tostring(drawing, encoding="unicode")


def _clean(drawing: ET.Element, mark: str) -> None:
    """Drop what Vega says about single marks; give inks their classes and hatched boxes their pattern."""
    hatched = False
    for element in drawing.iter():
        for name in DROPPED & element.attrib.keys():
            del element.attrib[name]
        if element.get("fill") == HATCHED:
            element.set("fill", f"url(#h{mark})")
            hatched = True
        classes = [f"{letter}-{CLASS_OF_INK[ink]}" for letter, ink in _inks(element) if ink in CLASS_OF_INK]
        if classes:
            element.set("class", " ".join(classes))
        if element.tag == f"{{{SVG}}}text" and element.get("stroke") == INKS["paper"]:
            element.set("paint-order", "stroke")  # the halo lies behind the letters
            element.set("stroke-linejoin", "round")
    if hatched:
        drawing.insert(0, _hatch(mark))


def _inks(element: ET.Element) -> list[tuple[str, str | None]]:
    return [("k", element.get("fill")), ("s", element.get("stroke"))]


def _hatch(mark: str) -> ET.Element:
    definitions = ET.Element(f"{{{SVG}}}defs")
    pattern = ET.SubElement(
        definitions, f"{{{SVG}}}pattern", id=f"h{mark}", width="7", height="7",
        patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    )  # fmt: skip
    ground = {"width": "7", "height": "7", "fill": INKS["paper"], "class": "k-paper"}
    ET.SubElement(pattern, f"{{{SVG}}}rect", ground)
    stroke = {"d": "M0 0V7", "stroke": INKS["hatch"], "stroke-width": "2", "class": "s-hatch"}
    ET.SubElement(pattern, f"{{{SVG}}}path", stroke)
    return definitions


def _name(drawing: ET.Element, mark: str, title: str, description: str) -> None:
    """Make the drawing one image with a name and a description, as wide as its column."""
    for name in ("width", "height", "version"):
        drawing.attrib.pop(name, None)
    drawing.set("role", "img")
    drawing.set("aria-labelledby", f"t{mark} d{mark}")
    words = ((f"t{mark}", "title", title), (f"d{mark}", "desc", description))
    for place, (identity, tag, text) in enumerate(words):
        element = ET.Element(f"{{{SVG}}}{tag}", id=identity)
        element.text = text
        drawing.insert(place, element)


def _description(placed: list[Slot], asked: Mapping[str, Any]) -> str:
    """Say in words what the drawing shows: both ends, gaps, notes, and where all values are."""
    valued = [slot for slot in placed if slot.value is not None]
    said = [f"{asked['subtitle']}."] if asked["subtitle"] else []
    said += [
        f"{ends} value: {bounded(quantity(slot.value, asked['unit']), slot.bound)} in {period_name(slot.period)}."
        for ends, slot in zip(("First", "Last"), (valued[:1] + valued[1:][-1:]), strict=False)
    ]
    said += [f"{_span(placed, run)}: {run.label}." for run in runs(placed, lambda slot: slot.withheld)]
    said += [
        f"{_span(placed, run)}: {run.label}."
        for run in runs(placed, lambda slot: "under review" if slot.contested else "")
    ]
    said += [
        f"Note for {_span(placed, run)}: {run.label}." for run in runs(placed, lambda slot: slot.context)
    ]
    return " ".join([*said, "All values are in the table beside this chart."])


def _span(placed: list[Slot], run: Any) -> str:
    names = {slot.at: period_name(slot.period) for slot in placed}
    return names[run.first] if run.first == run.last else f"{names[run.first]} to {names[run.last]}"
