"""Answers about harm are for the people they are about (S67, issue 11)."""

import pytest

from charter.authoring.lint.harms import is_empty_phrase, is_rote
from charter.registry.document import Harms

GOOD = "Work is counted by team and month, so that shorter days of one person change nothing."


@pytest.mark.parametrize("answer", ["No harm", "no harm.", "N/A", "None", " - none - ", "Not applicable!"])
def test_an_empty_phrase_is_no_answer(answer):
    """Issue 11: “No harm” three times passed the checks."""
    assert is_empty_phrase(answer)
    assert is_rote(Harms(disabled_workers=answer), "disabled_workers")


def test_an_answer_that_says_who_how_and_what_prevents_it_is_one():
    harms = Harms(disabled_workers=GOOD, caregivers=GOOD.replace("days", "weeks"), nonstandard_schedules="")
    assert not any(is_rote(harms, group) for group in ("disabled_workers", "caregivers"))
    assert not is_rote(harms, "nonstandard_schedules")  # nothing said is another finding


def test_the_same_for_two_groups_or_a_few_words_is_by_rote():
    """The board is told, as nobody thought of either group."""
    same = Harms(disabled_workers=GOOD, caregivers=GOOD.upper())
    assert is_rote(same, "disabled_workers") and is_rote(same, "caregivers")
    assert is_rote(Harms(caregivers="It cannot harm them"), "caregivers")
