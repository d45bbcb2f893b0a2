"""Texts that state how people are to be spread, and texts that do not (AR17)."""

import pytest

from governance.calibration.targets import find_target


@pytest.mark.parametrize(
    "text",
    [
        "We have a quota for the third level.",
        "Follow the forced distribution.",
        "Fit the curve.",
        "It must look like a bell curve.",
        "The bottom 10% have to go.",
        "Top five people get it.",
        "10 % of people are below.",
        "20 percent of the team should be Leading.",
        "At most two people reach it.",
        "No more than 3 per team.",
        "Exactly one may be Leading.",
        "Only 2 can get this.",
        "One in ten must be Growing.",
        "Stack ranking decides.",
        "Stack-ranked last year.",
        "The target distribution is 20/70/10.",
        "The average rating must be 2.",
        "the lowest quartile",
    ],
)
def test_a_target_is_found_whatever_it_is_called(text):
    assert find_target(text)


@pytest.mark.parametrize(
    "text",
    [
        "Failures fell by 30 % after her change.",
        "She mentored three people.",
        "He was the only one on call for two weeks.",
        "The learning curve was steep.",
        "At least two designs of others changed.",
        "Ran the top incident of the year.",
        "95 % of requests are answered in time.",
        "It took at most two days.",
        "",
    ],
)
def test_what_was_achieved_may_be_told_in_numbers(text):
    assert find_target(text) == ""
