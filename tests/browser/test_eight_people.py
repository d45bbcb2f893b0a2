"""The way of each of the eight people who use it, to what they came for, with axe on every page of it (issue 11)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from charter.programme import contract as contracts
from charter.programme import starter
from governance.board.states import SeatKind
from governance.people.models import GrantedRole, User
from tests import factories
from tests.browser.test_accessibility import Eye

ALONE = pytest.mark.proof(alone=True)
QUESTION = (
    "decision=retrospective&metrics=lead-time-for-changes&cohort=team:payments&first=2026-01&last=2026-03"
)


def holding(role: GrantedRole) -> User:
    user = factories.an_account(f"the-{role.value.replace('_', '-')}")
    factories.a_role(user, role)
    return user


@pytest.fixture
def way(window) -> Callable[..., tuple[Page, Eye]]:
    """A browser of one person's, with an eye on every page that they come to."""

    def _way(by: User | None = None) -> tuple[Page, Eye]:
        page = window(by)
        return page, Eye(page)

    return _way


def step(page: Page, eye: Eye, heading: str) -> None:
    """They have come to a page, and nothing on it shuts anybody out."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    eye.judge(heading)


def test_a_manager_asks_for_their_team_and_takes_the_answer(way, house):
    """Home says what may be used; the answer's headline is a finding, and its receipt is found again by eight characters."""
    page, eye = way(house.manager)
    page.goto("/")
    step(page, eye, "What you may use today")
    page.goto(f"/ask?{QUESTION}")
    page.get_by_role("button", name="Ask and show the answer").click()
    step(page, eye, "Allowed")
    number = page.locator(".mc-receipt .mc-mono").first.inner_text()
    page.get_by_role("link", name="Find", exact=True).click()
    page.get_by_role("searchbox").fill(number[:8])
    page.get_by_role("button", name="Find").click()
    step(page, eye, "Find")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    assert eye.faults == []


def test_a_board_member_votes_and_thinks_again(way, house):
    """What waits stands first on home; a ballot is confirmed, read by its author and changed until the case closes."""
    case = factories.an_open_case("pr-size")
    page, eye = way(factories.a_board()[SeatKind.HR])
    page.goto("/")
    page.get_by_role("link", name=f"Vote on case {case.number}").click()
    page.get_by_label("For it").check()
    page.get_by_role("button", name="Seal my ballot").click()
    expect(page.get_by_text("You alone can read it, and change it")).to_be_visible()
    page.get_by_role("link", name="Change your ballot").click()
    step(page, eye, "Change your ballot")
    page.get_by_label("Against it").check()
    page.get_by_label("Your reason").fill("Reviews of one person could be told from it.")
    page.get_by_role("button", name="Seal this in its place").click()
    expect(page.get_by_text("Your ballot is changed to “Against it”")).to_be_visible()
    expect(page.get_by_text("Reviews of one person could be told from it.")).to_be_visible()
    eye.judge("case")
    assert eye.faults == []


@ALONE
def test_an_owner_is_led_to_what_is_to_mend(way, house):
    """A draft says what stands in the way, first and with links to the fields."""
    page, eye = way(holding(GrantedRole.METRIC_OWNER))
    page.goto("/charters/new")
    eye.judge("charter-new")
    with page.expect_navigation():
        page.get_by_role("button", name="Begin").first.click()
    if page.get_by_role("heading", name="There is a problem").count():
        page.get_by_label("Name").first.fill("Review wait")
        page.get_by_role("button", name="Begin").first.click()
    eye.judge("charter-draft")
    assert eye.faults == []


@ALONE
def test_an_employee_reads_what_concerns_them(way, house):
    page, eye = way(house.employee)
    page.goto("/")
    eye.judge("home")
    page.goto("/metrics/lead-time-for-changes")
    step(page, eye, "Lead time for changes")
    expect(page.get_by_role("heading", name="How this affects me")).to_be_visible()
    page.goto("/rules/AR04")
    eye.judge("rule")
    page.goto("/about")
    step(page, eye, "What this is")
    assert eye.faults == []


@ALONE
def test_hr_checks_a_use_without_seeing_values(way, house):
    page, eye = way(holding(GrantedRole.HR))
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Check a use", exact=True).click()
    eye.judge("check")
    page.goto("/cases")
    step(page, eye, "Cases")
    expect(page.get_by_text("Everything that is or was")).to_have_count(0)
    assert eye.faults == []


@ALONE
def test_an_auditor_follows_a_receipt(way, house, window):
    asker = window(house.manager)
    asker.goto(f"/ask?{QUESTION}")
    asker.get_by_role("button", name="Ask and show the answer").click()
    number = asker.locator(".mc-receipt .mc-mono").first.inner_text()
    page, eye = way(house.auditor)
    page.goto(f"/find?q={number[:8]}")
    page.get_by_role("link", name=number).click()
    eye.judge("receipt")
    assert eye.faults == []


@ALONE
def test_an_administrator_meets_pages_of_ours_where_something_is_not_for_them(way, house):
    page, eye = way(holding(GrantedRole.ADMIN))
    for address, heading in (
        ("/nowhere", "There is no such page"),
        ("/rules/acknowledge", "This address opens nothing by itself"),
        ("/contract/publish", "You may not do this"),
    ):
        page.goto(address)
        step(page, eye, heading)
    page.goto("/settings")
    step(page, eye, "Settings")
    expect(page.get_by_text("Contract and rules readable without an account")).to_be_visible()
    assert eye.faults == []


@ALONE
def test_a_visitor_reads_contract_and_rules_where_the_programme_says_so(way, house):
    if contracts.find_contract_in_force() is None:
        begins = starter.read_starter_contract()
        hr = holding(GrantedRole.HR)
        contracts.publish(**{block: getattr(begins, block) for block in contracts.BLOCKS}, by=hr)
    factories.settings(readable_by_visitors=True)
    page, eye = way()
    page.goto("/sign-in")
    page.get_by_role("link", name="What this is").click()
    step(page, eye, "What this is")
    page.get_by_role("link", name="The rules that decide every question").click()
    step(page, eye, "Rules")
    page.goto("/contract")
    step(page, eye, "The contract")
    assert eye.faults == []
