"""Home: what one may use, and what waits."""

import pytest

from charter.authoring import services as authoring
from charter.registry import services as registry
from governance.board.states import SeatKind
from governance.desk.screens import home
from governance.people.models import GrantedRole, Team
from ground import calendar
from tests import factories
from tests.pages import QUESTION, RANKING


def test_a_manager_sees_what_the_charters_open_to_their_role(browse):
    """Issue 2, item 9: metrics one may ask about, for the groups one leads."""
    page = browse("/")
    assert page.says("You can ask about team payments (nine people).", "Nothing is waiting for you.")
    uses = {each.metric.slug: each for each in page.response.context["usable"]}
    assert {slug: each.outcome for slug, each in uses.items()} == {
        "lead-time-for-changes": "permit",
        "commit-count": "if",  # once it is affirmed that a fault is looked for
    }
    plain, *_with_others = uses["lead-time-for-changes"].told
    assert "retrospective" in [use.decision for use in plain[1]]


@pytest.mark.proof(alone=True)
def test_what_home_offers_is_what_the_rules_permit(browse):
    """Issue 11: home promises nothing that asking would refuse, and one click leads to the question."""
    for slug in ("change-failure-rate", "slo-compliance"):
        factories.an_active_charter(slug)
    page = browse("/")
    assert page.says("Release readiness", "together with change failure rate and SLO compliance")
    offered = [use for each in page.response.context["usable"] for _lacks, uses in each.told for use in uses]
    assert len(offered) > 10
    for use in offered:
        form = browse(use.url).response.context["form"]
        data = {
            name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)
        }
        data["affirms"] = list(use.outlook.affirms)  # as whoever asks ticks what is so
        assert browse("/ask", data=data | {"check": "on"}).says("This was a check."), use


def test_home_does_not_offer_what_lacks_a_charter_beside_it(browse):
    """Issue 11: it showed "Allowed" for release readiness, which is refused while the two others have no charter."""
    uses = {each.metric.slug: each for each in browse("/").response.context["usable"]}
    decisions = [use.decision for _lacks, some in uses["lead-time-for-changes"].told for use in some]
    assert "staffing" in decisions and "release_readiness" not in decisions


def test_home_says_that_nothing_is_allowed_before_the_rules_are_acknowledged(browse):
    """Issue 11: what is said is what asking says."""
    newcomer = factories.an_account("newcomer")
    factories.a_role(newcomer, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    usable = browse("/", by=newcomer).response.context["usable"]
    assert usable and {each.outcome for each in usable} == {"deny"}


def test_an_employee_sees_their_own_team(browse, house):
    """S85: no manager role is needed."""
    page = browse("/?show=uses", by=house.employee)
    assert page.says("You can ask about team payments")
    assert "lead-time-for-changes" in {each.metric.slug for each in page.response.context["usable"]}


def test_who_holds_nothing_is_told_what_they_can_do(browse, house):
    """Issue 2, item 9: the empty state."""
    assert browse("/", by=house.stranger).says("No charter lets your role ask", "Read the charters")


def test_a_suspended_metric_stays_on_the_list_with_its_standing(browse, house):
    """DESIGN, Screens: nobody wonders where a metric went."""
    registry.suspend(version=house.commit_count, by=factories.system())
    page = browse("/")
    assert page.says("Commit count Nothing at present.", "Suspended")
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
    assert browse("/", by=seat).says(f"Vote on case {case.number}", "Your seat has not been heard: legal")
    factories.votes(case)
    assert not browse("/", by=seat).says(f"Vote on case {case.number}")


def test_an_owner_sees_where_their_charters_stand(browse, house):
    """DESIGN, Screens: which charter needs me."""
    owner = factories.an_account("owner")
    authoring.register_charter(
        programme=factories.a_programme(), document=factories.a_document("hours-online"), owner=owner,
        by=factories.system(),
    )  # fmt: skip
    page = browse("/", by=owner)
    assert page.says("Your charters", "Lead time for changes Active", "14 April 2027")
    assert page.says("Hours online (rota) Why A draft.") or page.says("Hours online (rota) A draft.")


@pytest.mark.parametrize(("account", "most"), [("manager", 20), ("stranger", 20)])
def test_home_costs_few_statements(statements, house, account, most):
    """DESIGN, Style: pinned query counts."""
    assert statements("/", by=getattr(house, account)) <= most


def test_an_owner_of_many_charters_reads_the_first_and_how_many_there_are(
    browse, statements, monkeypatch, house
):
    """Issue 11: home stays short, and costs the same, whoever owns ten thousand metrics."""
    owner = factories.an_account("owner")
    few = statements("/", by=owner)
    monkeypatch.setattr(home, "A_PAGE", 1)
    monkeypatch.setattr(home, "CHARTERS_BY_NAME", 1)
    authoring.register_charter(
        programme=factories.a_programme(), document=factories.a_document("hours-online"), owner=owner,
        by=factories.system(),
    )  # fmt: skip
    registry.suspend(version=house.commit_count, by=factories.system())
    page = browse("/", by=owner)
    assert len(page.response.context["owned"]) == 1
    asking = home._list_asking(owner, calendar.today())
    assert {metric.slug for metric in asking} == {"hours-online", "commit-count"}
    assert page.says("1 further charter of yours", "of your charters")
    assert statements("/", by=owner) <= few + 3
