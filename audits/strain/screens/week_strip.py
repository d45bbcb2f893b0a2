"""Thirteen weeks as dots: full where a week is beyond the limit, hollow where it is within, a dash where nothing may be told."""

from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from audits.strain.judging import WeekMark
from charter.rules import words
from governance.ui.theme import INKS

_STEP, _HEIGHT, _RADIUS = 24, 24, 6


def draw(weeks: Sequence[tuple[date, WeekMark]]) -> str:
    """An SVG element whose title says in words what it shows."""
    root = ET.Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_STEP * len(weeks)} {_HEIGHT}", width="100%",
        height=str(_HEIGHT), role="img", preserveAspectRatio="xMinYMid meet",  # smaller where the screen is
    )  # fmt: skip
    ET.SubElement(root, "title").text = say(weeks)
    for at, (_day, mark) in enumerate(weeks):
        root.append(_dot(_STEP * at + _STEP / 2, mark))
    return ET.tostring(root, encoding="unicode")


def say(weeks: Sequence[tuple[date, WeekMark]]) -> str:
    """Which weeks are beyond the limit, and of which nothing may be told."""
    over = [words.day(day) for day, mark in weeks if mark is WeekMark.OVER]
    unknown = [words.day(day) for day, mark in weeks if mark is WeekMark.UNKNOWN]
    parts = (
        [_("Weeks beyond the limit begin: %(days)s.") % {"days": words.listed(over)}]
        if over
        else [_("No week beyond the limit.")]
    )
    if unknown:
        parts.append(_("Not told, those that begin: %(days)s.") % {"days": words.listed(unknown)})
    return " ".join(parts)  # fmt: skip


def _dot(x: float, mark: WeekMark) -> ET.Element:
    y = _HEIGHT / 2
    if mark is WeekMark.UNKNOWN:
        return ET.Element(
            "path", {"class": "s-ink-2", "stroke-width": "2"}, d=f"M{x - 5} {y}h10", stroke=INKS["ink-2"]
        )
    shape = {"cx": f"{x}", "cy": f"{y}", "r": str(_RADIUS), "stroke-width": "2", "stroke": INKS["accent"]}
    if mark is WeekMark.OVER:
        return ET.Element("circle", {"class": "k-accent s-accent", "fill": INKS["accent"], **shape})
    return ET.Element("circle", {"class": "k-paper s-accent", "fill": INKS["paper"], **shape})
