"""Interval charts: what they draw, what they never draw, and the sentence above them."""

import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from governance.ui.charts import drawing, finding, interval_chart
from governance.ui.charts.labels import end_labels
from governance.ui.charts.layout import segments, slots, ticks, time_labels
from governance.ui.charts.scales import tick_labels
from governance.ui.charts.spec import frame
from governance.ui.theme import HATCHED, INKS, text_width

SVG = "{http://www.w3.org/2000/svg}"
WITHHELD = "Withheld: fewer than 5 people contributed"


def row(period, value=None, low=None, high=None, withheld=None, context=()):
    return {
        "period": period, "value": value, "low": low, "high": high,
        "withheld": withheld, "context": list(context),
    }  # fmt: skip


YEAR = [
    row("2025-09", 31.2, 27.8, 37.4),
    row("2025-10", 28.0, 22.9, 34.2),
    row("2025-11", withheld=WITHHELD),
    row("2025-12", 33.1, 25.7, 42.5, context=["Migration"]),
    row("2026-01", 25.9, 21.3, 31.2, context=["Migration"]),
    row("2026-02", 21.4, 17.0, 26.2),
]
LONG = [row(f"{2022 + (i + 7) // 12}-{(i + 7) % 12 + 1:02d}", 20 + i % 5, 15, 30) for i in range(44)]
QUARTERS = [row("2024-Q4", 3, 3, 3), row("2025-Q1", 0, 0, 4), row("2025-Q2", withheld="No value: no source")]


def draw(rows, **given):
    words = {"title": "Lead time", "subtitle": "Median hours", "unit_label": "Hours", "unit": "hour"}
    return interval_chart(rows, **(words | given))


def parsed(rows, **given):
    return ET.fromstring(draw(rows, **given))  # noqa: S314 (our own drawing)


def texts(svg):
    return ["".join(element.itertext()) for element in svg.iter(f"{SVG}text")]


def curves(svg):
    """The drawn lines of values: open paths in the accent."""
    paths = [p for p in svg.iter(f"{SVG}path") if p.get("stroke") == INKS["accent"] and p.get("fill") is None]
    return [p.get("d") for p in paths if "A" not in p.get("d") and "L" in p.get("d")]


def rules(svg):
    """Single straight lines in the accent: whiskers, caps and bounds."""
    return [e for e in svg.iter(f"{SVG}line") if e.get("stroke") == INKS["accent"]]


def bands(svg):
    return [e for e in svg.iter(f"{SVG}path") if e.get("fill-opacity") == "0.16"]


def xs(path):
    return [float(x) for x in re.findall(r"[ML]([-\d.]+),", path)]


def test_no_line_crosses_a_withheld_period():
    """DESIGN, screens: withheld periods are hatched gaps that no line crosses."""
    lines = curves(parsed(YEAR))
    room = frame(slots(YEAR), 560, "hour")
    assert len(lines) == 2
    assert max(xs(lines[0])) < room.x(2) < min(xs(lines[1]))


def test_a_period_without_a_row_breaks_the_line_too():
    """DESIGN, screens: what is not known is not drawn, even where no row says why."""
    placed = slots([YEAR[0], YEAR[1], YEAR[4], YEAR[5]])
    assert [[slot.at for slot in part] for part in segments(placed, lambda slot: slot.value is not None)] == [
        [0, 1],
        [4, 5],
    ]


def test_a_withheld_period_is_hatched_and_says_why():
    """DESIGN, screens: a hatched gap with its sentence; the pattern it names exists."""
    svg = parsed(YEAR)
    pattern = svg.find(f".//{SVG}pattern").get("id")
    assert [e for e in svg.iter(f"{SVG}path") if e.get("fill") == f"url(#{pattern})"]
    assert WITHHELD in texts(svg)
    assert HATCHED not in draw(YEAR)


def test_a_withheld_row_shows_no_number_it_carries():
    """AR12: a withheld value leaves no trace in the drawing, nor in its description or its scale."""
    careless = [*YEAR[:2], row("2025-11", 987.6, 900.0, 999.0, withheld=WITHHELD), *YEAR[3:]]
    assert draw(careless) == draw(careless) and "987" not in draw(careless)
    assert frame(slots(careless), 560, "hour").steps == frame(slots(YEAR), 560, "hour").steps


def test_first_and_last_values_are_written_beside_their_points():
    """DESIGN, screens: first and last points labelled, the ones between not."""
    shown = texts(parsed(YEAR))
    assert {"31.2", "21.4"} <= set(shown)
    assert not {"28.0", "33.1", "25.9"} & set(shown)


