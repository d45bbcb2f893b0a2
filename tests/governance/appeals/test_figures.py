"""Figures of appeals for everybody, under the smallest group (issue 12, 9)."""

from datetime import timedelta

import pytest

from governance.appeals.figures import list_figures
from governance.appeals.states import AppealFinding, AppealKind, HoldChoice
from ground import clock
from tests.governance.appeals.conftest import assign, decide
from tests.governance.decisions.conftest import NOON

pytestmark = pytest.mark.django_db


def after_the_quarter():
    return clock.stopped_at(NOON + timedelta(days=90))


def test_a_quarter_that_goes_on_tells_nothing(browse, desk, file):
    """Its figure would grow with each appeal, and so tell of each."""
    for _each in range(6):
        file(hold=HoldChoice.NONE)
    assert list_figures() == []
    assert browse("/appeals/figures").says("No quarter is over yet")


def test_fewer_than_the_smallest_group_are_not_told(browse, desk, file):
    """DESIGN: statistics are published under the same k."""
    for _each in range(4):
        file(hold=HoldChoice.NONE)
    with after_the_quarter():
        (quarter,) = list_figures()
        assert (quarter.filed, quarter.kinds, quarter.findings, quarter.days_kept) == (None,) * 4
        assert browse("/appeals/figures").says("too few to tell")


def test_one_small_part_hides_all_parts_of_its_quarter(desk, file):
    """The whole and the others would tell it."""
    for _each in range(6):
        decide(assign(file(hold=HoldChoice.NONE), desk), desk.hr)
    with after_the_quarter():
        (quarter,) = list_figures()
        assert (quarter.filed, quarter.kinds) == (6, {AppealKind.NAMED: 6})
        assert (quarter.findings, quarter.days_kept) == ({AppealFinding.UPHELD: 6}, 100)
    file(kind=AppealKind.CONFIDENTIAL, hold=HoldChoice.NONE)
    with after_the_quarter():
        (quarter,) = list_figures()
        assert (quarter.filed, quarter.kinds) == (7, None)
