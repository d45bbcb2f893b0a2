"""HR's journey in a browser: from the question to a statement, evidence that two people open, a file; axe on every page."""

import pytest
from playwright.sync_api import expect

from governance.people.models import GrantedRole
from governance.training import services as training
from governance.use_check.scans import BULK_CHECKS
from tests import factories
from tests.browser.test_accessibility import Eye
from tests.browser.test_journeys import heading
from tests.governance.use_check.conftest import write

FILE = b"decision,metrics,grain\nperformance_rating,commit-count,person\nretrospective,no-such,team\n"


@pytest.fixture
def hr(house):
    account = factories.an_account("hr")
    factories.a_role(account, GrantedRole.HR)
    training.acknowledge(rulebook_version=factories.the_rules(), by=account)
    return account


def go_on(page, eye: Eye, title: str) -> None:
    """See that this question is asked, look at it, and go on with what is chosen."""
    heading(page, title)
    eye.judge(title)
    page.get_by_role("button", name="Continue").click()


def test_hr_checks_a_use_and_sends_the_statement_on(window, hr):
    """Issue 14, done when: one question a page, no script needed, and a statement with its receipt."""
    page = window(hr, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Check a use", exact=True).click()
    page.get_by_label("Performance rating").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Commit count").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("One person’s").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Whose role is it about?")
    for _question in ("role", "evidence", "accountable"):
        page.get_by_role("button", name="Continue").click()
    heading(page, "What you are about to check")
    page.get_by_role("button", name="Check this use").click()
    heading(page, "No, this may not be used")
    expect(page.locator("#statement")).to_contain_text(
        "Commit count of one person may not be used for a performance rating."
    )
    expect(page.locator("#statement")).to_contain_text("no values were read. Receipt")
    page.get_by_role("link", name="What may I use for a performance rating?").click()
    expect(page.get_by_text("For a performance rating, nothing may be used.")).to_be_visible()


@pytest.mark.proof(alone=True)
def test_the_pages_of_a_check_are_accessible(window, house, hr):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    record = write(house.manager)
    page = window(hr)
    eye = Eye(page)
    eye.look("/use-check", "start")
    page.goto("/use-check/decision")
    page.get_by_role("button", name="Continue").click()
    eye.judge("nothing chosen")
    page.get_by_label("Performance rating").check()
    go_on(page, eye, "What is to be decided?")
    page.get_by_label("Commit count").check()
    go_on(page, eye, "Which metrics would be used?")
    page.get_by_label("One person’s").check()
    go_on(page, eye, "Whose values would be used?")
    go_on(page, eye, "Whose role is it about?")
    page.get_by_label("Design review, Ledger").check()
    go_on(page, eye, "Which evidence is at hand?")
    go_on(page, eye, "Who answers for the decision?")
    eye.judge("review")
    page.get_by_role("button", name="Check this use").click()
    heading(page, "No, this may not be used")
    eye.judge("answer")
    for address in ("/use-check/decisions/performance_rating", "/use-check/profiles", "/use-check/profiles/new?family=engineering",
                    "/evidence", "/evidence/new", f"/evidence/{record.pk}", "/use-check/files"):  # fmt: skip
        eye.look(address, address)
    page.goto("/use-check/files")
    page.get_by_label("Your file, as CSV (UTF-8) or XLSX").set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": FILE}
    )
    page.get_by_role("button", name="Send the file").click()
    eye.judge("file that waits")
    BULK_CHECKS.once(by=factories.system())
    page.reload()
    eye.judge("file that is done")
    writer = Eye(window(house.manager))
    writer.look(f"/evidence/{record.pk}/withdraw", "withdraw")
    assert eye.faults + writer.faults == []
