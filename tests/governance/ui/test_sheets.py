"""Tables to take away: what a spreadsheet makes of them (issue 11)."""

import pytest

from governance.ui.sheets import BYTE_ORDER_MARK, FORMULAS, stream_csv


def text(*rows):
    return b"".join(stream_csv("list.csv", ["name"], rows).streaming_content).decode("utf-8")


def test_it_begins_with_the_mark_by_which_spreadsheets_know_utf8():
    assert text(["Zürich"]).startswith(f"{BYTE_ORDER_MARK}name\r\n") and "Zürich" in text(["Zürich"])


@pytest.mark.parametrize("start", FORMULAS)
def test_no_cell_is_taken_for_a_formula(start):
    """A metric called “=HYPERLINK(…)” stays text."""
    cell = f"{start}1+1"
    assert f"'{cell}" in text([cell])
