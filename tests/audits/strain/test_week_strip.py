"""Thirteen weeks as dots, told by shape and in words."""

from datetime import date, timedelta

from audits.strain.judging import WeekMark
from audits.strain.screens import week_strip

WEEKS = [(date(2026, 1, 5) + timedelta(days=7 * at), mark) for at, mark in enumerate(map(WeekMark, "wouo"))]


def test_shapes_differ_and_words_say_the_same():
    drawn = week_strip.draw(WEEKS)
    assert drawn.count("<circle") == 3 and drawn.count("<path") == 1 and drawn.count('class="k-accent') == 2
    assert week_strip.say(WEEKS) in drawn
    assert week_strip.say(WEEKS) == (
        "Weeks beyond the limit begin: 12 January 2026 and 26 January 2026. Not told, those that begin: 19 January 2026."
    )
    assert week_strip.say(WEEKS[:1]) == "No week beyond the limit."
