"""Groups against everybody else, context against contribution, and managers: pure (issue 17, 1 to 3)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.fairness.comparing import Attribute, GroupFinding, compare, list_flagged, merge_small
from audits.fairness.contribution import share_context
from audits.fairness.managers import compare_managers, list_standing_out
from audits.fairness.statistic_errors import BadStatistic
from tests.proof import whole_or_short

LEAST = 5


def an_attribute(codes, levels):
    return Attribute(np.asarray(codes, dtype=np.int64), tuple(f"l{each}" for each in range(levels)))


@st.composite
def organisations(draw):
    n = draw(st.integers(10, 120))
    levels = draw(st.lists(st.integers(1, 5), min_size=1, max_size=4))
    chance = np.random.default_rng(draw(st.integers(0, 10_000)))
    attributes = {
        f"a{at}": an_attribute(chance.integers(-1, size, n), size) for at, size in enumerate(levels)
    }
    return chance.random(n) < draw(st.floats(0, 1)), chance.integers(0, 3, n), attributes


@pytest.mark.proof
@settings(max_examples=whole_or_short(400, 15))
@given(organisations())
def test_nobody_can_be_singled_out_by_all_that_is_told(organisation):
    """Issue 17, 1: sets of people whom all told groups together tell apart hold five people, with both outcomes among them."""
    selected, strata, attributes = organisation
    comparison = compare(selected, strata, attributes, least=LEAST)
    merged = {name: merge_small(each, LEAST) for name, each in attributes.items()}
    inside = [
        np.all([merged[name].codes == merged[name].labels.index(label) for name, label in zip(group.of, group.labels, strict=True)], axis=0)
        for group in comparison.groups
        if group.told
    ]  # fmt: skip
    for group, members in zip((each for each in comparison.groups if each.told), inside, strict=True):
        assert (group.people, group.selected) == (members.sum(), selected[members].sum())
    signatures = np.array(inside).T if inside else np.zeros((len(selected), 0), dtype=bool)
    for signature in np.unique(signatures, axis=0) if inside else ():
        alike = np.all(signatures == signature, axis=1)
        assert alike.sum() >= LEAST and 0 < selected[alike].sum() < alike.sum()


@pytest.mark.proof
@settings(max_examples=whole_or_short(400, 15))
@given(organisations())
def test_only_what_chance_does_not_explain_is_flagged(organisation):
    """A flag needs both: under four fifths and Holm's p under .05; groups are of the least size at least, on both sides."""
    selected, strata, attributes = organisation
    comparison = compare(selected, strata, attributes, least=LEAST)
    for group in comparison.groups:
        assert LEAST <= group.people <= len(selected) - LEAST
        assert (group.finding is GroupFinding.FLAGGED) == (group.ratio < 0.8 and group.holm < 0.05)
        assert group.finding is not GroupFinding.WATCHED or group.discovery < 0.10


def test_small_levels_are_merged_or_in_no_group():
    codes = [0] * 10 + [1] * 3 + [2] * 4
    merged = merge_small(an_attribute(codes, 3), LEAST)
    assert merged.labels == ("l0", "Other") and (merged.codes == 1).sum() == 7
    alone = merge_small(an_attribute([0] * 10 + [1] * 3, 2), LEAST)
    assert alone.labels == ("l0",) and (alone.codes == -1).sum() == 3


def test_two_attributes_that_say_the_same_are_not_tested_twice():
    codes = np.array([0, 1] * 20)
    compared = compare(codes == 0, np.zeros(40, dtype=int), {"a": an_attribute(codes, 2), "b": an_attribute(np.zeros(40), 1)}, least=5)  # fmt: skip
    assert [each.of for each in compared.groups] == [("a",), ("a",)]


def test_evidence_explains_what_it_does():
    """Cochran, Mantel and Haenszel by level of evidence: a group with less evidence is flagged, and its odds are even."""
    strata = np.repeat([0, 0, 1, 1], [150, 50, 50, 150])
    group = np.repeat([0, 1, 0, 1], [150, 50, 50, 150])
    selected = np.concatenate([np.arange(200) % 5 == 0, np.arange(200) % 5 < 4])
    flagged = next(list_flagged(compare(selected, strata, {"a": an_attribute(group, 2)}, least=5).groups))
    assert (
        flagged.labels == ("l0",)
        and flagged.odds_ratio == pytest.approx(1, abs=0.05)
        and flagged.evidence_p > 0.5
    )


def test_nobody_is_refused():
    with pytest.raises(BadStatistic):
        compare(np.zeros(0, dtype=bool), np.zeros(0, dtype=int), {}, least=5)
    with pytest.raises(BadStatistic):
        compare(np.zeros(3, dtype=bool), np.zeros(3, dtype=int), {"a": an_attribute([0], 1)}, least=5)


# Context against contribution


def test_shares_add_up_and_find_what_was_planted():
    """S103: all of R² goes to somebody, and most of it to what the metric follows."""
    chance = np.random.default_rng(3)
    place, level = chance.integers(0, 4, 300), chance.integers(0, 3, 300)
    for y, follows in ((place + chance.normal(size=300), True), (level + chance.normal(size=300), False)):
        found = share_context(y, {"place": place}, {"level": level})
        assert sum(found.shares.values()) == pytest.approx(found.r2)
        assert found.exceeds(0.5) == follows and (found.share > 0.9) == follows
        assert found.low <= found.share + 0.05


