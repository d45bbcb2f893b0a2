"""Decisions a week as bars, drawn here: three fills that differ by pattern and not by colour alone."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from audits.access_log.queries import Week
from charter.rules.vocabulary import Outcome
from governance.ui.charts.layout import ticks
from governance.ui.theme import FONT, INKS, text_width

ORDER = (Outcome.PERMIT, Outcome.REFER, Outcome.DENY)  # from the axis upwards
_HEIGHTS = {560: 250, 360: 200}
_TOP, _RIGHT, _AXIS, _LEGEND = 12, 8, 30, 26
_SWATCH = 14
_WIDEST_BAR = 44.0
_FILLS = {
    Outcome.PERMIT: ("grid", "ink-2"),
    Outcome.REFER: ("hatch", "ink-2"),
    Outcome.DENY: ("ink", "ink"),
}


def draw(weeks: Sequence[Week], labels: dict[Outcome, str], title: str, width: int) -> str:
    """An SVG element: one bar a week, and what the fills mean below."""
    mark = hashlib.sha256(f"{weeks}{title}{width}".encode()).hexdigest()[:10]
    return ET.tostring(_Drawing(weeks, labels, width, mark).make(title), encoding="unicode")


class _Drawing:
    def __init__(self, weeks: Sequence[Week], labels: dict[Outcome, str], width: int, mark: str) -> None:
        self.weeks, self.labels, self.width, self.mark = weeks, labels, width, mark
        self.steps = [each for each in ticks(max(map(_total, weeks), default=0)) if each == int(each)]
        self.left = 10 + math.ceil(max(text_width(f"{step:.0f}") for step in self.steps))
        self.height = _HEIGHTS[width]
        self.slot = (width - self.left - _RIGHT) / len(weeks)
        self.bar = min(self.slot * 0.7, _WIDEST_BAR)
        self.places = list(self._place_legend())

    def make(self, title: str) -> ET.Element:
        whole = self.height + _TOP + _AXIS + _LEGEND * (self.places[-1][2] + 1)
        root = ET.Element(
            "svg", {"aria-labelledby": f"t{self.mark} d{self.mark}", "font-family": FONT, "font-size": "14"},
            xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {self.width} {whole}", role="img",
        )  # fmt: skip
        ET.SubElement(root, "title", id=f"t{self.mark}").text = title
        ET.SubElement(root, "desc", id=f"d{self.mark}").text = _(
            "The same counts stand in the table beside it."
        )
        root.append(self._hatch())
        for part in (*self._grid(), *self._bars(), *self._days(), *self._legend()):
            root.append(part)
        return root

    def _y(self, count: float) -> float:
        return _TOP + self.height * (1 - count / self.steps[-1])

    def _grid(self) -> Iterator[ET.Element]:
        for step in self.steps:
            y = f"{self._y(step):.1f}"
            ink = "line-strong" if step == 0 else "grid"
            yield ET.Element(
                "path", {"class": f"s-{ink}"}, d=f"M{self.left} {y}H{self.width - _RIGHT}", stroke=INKS[ink]
            )
            yield _text(self.left - 6, self._y(step) + 5, f"{step:.0f}", "end")

    def _bars(self) -> Iterator[ET.Element]:
        for place, week in enumerate(self.weeks):
            below = 0
            for outcome in ORDER:
                count = week.counts.get(outcome.value, 0)
                if count:
                    yield self._box(
                        self.left + (place + 0.5) * self.slot - self.bar / 2, self._y(below + count), self.bar,
                        self._y(below) - self._y(below + count), outcome,
                    )  # fmt: skip
                below += count

    def _box(self, x: float, y: float, width: float, height: float, outcome: Outcome) -> ET.Element:
        fill, edge = _FILLS[outcome]
        hatched = outcome is Outcome.REFER
        return ET.Element(
            "rect", {"class": f"s-{edge}" if hatched else f"k-{fill} s-{edge}"},
            x=f"{x:.1f}", y=f"{y:.1f}", width=f"{width:.1f}", height=f"{height:.1f}",
            fill=f"url(#h{self.mark})" if hatched else INKS[fill], stroke=INKS[edge],
        )  # fmt: skip

    def _days(self) -> Iterator[ET.Element]:
        every = math.ceil((text_width("28 Sep") + 10) / self.slot)
        for place, week in enumerate(self.weeks):
            if place % every == 0:
                x = self.left + (place + 0.5) * self.slot
                yield _text(max(x, self.left + 12), _TOP + self.height + 20, name_week(week), "middle")

    def _legend(self) -> Iterator[ET.Element]:
        for outcome, x, row in self.places:
            y = _TOP + self.height + _AXIS + 6.0 + row * _LEGEND
            yield self._box(x, y, _SWATCH, _SWATCH, outcome)
            yield _text(x + _SWATCH + 6, y + 12, self.labels[outcome], "start")

    def _place_legend(self) -> Iterator[tuple[Outcome, float, int]]:
        """Where each word of the legend stands, and in which row: the next one where it would pass the edge."""
        x, row = float(self.left), 0
        for outcome in ORDER:
            wide = _SWATCH + 20 + text_width(self.labels[outcome])
            if x + wide > self.width and x > self.left:
                x, row = float(self.left), row + 1
            yield outcome, x, row
            x += wide

    def _hatch(self) -> ET.Element:
        defs = ET.Element("defs")
        pattern = ET.SubElement(
            defs, "pattern", id=f"h{self.mark}", width="6", height="6", patternUnits="userSpaceOnUse",
            patternTransform="rotate(45)",
        )  # fmt: skip
        ET.SubElement(pattern, "rect", {"class": "k-paper"}, width="6", height="6", fill=INKS["paper"])
        ET.SubElement(
            pattern, "path", {"stroke-width": "2", "class": "s-ink-2"}, d="M0 0V6", stroke=INKS["ink-2"]
        )
        return defs


def name_week(week: Week) -> str:
    """`30 Mar`, or what stands before all single weeks."""
    return f"{week.begins.day} {week.begins:%b}" if week.begins else _("Before")


def _text(x: float, y: float, words: str, anchor: str) -> ET.Element:
    element = ET.Element(
        "text", {"text-anchor": anchor, "class": "k-ink"}, x=f"{x:.1f}", y=f"{y:.1f}", fill=INKS["ink"]
    )
    element.text = words
    return element


def _total(week: Week) -> int:
    return sum(week.counts.values())
