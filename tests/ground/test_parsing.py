"""Small values as they are typed: one way to read each, and a sentence for every other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground.errors import BadInput, NotFound
from ground.parsing import LONGEST_WORD, clean_word, parse_day, read_day, read_number

NO_DAYS = ["", "2026-1-5", "20260105", "2026-W01-1", "2026-02-30", "05.01.2026", "2026-01-05T00:00", "٢٠٢٦-٠١-٠٥", "2026-01-05\n"]  # fmt: skip


@given(st.dates())
def test_a_day_is_read_as_it_is_written(day):
    """Every day that there is."""
    assert parse_day(day.isoformat()) == read_day(day.isoformat(), field="on") == day


@pytest.mark.parametrize("text", NO_DAYS)
def test_a_day_is_written_one_way(text):
    """Issue 8, 2: what one door reads as a day, no other reads otherwise."""
    with pytest.raises(ValueError, match=r"not a day|day is out of range"):
        parse_day(text)
    with pytest.raises(BadInput) as raised:
        read_day(text, field="from")
    assert raised.value.field == "from"


@pytest.mark.parametrize("text", ["", "-1", "1.0", "x", "٢", "1" * 9, "1\n"])
def test_what_is_no_number_leads_nowhere(text):
    """An address with it is one that there is not."""
    assert read_number("42") == 42
    with pytest.raises(NotFound):
        read_number(text)


def test_a_word_to_look_for_can_be_looked_for():
    """Trimmed, and not endless."""
    assert clean_word("  lead time ") == "lead time"
    assert len(clean_word("x" * 1_000)) == LONGEST_WORD