def test_the_axis_of_values_starts_at_zero_and_holds_every_range():
    """DESIGN, screens: axis from zero."""
    room = frame(slots(YEAR), 560, "hour")
    assert room.steps[0] == 0 and room.y(0) == room.height
    assert room.steps[-1] >= 42.5
    assert "0" in texts(parsed(YEAR))


def test_context_notes_are_amber_columns_named_once():
    """S46: values in a noted window are marked as such, beside their numbers."""
    svg = parsed(YEAR)
    assert texts(svg).count("Migration") == 1
    columns = [e for e in svg.iter(f"{SVG}path") if e.get("fill") == INKS["due-tint"] and not e.get("stroke")]
    assert len(columns) == 1


def test_the_drawing_is_one_image_with_a_name_and_a_description():
    """Screens, accessibility 6: each drawing has a title and description; nothing inside speaks on its own."""
    svg = parsed(YEAR)
    named, described = svg.get("aria-labelledby").split()
    assert svg.get("role") == "img"
    assert svg.find(f"{SVG}title").get("id") == named and svg.find(f"{SVG}title").text == "Lead time"
    words = svg.find(f"{SVG}desc")
    assert words.get("id") == described
    assert f"November 2025: {WITHHELD}." in words.text
    assert "Note for December 2025 to January 2026: Migration." in words.text
    inside = [e for e in svg.iter() if e is not svg]
    assert not [e for e in inside if any(name == "role" or name.startswith("aria-") for name in e.attrib)]


def test_two_drawings_of_one_page_share_no_id():
    """WCAG 4.1.1: the drawing for pages and the one for phones stand in the same document."""
    wide, narrow = draw(YEAR), draw(YEAR, width=360)
    assert not set(re.findall(r' id="([^"]+)"', wide)) & set(re.findall(r' id="([^"]+)"', narrow))


@pytest.mark.parametrize("rows", [YEAR, LONG, QUARTERS, [row("2026-01", withheld=WITHHELD)]], ids=len)
def test_no_inline_style_and_every_ink_follows_the_scheme(rows):
    """CSP without unsafe-inline; dark scheme: each coloured mark carries the class that recolours it."""
    source = draw(rows)
    assert "style=" not in source and "<style" not in source and "<script" not in source
    for element in ET.fromstring(source).iter():  # noqa: S314 (our own drawing)
        classes = (element.get("class") or "").split()
        for letter, ink in (("k", element.get("fill")), ("s", element.get("stroke"))):
            if ink and ink.startswith("#"):
                assert any(name.startswith(f"{letter}-") for name in classes), (element.tag, ink)
            assert ink not in {"white", "black"}


def test_texts_from_people_cannot_break_out_of_the_drawing():
    """Security: labels of notes are data, never markup."""
    source = draw([row("2026-01", 1, 1, 2, context=['<script>alert("x")</script>'])])
    assert "<script" not in source and "&lt;script" in source


def test_the_same_content_gives_the_same_bytes_and_is_drawn_once():
    """DESIGN: charts are cached by content."""
    first = draw(YEAR)
    hits = drawing._drawn.cache_info().hits
    again = draw([{**r, "value": Decimal(str(r["value"])) if r["value"] else None} for r in YEAR])
    assert again == first
    assert drawing._drawn.cache_info().hits == hits + 1
    assert draw(YEAR, title="Other") != first


def test_all_withheld_draws_the_gap_and_no_numbers():
    """DESIGN, screens: withheld value, no count that says how many; no axis without a value."""
    svg = parsed([row(f"2026-0{n}", withheld=WITHHELD) for n in range(1, 7)])
    assert not curves(svg)
    assert set(texts(svg)) == {WITHHELD, "Withheld", "Jan2026", "Feb", "Mar", "Apr", "May", "Jun"}


def test_one_value_alone_is_a_point_with_its_range():
    """Degenerate input: one period with a value."""
    svg = parsed([row("2026-02", 0.07, 0.03, 0.12)], unit="share", unit_label="Share")
    assert "7%" in texts(svg) and not curves(svg)
    assert len(rules(svg)) >= 3 and not bands(svg)  # a whisker with two caps


def test_forty_four_months_keep_their_labels_apart():
    """Degenerate input: long series thin their labels, at both widths."""
    for width in (560, 360):
        room = frame(slots(LONG), width, "hour")
        labels = time_labels(slots(LONG), room.slot)
        places = sorted(labels)
        assert 3 <= len(places) < 44
        assert all((b - a) * room.slot >= text_width("2026") for a, b in pairwise(places))
        years = [at for at, lines in labels.items() if len(lines) == 2]
        assert all((b - a) * room.slot >= text_width("2026") for a, b in pairwise(years))


