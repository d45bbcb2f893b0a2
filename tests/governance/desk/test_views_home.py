"""Home: what one may use, and what waits."""

import pytest

from charter.registry import services as registry
from governance.board.states import SeatKind
from tests import factories
from tests.governance.desk.conftest import QUESTION, RANKING


def test_a_manager_sees_what_the_charters_open_to_their_role(browse):
    """Issue 2, item 9: metrics one may ask about, for the groups one leads."""
    page = browse("/")
    assert page.says("You can ask about team payments (nine people).", "Nothing is waiting for you.")
    uses = {usable.metric: usable for usable, _version in page.response.context["usable"]}
    assert uses["lead-time-for-changes"].outcome == "permit"
    assert uses["commit-count"].outcome == "if"
    assert "Retrospective" in uses["lead-time-for-changes"].decisions


def test_what_home_offers_is_what_the_rules_permit(browse):
    """DESIGN, Screens: home promises nothing that asking would refuse."""
    page = browse("/")
    assert page.says("Lead time for changes Retrospective, staffing")
    assert browse("/ask", data=QUESTION | {"decision": "staffing"}).status == 200


def test_an_employee_sees_their_own_team(browse, house):
    """S85: no manager role is needed."""
    page = browse("/", by=house.employee)
    assert page.says("You can ask about team payments")
    assert {usable.metric for usable, _version in page.response.context["usable"]} >= {
        "lead-time-for-changes"
    }


def test_who_holds_nothing_is_told_what_they_can_do(browse, house):
    """Issue 2, item 9: the empty state."""
    assert browse("/", by=house.stranger).says("No charter lets your role ask", "Read the charters")


def test_a_suspended_metric_stays_on_the_list_with_its_standing(browse, house):
    """DESIGN, Screens: nobody wonders where a metric went."""
    registry.suspend(version=house.commit_count, by=factories.system())
    page = browse("/")
    assert page.says("Commit count Nothing at present", "Suspended", "Why")
    assert browse("/metrics/commit-count").says("Not in force: cannot be used.")


def test_the_last_answers_stand_with_their_verdicts(browse):
    """Issue 2, item 9: last questions with verdicts."""
    browse("/ask", data=QUESTION)
    browse("/ask", data=RANKING)
    page = browse("/")
    assert page.says("Lead time for changes, team payments, January 2026 to March 2026, for a retrospective")
    assert page.says("Commit count, each person in team payments", "Not allowed")


def test_the_board_is_told_which_cases_need_its_seat(browse, house):
    """DESIGN, Screens: which cases need my seat."""
    case = factories.an_open_case("pr-size")
    members = factories.a_board()
    seat = members[SeatKind.LEGAL]
    assert browse("/", by=seat).says("1 case needs your vote", "has not heard your seat yet: legal")
    factories.votes(case)
    assert not browse("/", by=seat).says("needs your vote")


def test_an_owner_sees_where_their_charters_stand(browse, house):
    """DESIGN, Screens: which charter needs me."""
    owner = factories.an_account("owner")
    registry.register_charter(
        programme=factories.a_programme(), document=factories.a_document("hours-online"), owner=owner,
        by=factories.system(),
    )  # fmt: skip
    page = browse("/", by=owner)
    assert page.says("Your charters", "Lead time for changes Active", "14 April 2027")
    assert page.says("Hours online (rota) Why A draft.") or page.says("Hours online (rota) A draft.")


@pytest.mark.parametrize(("account", "most"), [("manager", 15), ("stranger", 15)])
def test_home_costs_few_statements(statements, house, account, most):
    """DESIGN, Style: pinned query counts."""
    assert statements("/", by=getattr(house, account)) <= most