@pytest.mark.proof
@settings(max_examples=whole_or_short(300, 12))
@given(st.integers(0, 500))
def test_shares_lie_within_bounds_and_do_not_depend_on_order(seed):
    chance = np.random.default_rng(seed)
    a, b, c = (chance.integers(0, 3, 60) for _each in range(3))
    y = chance.normal(size=60)
    found, turned = (
        share_context(y, context, {"c": c}, draws=5) for context in ({"a": a, "b": b}, {"b": b, "a": a})
    )
    assert found.shares == pytest.approx(turned.shares) and found.share == pytest.approx(turned.share)
    assert 0 <= found.r2 <= 1 and all(-1e-9 <= each <= 1 for each in found.shares.values())


def test_context_that_cannot_be_told_is_nan():
    codes = np.arange(40) % 3
    for y in (np.ones(40), np.full(40, np.nan), np.r_[np.arange(20.0), np.full(20, np.nan)]):
        assert np.isnan(share_context(y, {"a": codes}, {"b": codes}).share)
    with pytest.raises(BadStatistic):
        share_context(np.ones(40), {}, {"b": codes})
    with pytest.raises(BadStatistic):
        share_context(np.ones(40), {"a": codes}, {"b": codes[:5]})


# Managers


def test_a_manager_is_held_against_people_of_equal_evidence():
    """S105: a manager whose people show more is not taken for one who rates higher; one who rates higher is found."""
    chance = np.random.default_rng(5)
    managers, cells = np.repeat(np.arange(10), 30), chance.integers(0, 3, 300)
    cells[managers == 0] = 2  # all of theirs at the highest level, which is rated higher by all
    fair = 2.5 + 0.8 * cells + 0.4 * chance.normal(size=300)
    assert list_standing_out(compare_managers(fair, managers, np.arange(300), cells, least=5).gaps) == []
    high = fair + np.where(managers == 4, 0.9, 0)
    [found] = list_standing_out(compare_managers(high, managers, np.arange(300), cells, least=5).gaps)
    assert (
        found.manager == 4
        and found.people == 30
        and found.low < 0.9 < found.high + 0.3
        and found.others > 100
    )


def test_a_small_gap_is_no_finding_however_sure_it_is():
    chance = np.random.default_rng(6)
    managers = np.repeat(np.arange(5), 2000)
    y = 3 + 0.2 * (managers == 1) + 0.3 * chance.normal(size=10_000)
    found = compare_managers(y, managers, np.arange(10_000), np.zeros(10_000, dtype=int), least=5)
    assert found.gaps[1].discovery < 1e-6 and list_standing_out(found.gaps) == []


def test_edges_of_managers_are_told():
    """Bad input: one person, nobody to compare with, all alike, nan, nobody at all; several ratings of one person count once."""
    zeros = np.zeros(12, dtype=int)
    one = compare_managers([3.0] * 12, np.array([0] * 11 + [1]), np.arange(12), zeros, least=5)
    assert one.too_few == 2 and one.gaps == ()
    alike = compare_managers([3.0] * 12, np.array([0, 1] * 6), np.arange(12), zeros, least=5)
    assert len(alike.gaps) == 2 and not list_standing_out(alike.gaps) and np.isnan(alike.gaps[0].p)
    nothing = compare_managers([np.nan] * 12, zeros, np.arange(12), zeros, least=5)
    assert (nothing.people, nothing.gaps) == (0, ())
    twice = compare_managers([1.0, 5.0] * 6, np.repeat([0, 1], 6), np.repeat(np.arange(6), 2), zeros, least=3)
    assert twice.people == 6 and twice.gaps[0].people == 3 and twice.gaps[0].gap == 0
    with pytest.raises(BadStatistic):
        compare_managers([1.0], zeros, zeros, zeros, least=5)


def _two_groups(people: int, small: int, of_small: int, rate: float = 0.6) -> tuple:
    """A small group of which so many were selected, among others of whom so large a share was."""
    codes = np.zeros(people, dtype=np.int64)
    codes[:small] = 1
    selected = np.zeros(people, dtype=bool)
    selected[:of_small] = True
    selected[small : small + int(rate * (people - small))] = True
    return selected, np.zeros(people, dtype=np.int64), {"location": Attribute(codes, ("Oslo", "Delft"))}


def test_a_finding_that_tells_on_everybody_of_a_group_is_not_told_by_name():
    """Attack: who knows that five are in a group, and that it is flagged, knows that none of them was selected."""
    delft = _find(compare(*_two_groups(400, 6, 0), least=5), "Delft")
    assert (delft.finding, delft.told, delft.named) == (GroupFinding.FLAGGED, False, False)
    some = _find(compare(*_two_groups(400, 6, 0, 0.95), least=5), "Delft")
    assert (some.finding, some.named) == (GroupFinding.FLAGGED, True), "so would it be with two"
    large = _find(compare(*_two_groups(400, 60, 0), least=5), "Delft")
    assert (large.finding, large.told, large.named) == (GroupFinding.FLAGGED, False, True), (
        "so would it be with two"
    )


def test_one_of_an_outcome_does_not_learn_how_all_the_others_came_out():
    """Attack: where one of 23 was selected, that one knows that the others were not."""
    for of_small, told in ((1, False), (2, True), (21, True), (22, False)):
        assert _find(compare(*_two_groups(100, 23, of_small), least=5), "Delft").told is told, of_small


def _find(compared, label):
    return next(each for each in compared.groups if each.labels == (label,))