def test_zero_values_lie_on_the_axis():
    """Degenerate input: all values zero."""
    svg = parsed([row("2026-01", 0, 0, 0), row("2026-02", 0, 0, 0)], unit="count")
    assert texts(svg).count("0") >= 2 and len(curves(svg)) == 1


def test_quarters_are_named_with_their_year():
    """Degenerate input: quarters; the reason of a gap is said in the legend too."""
    shown = texts(parsed(QUARTERS))
    assert {"Q42024", "Q12025", "Q2"} <= set(shown)
    assert "No value" in shown


def test_a_malformed_or_repeated_period_is_an_error():
    """A drawing that would mislead is refused."""
    with pytest.raises(ValueError, match="neither a month"):
        draw([row("2026-13", 1)])
    with pytest.raises(ValueError, match="one row a period"):
        draw([row("2026-01", 1), row("2026-01", 2)])
    with pytest.raises(ValueError, match="at least one row"):
        draw([])


@pytest.mark.parametrize("highest", [0.004, 0.07, 0.9, 1, 3, 42.5, 99.9, 1000, 12_345])
def test_ticks_are_round_start_at_zero_and_cover(highest):
    """DESIGN, screens: axis from zero; labels are exact, never rounded into a lie."""
    found = ticks(highest)
    assert found[0] == 0 and highest <= found[-1] <= highest * 2.1 and 3 <= len(found) <= 8
    for step, label in zip(found, tick_labels(found, ""), strict=True):
        assert float(label.replace(",", "")) == pytest.approx(step)


def test_a_change_is_claimed_only_where_ranges_part():
    """Issue 2, screens: the title states the finding honestly."""
    assert (
        finding(YEAR, name="Lead time", unit="hour") == "Lead time fell from 31 to 21 hours over the period"
    )
    near = [row("2026-01", 31, 25, 37), row("2026-02", 28, 24, 33)]
    assert finding(near, name="Lead time", unit="hour") == "No clear change in lead time over the period"
    assert finding(near, name="SLO compliance") == "No clear change in SLO compliance over the period"
    rise = [row("2026-01", 0.07, 0.06, 0.08), row("2026-02", 0.12, 0.1, 0.14)]
    assert finding(rise, name="Failures", unit="share") == "Failures rose from 7% to 12% over the period"


def test_touching_ranges_claim_nothing():
    """Issue 2: ranges that touch are not apart."""
    touching = [row("2026-01", 10, 8, 12), row("2026-02", 14, 12, 16)]
    assert finding(touching, name="Lead time").startswith("No clear change")


def test_a_small_change_keeps_the_decimals_that_show_it():
    """A sentence never says "from 3 to 3"."""
    rows = [row("2026-01", 3.1, 3.0, 3.2), row("2026-02", 3.4, 3.3, 3.5)]
    assert (
        finding(rows, name="Lead time", unit="day") == "Lead time rose from 3.1 to 3.4 days over the period"
    )


def test_without_ranges_values_are_named_and_no_change_is_claimed():
    """A value without a range supports no claim."""
    rows = [row("2026-01", 41), row("2026-03", 52)]
    assert (
        finding(rows, name="Deployments", unit="count") == "Deployments: 41 in January 2026, 52 in March 2026"
    )


def test_fewer_than_two_values_say_so():
    """Issue 2: fewer than two values are no finding."""
    one = [row("2026-01", withheld=WITHHELD), row("2026-02", 31.2, 25, 37)]
    assert (
        finding(one, name="Lead time", unit="hour")
        == "Lead time: 31.2 hours in February 2026, one value only"
    )
    assert finding(one[:1], name="Lead time") == "Lead time: every period is withheld"
    assert finding([], name="Lead time") == "Lead time: no values in this period"
    mixed = [one[0], row("2026-02")]
    assert finding(mixed, name="Lead time") == "Lead time: no values, some periods are withheld"


APART = [
    row("2025-12", 24.0, 20, 28) | {"contested": True},
    row("2026-01", withheld="Excluded: onboarding", context=["Onboarding"]) | {"excluded": True},
    row("2026-02", withheld=WITHHELD),
    row("2026-03", 22.0, 20, 28, context=["Migration"]),
]


