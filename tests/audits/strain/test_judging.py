"""What weeks say against limits: planted load, quiet weeks, and what cannot be told (issue 18, 1 and Bad input)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from audits.strain.judging import JudgedBy, SignalFinding, judge_weeks
from audits.strain.statistic_errors import BadWeeks, WeeksFault
from audits.strain.statistics import StrainedBy
from audits.strain.team_weeks import read_weeks
from tests.proof import whole_or_short

PEOPLE = 10.0


def judge(counts, limit=1.0, *, strained_by=StrainedBy.MORE, **more):
    return judge_weeks(read_weeks(np.asarray(counts, dtype=float), PEOPLE, **more), limit, strained_by)


def test_a_load_beyond_the_limit_is_strain_since_its_first_week():
    (found,) = judge([[5] * 20 + [20] * 10])
    assert found.weeks == "wwwoooooooooo"
    assert (found.finding, found.over, found.since, found.by) == (
        SignalFinding.STRAINED,
        10,
        20,
        JudgedBy.WEEKS,
    )


def test_recovery_keeps_a_team_out_of_it():
    """Two pairs of recovery weeks within thirteen are a rest."""
    (found,) = judge([[20, 20, 20, 20, 5, 5, 20, 20, 20, 5, 5, 20, 20]])
    assert found.finding is SignalFinding.QUIET


def test_two_quarters_last():
    (found,), (new,) = judge([[20] * 26]), judge([[5] * 13 + [20] * 13])
    assert found.lasting and not new.lasting


def test_what_is_rare_is_held_against_its_quarter():
    """A limit that about one event a week passes says nothing by weeks (measurements, Strain)."""
    quiet, heavy = judge([[1] * 13, [4] * 13], limit=0.15)
    assert quiet.by is heavy.by is JudgedBy.QUARTER
    assert (quiet.finding, heavy.finding) == (SignalFinding.QUIET, SignalFinding.STRAINED)
    assert quiet.over == heavy.over == 0 and heavy.since == 0


def test_of_leave_too_little_is_strain():
    few, enough = judge([[0] * 13, [5] * 13], limit=0.3, strained_by=StrainedBy.FEWER)
    assert (few.finding, enough.finding) == (SignalFinding.STRAINED, SignalFinding.QUIET)


def test_within_the_limit_a_rise_is_told_as_one():
    (found,) = judge([[10] * 52 + [22] * 13], limit=3.0)
    assert found.finding is SignalFinding.RISING


def test_what_cannot_be_told_says_why():
    """Bad input: a team born or ended mid-window, weeks without data; each by name."""
    weeks = np.full((4, 13), 20.0)
    known = np.ones((4, 13), dtype=bool)
    known[2, :6] = False
    found = judge(weeks, known=known, began=[5, 0, 0, 0], ended=[13, 9, 13, 13])
    assert [each.why for each in found] == [
        WeeksFault.TEAM_BEGAN.value, WeeksFault.TEAM_ENDED.value, WeeksFault.TOO_FEW_WEEKS.value, "",
    ]  # fmt: skip
    assert [each.finding for each in found] == [SignalFinding.UNTOLD] * 3 + [SignalFinding.STRAINED]
    assert found[2].known == 7


def test_weeks_without_data_never_raise_strain():
    """Where it depends on them, it is untold."""
    known = np.ones((1, 13), dtype=bool)
    known[0, :4] = False
    (found,) = judge([[20] * 11 + [5, 5]], known=known)
    assert (found.finding, found.why) == (SignalFinding.UNTOLD, WeeksFault.MISSING.value)


def test_negative_counts_and_too_few_weeks_are_refused():
    with pytest.raises(BadWeeks) as refused:
        judge([[5] * 12 + [-1]])
    assert refused.value.fault is WeeksFault.NEGATIVE
    with pytest.raises(BadWeeks):
        judge([[5] * 12])
    assert judge(np.zeros((0 + 1, 13)), limit=1.0)[0].finding is SignalFinding.QUIET


@pytest.mark.proof
@settings(max_examples=whole_or_short(600, 20), deadline=None)
@given(
    some.lists(some.lists(some.integers(0, 40), min_size=13, max_size=13), min_size=1, max_size=5),
    some.floats(0.3, 4),
)
def test_a_team_is_judged_alike_whoever_stands_beside_it(counts, limit):
    """Thirteen weeks alone have nothing before them, so nothing is pooled over teams."""
    together = judge(counts, limit)
    assert together == [judge([each], limit)[0] for each in counts]
