"""The rules in a browser, with what is not every day's: waived, added to, before the board, of an earlier version."""

import pytest

from charter import rules
from governance.board.proposals import propose_rules
from governance.board.states import SeatKind
from tests import factories
from tests.browser.test_accessibility import Eye
from tests.browser.test_board import a_waiver
from tests.charter.rules.rulebooks import files_with, policy
from tests.charter.rules.upgrades import upgraded_house

EXPORT = "when { context.export }"


@pytest.mark.proof(alone=True)
def test_the_rules_are_accessible_whatever_becomes_of_them(window, house, tmp_path):
    """DESIGN, Accessibility: zero axe violations, wide and narrow, in both schemes."""
    board, system = factories.a_board(), factories.system()
    legal, employee = Eye(window(board[SeatKind.LEGAL])), Eye(window(house.employee))
    a_waiver(board)
    first = propose_rules(files=files_with(policy(EXPORT)), by=system)
    legal.look(f"/cases/{first.pk}", "rules before the board")
    factories.a_decided_case(first)
    for path in ("/rules", "/rules?waivable=board", "/rules?family=gossip", "/rules/AR26", "/rules/ORG01"):
        employee.look(path, path)
    second = propose_rules(files=files_with(policy(EXPORT, why="We had a leak.", id="ORG01")), by=system)
    legal.look(f"/cases/{second.pk}", "rules said otherwise")
    factories.a_decided_case(second)
    with upgraded_house(tmp_path):
        for path in ("/rules", "/rules/AR04", "/"):
            legal.look(path, f"{path} of an earlier version")
        third = propose_rules(files=rules.builtin_files(), by=system)
        legal.look(f"/cases/{third.pk}", "the rules of the new version")
    assert legal.faults + employee.faults == []
