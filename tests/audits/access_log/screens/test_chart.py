"""The chart of decisions a week: what is drawn is what was counted."""

from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from audits.access_log.queries import Week
from audits.access_log.screens import chart
from charter.rules.vocabulary import Outcome
from governance.ui.theme import text_width

LABELS = {Outcome.PERMIT: "Allowed", Outcome.REFER: "For the board to decide", Outcome.DENY: "Not allowed"}
SVG = "{http://www.w3.org/2000/svg}"


def weeks(*counts: tuple[int, int, int]) -> list[Week]:
    words = ("permit", "refer", "deny")
    monday = date(2026, 1, 5)
    return [
        Week(monday + timedelta(weeks=place), dict(zip(words, each, strict=True))) for place, each in enumerate(counts)
    ]  # fmt: skip


def read(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314 (drawn here)


def bars(drawn: str) -> list[ET.Element]:
    """The boxes that stand for counts, without those of the pattern and the legend."""
    boxes = read(drawn).findall(f"{SVG}rect")
    return boxes[: len(boxes) - len(LABELS)]


@pytest.mark.parametrize("width", [560, 360])
def test_heights_are_as_the_counts(width):
    """Issue 13 point 8: counts over time as a chart; three fills, none of which leans on colour alone."""
    first, second, third, alone = bars(
        chart.draw(weeks((30, 10, 20), (0, 0, 0), (40, 0, 0)), LABELS, "t", width)
    )
    heights = [float(each.get("height")) for each in (first, second, third, alone)]
    assert [round(each / heights[1], 1) for each in heights] == [3.0, 1.0, 2.0, 4.0]
    assert "url(#" in second.get("fill") and first.get("fill") != third.get("fill")


def test_it_has_a_name_and_says_where_the_numbers_are():
    drawn = read(chart.draw(weeks((1, 0, 0)), LABELS, "One <b> & more", 560))
    assert drawn.find(f"{SVG}title").text == "One <b> & more" and drawn.get("role") == "img"
    assert "table" in drawn.find(f"{SVG}desc").text and " style=" not in ET.tostring(
        drawn, encoding="unicode"
    )


@pytest.mark.parametrize("number", [1, 26])
def test_no_day_is_written_over_another_nor_past_the_edge(number):
    drawn = read(chart.draw(weeks(*[(1, 0, 0)] * number), LABELS, "t", 360))
    days = [
        float(each.get("x")) for each in drawn.findall(f"{SVG}text") if each.get("text-anchor") == "middle"
    ]
    assert all(after - before >= 40 for before, after in pairwise(days)) and max(days) < 360


@pytest.mark.parametrize("width", [560, 360])
def test_the_legend_stays_inside_the_drawing(width):
    drawn = read(chart.draw(weeks((1, 1, 1)), LABELS, "t", width))
    words = [each for each in drawn.findall(f"{SVG}text") if each.get("text-anchor") == "start"]
    *_, right, bottom = (float(each) for each in drawn.get("viewBox").split())
    assert [each.text for each in words] == [LABELS[each] for each in chart.ORDER]
    assert all(float(each.get("x")) + text_width(each.text) <= right for each in words)
    assert all(float(each.get("y")) < bottom for each in words)