def test_withheld_contested_affected_and_excluded_are_told_apart_in_words():
    """Issue 4, item 3: four kinds of period, each named in its place, in the legend and in the description."""
    svg = parsed(APART)
    said = texts(svg)
    assert {"Withheld", "Excluded", "Under review", "Note"} <= set(said)
    assert "Excluded: onboarding" in said and "Migration" in said
    described = svg.find(f"{SVG}desc").text
    assert "December 2025: under review." in described and "January 2026: Excluded: onboarding." in described


def test_only_what_may_not_be_told_is_hatched():
    """Issue 4, item 3: by shape too; what is left out has a plain frame, what is under review a dashed one."""
    only = [each for each in APART if each["withheld"] != WITHHELD]
    assert "url(#h" in draw(APART) and "url(#h" not in draw(only)
    dashed = [each for each in parsed(only).iter(f"{SVG}path") if each.get("stroke-dasharray") == "2,3"]
    assert len(dashed) == 2  # the frame and its swatch


def test_a_value_under_review_is_drawn_as_any_other():
    """Issue 4, item 3: contested is not withheld: the line goes through it."""
    rows = [row(f"2026-0{month}", 20.0 + month) | {"contested": month == 2} for month in (1, 2, 3)]
    assert len(curves(parsed(rows))) == 1


def test_a_finding_says_that_periods_are_excluded():
    """Issue 4, item 3."""
    assert finding(APART[1:3], name="Lead time") == "Lead time: every period is withheld or excluded"


def test_a_bound_is_drawn_as_a_bound_that_no_line_leads_through():
    """Issue 11: “at most 1 %” is no point of a line; the label, the legend and the description say what it is."""
    rows = [row(f"2026-0{n}", 0.04, 0.01, 0.09) for n in (1, 2, 4, 5)]
    rows.insert(2, row("2026-03", 0.01, 0.0, 0.07) | {"bound": "at_most"})
    rows[-1] |= {"bound": "at_most"}
    svg = parsed(rows, unit="share", unit_label="Share")
    said = texts(svg)
    assert "At most this" in said and "≤ 4%" in said
    assert len(curves(svg)) == 1 and "Last value: at most 4%" in svg.find(f"{SVG}desc").text


def test_months_without_a_range_leave_whiskers_and_no_stray_bars():
    """Issue 11: a range that stands alone is a whisker, and then all are: one form a chart."""
    torn = [row("2026-01", 5, 4, 6), row("2026-02", 5), row("2026-03", 6, 5, 7), row("2026-04", 6, 5, 7)]
    svg = parsed(torn)
    assert not bands(svg) and len(rules(svg)) >= 9
    assert bands(parsed(YEAR))


def test_an_axis_that_does_not_begin_at_zero_says_so():
    """Issue 11: a share near 100 on an axis from 0 to 100 hid its one dip."""
    rows = [row(f"2026-0{n}", v, v - 0.004, v + 0.002) for n, v in enumerate((0.995, 0.993, 0.962, 0.996), 1)]
    room = frame(slots(rows), 560, "share")
    assert 0.9 < room.steps[0] < 0.96 and room.steps[-1] == 1.0
    first = tick_labels(room.steps, "share")[0]
    assert f"Share; the axis begins at {first}" in texts(parsed(rows, unit="share", unit_label="Share"))
    assert frame(slots(YEAR), 560, "hour").steps[0] == 0


@pytest.mark.parametrize(
    ("lowest", "highest"), [(0.93, 0.998), (0.99, 0.99), (90, 100), (51, 100), (4.1, 4.2)]
)
def test_steps_hold_what_is_told_from_where_the_axis_begins(lowest, highest):
    found = ticks(highest, lowest, 1.0 if highest <= 1 else float("inf"))
    assert found[0] <= lowest and found[-1] >= highest and 2 <= len(found) <= 8


@pytest.mark.parametrize("values", [(0.081, 0.079), (10, 10), (99, 98)])
def test_first_and_last_label_never_lie_on_each_other(values):
    """Issue 11: two values side by side on a phone."""
    rows = [row(f"2025-0{n}", value, value, value) for n, value in enumerate(values, 1)]
    first, last = end_labels(slots(rows), "", Tight())
    assert not first.covers(last)


class Tight:
    """A room in which everything is close."""

    plot, height = 60.0, 100

    def x(self, at):
        return 25 + at * 10

    def y(self, value):
        return 50.0


def test_a_small_chart_is_low_and_leaves_its_legend_out():
    """Issue 11: small multiples in place of pages of 4,900 pixels."""
    rows = YEAR
    assert frame(slots(rows), 360, "hour", small=True).height < frame(slots(rows), 360, "hour").height
    small = texts(parsed(rows, width=360, small=True))
    assert "Range it likely lies in" not in small and "31.2" in small
