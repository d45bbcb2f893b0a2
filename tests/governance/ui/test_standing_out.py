"""The test behind a chart's sentence: which periods stand out of the ranges of the others (issue 11)."""

import pytest

from governance.ui.charts import finding
from governance.ui.charts.layout import slots
from governance.ui.charts.standing_out import Side, find_standing_out, vary_twofold


def series(*told, unit_width=None):
    """Months from January 2026 on; each (value, low, high) or (value, low, high, bound)."""
    return [
        {"period": f"2026-{n:02d}", "value": value, "low": low, "high": high, "bound": (*rest, "")[0]}
        for n, (value, low, high, *rest) in enumerate(told, 1)
    ]


FLAT = (20, 17, 23)
PEAK = (44, 39, 50)


def stands(*told):
    found = find_standing_out(slots(series(*told)))
    return found and (found.side, [slot.period[-2:] for slot in found.slots])


def test_a_period_clear_of_all_others_stands_out():
    assert stands(FLAT, FLAT, PEAK, FLAT, FLAT) == (Side.ABOVE, ["03"])
    assert stands(PEAK, PEAK, FLAT, PEAK) == (Side.BELOW, ["03"])


def test_several_that_stand_together_stand_out_as_one_group():
    """Two months of a freeze overlap each other, and neither of the others."""
    assert stands(FLAT, FLAT, PEAK, (41, 37, 46), FLAT, FLAT) == (Side.ABOVE, ["03", "04"])


def test_ranges_that_touch_do_not_stand_out():
    assert stands(FLAT, FLAT, (26, 23, 30), FLAT) is None


def test_half_of_the_periods_cannot_stand_out_of_the_other_half():
    assert stands(FLAT, PEAK, FLAT, PEAK) is None


def test_two_periods_and_periods_without_ranges_show_nothing():
    assert stands(FLAT, PEAK) is None
    assert stands((20, None, None), (44, None, None), (20, None, None), (21, None, None)) is None


def test_the_wider_space_counts_where_both_sides_have_one():
    assert stands(FLAT, FLAT, (15, 14, 16), FLAT, FLAT, PEAK) == (Side.ABOVE, ["06"])


def test_a_peak_between_equal_ends_is_named():
    """Issue 11: “No clear change” stood over a doubling with a range clear of the rest."""
    told = finding(series(FLAT, FLAT, PEAK, FLAT, FLAT), name="Lead time", unit="hour")
    assert told == "Lead time was higher in March 2026 (44.0 hours) than in every other period (20.0 hours)"


def test_a_change_between_the_ends_also_names_what_stands_out_between():
    rows = series((30, 28, 32), (25, 21, 29), (80, 70, 90), (22, 19, 25), (20, 18, 22))
    told = finding(rows, name="Lead time", unit="hour")
    assert told.startswith(
        "Lead time fell from 30 to 20 hours over the period; March 2026 lies above all others"
    )


def test_a_doubling_that_ranges_do_not_bear_out_is_told_in_figures():
    rows = series((10, 4, 20), (14, 6, 26), (22, 9, 40))
    assert vary_twofold(slots(rows))
    told = finding(rows, name="Lead time", unit="hour")
    assert told == (
        "Lead time lay between 10.0 and 22.0 hours; the ranges are too wide to say that it changed"
    )


@pytest.mark.parametrize("factor", [2.0, 2.5, 4.0, 10.0])
def test_no_clear_change_never_stands_over_a_doubling(factor):
    """Wherever the doubling lies and however wide its range is."""
    for at in range(5):
        for wide in (0.05, 0.3, 0.9):
            values = [20 * (factor if n == at else 1) for n in range(5)]
            rows = series(*((v, v * (1 - wide), v * (1 + wide)) for v in values))
            assert "No clear change" not in finding(rows, name="Lead time", unit="hour")


def test_a_bound_is_told_as_a_bound():
    """Issue 11: “at most 1 %” is no value of 1 %."""
    rows = series((0.01, 0, 0.03, "at_most"), (0.06, 0.02, 0.11), (0.2, 0.15, 0.26))
    assert finding(rows, name="Failures", unit="share") == (
        "Failures rose from at most 1% to 20% over the period"
    )
    assert finding(rows[:1], name="Failures", unit="share").startswith("Failures: at most 1% in January")


def test_values_of_nothing_do_not_vary():
    assert not vary_twofold(slots(series((0, 0, 0), (0, 0, 0))))


def test_two_periods_that_differ_are_told_though_neither_stands_out_of_all():
    """“Too wide to say that it changed” would be untrue of these."""
    rows = series((30, 20, 42), (35, 25, 48), (60, 45, 80), (36, 24, 44), (55, 40, 75), (34, 24, 47))
    told = finding(rows, name="Lead time", unit="hour")
    assert told == "Lead time varied, from 30.0 hours in January 2026 to 60.0 hours in March 2026"
