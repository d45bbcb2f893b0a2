"""Claims on remarks beside the lines of a change: nothing in a text begins another command or another property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground.annotations import annotate, say_count

pytestmark = pytest.mark.stands_on()


@given(text=st.text(), file=st.text(), title=st.text())
def test_a_text_stays_one_command_with_its_own_properties(text, file, title):
    told = annotate("error", text, file=file, title=title)
    assert "\n" not in told and "\r" not in told
    head, _, rest = told.removeprefix("::error file=").partition(",title=")
    assert "," not in head and ":" not in head
    assert "::" in rest and rest.partition("::")[0].count(",") == 0


def test_so_many_of_something():
    assert [say_count(number, "error") for number in (0, 1, 1200)] == ["0 errors", "1 error", "1,200 errors"]
