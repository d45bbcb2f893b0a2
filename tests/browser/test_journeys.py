"""A manager's way from sign-in to an answer and to a refusal, with and without JavaScript, and by keyboard alone."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from governance.people import services as people
from tests import factories

JAVASCRIPT = pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no-script"])


@pytest.fixture
def password(house) -> str:
    people.change_password(user=house.manager, password=factories.PASSWORD, by=factories.system())
    return factories.PASSWORD


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def press(page: Page, name: str, role: Literal["button", "link"] = "button") -> None:
    """Press what leads to another page, and wait until the browser is there: only then is done what the page asked for."""
    with page.expect_navigation():
        page.get_by_role(role, name=name, exact=True).click()


def choose_window(page: Page) -> None:
    page.get_by_label("From one month to another").check()
    page.get_by_label("From", exact=True).select_option("2026-01")
    page.get_by_label("To and including").select_option("2026-03")


@JAVASCRIPT
def test_from_sign_in_to_an_answer(window, password, java_script_enabled):
    """Issue 2, Done when: the lead time of one's team for a retrospective, withheld months said to be."""
    page = window(java_script_enabled=java_script_enabled)
    page.goto("/metrics/lead-time-for-changes")
    heading(page, "Sign in")
    page.get_by_label("User name").fill("manager")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    heading(page, "Lead time for changes")
    page.get_by_role("link", name="Ask about this metric").click()
    page.get_by_label("Retrospective").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Lead time for changes")).to_be_checked()
    expect(page.get_by_label("Whose values?")).to_have_value("team/team:payments")
    choose_window(page)
    page.get_by_role("button", name="Ask and show the answer").click()
    heading(page, "Allowed")
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows.filter(has_text="Feb 2026")).to_contain_text(
        "Withheld: it would tell too much of too few people"
    )
    expect(rows.filter(has_text="Jan 2026")).to_contain_text("20.0")
    expect(page.get_by_role("img", name="Lead time for changes")).to_be_visible()
    page.get_by_role("link", name="Check this receipt").click()
    expect(page.get_by_role("heading", name="This receipt is genuine")).to_be_visible()


@JAVASCRIPT
def test_from_a_refusal_to_the_smallest_allowed_change(window, house, java_script_enabled):
    """Issue 2, Done when: refused by name of each rule; DESIGN, Components: the smallest change can be asked."""
    page = window(house.manager, java_script_enabled=java_script_enabled)
    page.goto("/ask?decision=workflow_debugging&metrics=commit-count&grain=person&cohort=team:payments")
    choose_window(page)
    page.get_by_text("Order, limit, compare").click()
    page.get_by_label("Order", exact=True).select_option(label="Highest first")
    page.get_by_role("button", name="Only check if it is allowed").click()
    heading(page, "Not allowed")
    for rule in ("AR04", "AR14"):
        expect(page.get_by_role("link", name=rule, exact=True)).to_be_visible()
    page.get_by_role("link", name="Ask the allowed question").click()
    expect(page.get_by_text("Likely allowed")).to_be_visible()
    page.get_by_label("A fault in the team's workflow").check()
    page.get_by_role("button", name="Ask and show the answer").click()
    heading(page, "Allowed")


def test_an_error_is_where_reading_starts_and_leads_to_its_field(window, house):
    """DESIGN, Accessibility: summary first, then beside the field."""
    page = window(house.manager)
    page.goto("/ask?decision=retrospective")
    page.get_by_role("button", name="Ask and show the answer").click()
    expect(page).to_have_title("Error: Ask about a metric – Metric Charter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Choose at least one metric").click()
    expect(page.get_by_label("Lead time for changes")).to_be_focused()


def test_rules_are_acknowledged_with_one_button(window, house):
    """S54: what waits on home is done in two clicks."""
    page = window(factories.an_account("newcomer"))
    page.goto("/")
    page.get_by_role("link", name="Read and acknowledge the rules").click()
    page.get_by_role("button", name="I have read these rules").click()
    expect(page.get_by_text("You have acknowledged the rules, version 1.")).to_be_visible()
    expect(page.get_by_text("You acknowledged version 1 on 14 April 2026")).to_be_visible()


def test_the_browser_obeys_our_policy_without_complaint(window, house):
    """DESIGN, Parts: CSP without inline styles or scripts, and nothing from elsewhere."""
    page = window(house.manager)
    complaints, elsewhere = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on(
        "request", lambda request: elsewhere.append(request.url) if "127.0.0.1" not in request.url else None
    )
    for path in ("/", "/metrics", "/metrics/lead-time-for-changes", "/rules", "/ask"):
        page.goto(path, wait_until="networkidle")
    page.get_by_label("Retrospective").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Lead time for changes").check()
    page.get_by_role("button", name="Ask and show the answer").click()
    heading(page, "Allowed")
    assert (complaints, elsewhere) == ([], [])
