"""Impact ratios as points with their intervals on a log scale, drawn here; four fifths and equality are lines."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from audits.fairness.comparing import FOUR_FIFTHS, GroupFinding
from governance.ui.theme import FONT, INKS, text_width

_ROW, _TOP, _BOTTOM, _RIGHT = 30, 30, 34, 14
_LOW, _HIGH = 0.25, 4.0  # ratios at the edges: what lies beyond is drawn at the edge, with an arrow
_TICKS = (0.25, 0.5, FOUR_FIFTHS, 1.0, 2.0, 4.0)
_LONGEST = 34  # letters of a group's name


def draw(groups: Sequence[dict[str, Any]], title: str, width: int) -> str:
    """An SVG element: one line a group, whose name stands at its left."""
    mark = hashlib.sha256(f"{groups}{title}{width}".encode()).hexdigest()[:10]
    return ET.tostring(_RatioDrawing(groups, width, mark).make(title), encoding="unicode")


class _RatioDrawing:
    def __init__(self, groups: Sequence[dict[str, Any]], width: int, mark: str) -> None:
        self.groups, self.width, self.mark = groups, width, mark
        self.names = [_shorten(each["name"], width) for each in groups]
        self.left = 12 + math.ceil(max(map(text_width, self.names), default=0))
        self.bottom = _TOP + _ROW * len(groups)

    def make(self, title: str) -> ET.Element:
        root = ET.Element(
            "svg", {"aria-labelledby": f"t{self.mark} d{self.mark}", "font-family": FONT, "font-size": "14"},
            xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {self.width} {self.bottom + _BOTTOM}", role="img",
        )  # fmt: skip
        ET.SubElement(root, "title", id=f"t{self.mark}").text = title
        ET.SubElement(root, "desc", id=f"d{self.mark}").text = _(
            "The same ratios and ranges stand in the table below."
        )
        for part in (*self._grid(), *self._rows()):
            root.append(part)
        return root

    def _x(self, ratio: float) -> float:
        inside = min(max(ratio, _LOW), _HIGH)
        span = self.width - self.left - _RIGHT
        return self.left + span * math.log(inside / _LOW) / math.log(_HIGH / _LOW)

    def _grid(self) -> Iterator[ET.Element]:
        for tick in _TICKS:
            x = f"{self._x(tick):.1f}"
            strong = tick in (FOUR_FIFTHS, 1.0)
            ink = "line-strong" if strong else "grid"
            line = {"class": f"s-{ink}", **({"stroke-dasharray": "4 3"} if tick == FOUR_FIFTHS else {})}
            yield ET.Element("path", line, d=f"M{x} {_TOP - 6}V{self.bottom}", stroke=INKS[ink])
            if tick != FOUR_FIFTHS:
                yield _word(float(x), self.bottom + 20, f"{tick:g}", "middle")
        yield _word(self._x(FOUR_FIFTHS), _TOP - 12, f"{FOUR_FIFTHS:g}", "middle")

    def _rows(self) -> Iterator[ET.Element]:
        for place, (group, name) in enumerate(zip(self.groups, self.names, strict=True)):
            y = _TOP + _ROW * (place + 0.5)
            yield _word(0, y + 5, name, "start")
            low = group["low"] if group["low"] is not None else _LOW
            high = group["high"] if group["high"] is not None else _HIGH
            yield ET.Element(
                "path", {"class": "s-ink-2", "stroke-width": "2"},
                d=f"M{self._x(low):.1f} {y:.1f}H{self._x(high):.1f}", stroke=INKS["ink-2"],
            )  # fmt: skip
            if group["ratio"] is not None:
                yield self._point(self._x(group["ratio"]), y, group["finding"] == GroupFinding.FLAGGED.value)

    def _point(self, x: float, y: float, flagged: bool) -> ET.Element:
        """A full diamond where it is flagged, an open circle where not: by shape, and not by colour alone."""
        if flagged:
            d = f"M{x:.1f} {y - 7:.1f}l7 7l-7 7l-7 -7z"
            return ET.Element("path", {"class": "k-accent"}, d=d, fill=INKS["accent"])
        return ET.Element(
            "circle", {"class": "k-paper s-ink", "stroke-width": "2"}, cx=f"{x:.1f}", cy=f"{y:.1f}", r="5",
            fill=INKS["paper"], stroke=INKS["ink"],
        )  # fmt: skip


def _shorten(name: str, width: int) -> str:
    longest = _LONGEST if width > 400 else _LONGEST // 2
    return name if len(name) <= longest else name[: longest - 1] + "…"


def _word(x: float, y: float, words: str, anchor: str) -> ET.Element:
    element = ET.Element(
        "text", {"text-anchor": anchor, "class": "k-ink"}, x=f"{x:.1f}", y=f"{y:.1f}", fill=INKS["ink"]
    )
    element.text = words
    return element
