"""When clues of strain are enough to speak of it (S116)."""

from typing import Any

import pytest

from audits.strain.concluding import ClueKind, conclude
from audits.strain.statistic_errors import BadWeeks, WeeksFault


@pytest.mark.parametrize("signal", [True, False, None])
@pytest.mark.parametrize("report", [True, False, None])
@pytest.mark.parametrize("seen", [True, False, None])
def test_a_conclusion_needs_two_of_three_one_from_people(signal, report, seen):
    """S116, every case: at least two kinds point to strain, one of them people's; fewer than two heard is refused."""
    said = dict(zip(ClueKind, (signal, report, seen), strict=True))
    clues = {kind: points for kind, points in said.items() if points is not None}
    if len(clues) < 2:
        with pytest.raises(BadWeeks) as refused:
            conclude(clues)
        assert refused.value.fault is WeeksFault.TOO_FEW_KINDS
        return
    found = conclude(clues)
    assert found.concluded is ([signal, report, seen].count(True) >= 2 and bool(report or seen))
    assert found.heard == set(clues)
    assert found.pointing == {kind for kind, points in clues.items() if points}


def test_a_kind_that_there_is_not_is_refused_by_name():
    """Bad input: hearsay is no kind of clue."""
    hearsay: Any = {ClueKind.SIGNAL: True, "hearsay": True}
    with pytest.raises(BadWeeks) as refused:
        conclude(hearsay)
    assert (refused.value.fault, refused.value.field) == (WeeksFault.OUT_OF_BOUNDS, "clues")
