"""The matrix, its reviews, the contract and the records in a browser: accessible wide and narrow, usable by keyboard, printable."""

import pytest
from playwright.sync_api import expect

from charter.authoring import services as authoring_services
from charter.programme.models import Programme
from charter.registry import reviews, services
from governance.people.models import GrantedRole
from tests import factories
from tests.browser.test_accessibility import MATRIX, Eye
from tests.browser.test_journeys import heading

# Downloads, and addresses that only redirect.
NO_PAGE = {"matrix-csv", "records-csv", "justify", "contract-acknowledge"}


@pytest.fixture
def member(house):
    """A member of the board, with a metric in force, one suspended and a draft."""
    services.suspend(version=house.lead_time, by=factories.system())
    authoring_services.register_charter(
        programme=factories.a_programme(), document=factories.a_document("hours-online"),
        owner=factories.an_account("owner"), by=factories.system(),
    )  # fmt: skip
    account = factories.a_board()["legal"]
    factories.a_role(account, GrantedRole.BOARD_MEMBER)
    return account


def an_account_of(role: GrantedRole):
    account = factories.an_account(f"an-{role.value}")
    factories.a_role(account, role)
    return account


@pytest.mark.proof(alone=True)
def test_every_page_of_the_matrix_is_accessible(window, member):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    seat = Eye(window(member))
    seat.look("/matrix", "matrix")
    seat.look("/matrix?group=people&name=e", "matrix")
    seat.look("/matrix?name=zzzz", "matrix")
    seat.look("/matrix/review", "reviews")
    seat.look("/matrix/review", "review", "Start the review")
    seat.look("/contract", "contract")
    seat.look("/contract/metrics", "contract-metrics")
    admin = Eye(window(an_account_of(GrantedRole.ADMIN)))
    admin.look("/matrix/change", "record-change", "Record it and open the review")
    hr = Eye(window(an_account_of(GrantedRole.HR)))
    hr.look("/contract/publish", "contract-publish")
    hr.look("/legal-record", "records")
    hr.look("/legal-record/commit-count", "record")
    _flag(member)
    seat.look("/matrix/review", "reviews")
    assert seat.faults + admin.faults + hr.faults == []
    assert not MATRIX - NO_PAGE - seat.seen - admin.seen - hr.seen


def test_the_matrix_scrolls_by_keyboard_and_keeps_its_metrics_in_sight(window, member):
    """DESIGN, Accessibility: the matrix scrolls in a focusable, named region."""
    page = window(member, viewport={"width": 390, "height": 844})
    page.goto("/matrix")
    region = page.get_by_role("region", name="Metrics by decision")
    region.focus()
    before = page.get_by_role("rowheader", name="Commit count").bounding_box()["x"]
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    for _ in range(50):
        if region.evaluate("region => region.scrollLeft") > 50:
            break
        page.wait_for_timeout(100)
    assert region.evaluate("region => region.scrollLeft") > 50
    assert page.get_by_role("rowheader", name="Commit count").bounding_box()["x"] == before


def test_a_cell_leads_to_a_check_and_that_to_its_clause(window, member):
    """Issue 14, 1: each cell leads to the check of its use; issue 3, item 5: which links to the clause that says so."""
    page = window(member)
    page.goto("/matrix")
    page.get_by_role("link", name="No Commit count, promotion evidence").click()
    heading(page, "Whose values would be used?")
    page.get_by_label("A team’s", exact=True).check()
    for _question in ("whose", "role", "evidence", "accountable"):
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Check this use").click()
    heading(page, "No, this may not be used")
    page.get_by_role("link", name="Commit count, version 1 forbidden-1").click()
    expect(page).to_have_url("/metrics/commit-count#forbidden-1")
    expect(page.locator("#forbidden-1")).to_contain_text("Promotion, rating, pay")


def test_on_paper_the_matrix_keeps_shapes_and_words_and_drops_what_is_clicked(window, member):
    """DESIGN, Screens: print drops navigation and buttons, keeps shapes and words; all columns fit the sheet."""
    page = window(member, viewport={"width": 1045, "height": 740})
    page.goto("/matrix")
    page.emulate_media(media="print")
    expect(page.get_by_text("Narrow the matrix")).to_be_hidden()
    expect(page.get_by_text("Download as a table")).to_be_hidden()
    link = page.get_by_role("link", name="No Commit count, promotion evidence")
    expect(link).to_be_visible()
    cell, word = page.locator("td", has=link).bounding_box(), link.bounding_box()
    assert cell["x"] <= word["x"] and word["x"] + 10 <= cell["x"] + cell["width"]
    assert page.evaluate("document.querySelector('.mc-matrix').offsetWidth") <= 1045


def test_a_review_is_done_in_one_sitting_without_script(window, member):
    """S9: what is new is looked at, the flag says why, and the review ends; no JavaScript is needed."""
    page = window(member, java_script_enabled=False)
    page.goto("/matrix/review")
    page.get_by_role("button", name="Start the review").click()
    suspended = page.get_by_role("group", name="What is to happen with Lead time for changes?")
    suspended.get_by_label("Flag it: retire it or justify it").check()
    commits = page.get_by_role("group", name="What is to happen with Commit count?")
    commits.get_by_label("Its uses stay as they are").check()
    page.get_by_role("button", name="End the review", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Say why you flag Lead time for changes")
    page.get_by_role("region", name="Lead time for changes").get_by_label("Note; a flag needs one").fill(
        "Who uses it?"
    )
    page.get_by_role("button", name="End the review", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The review has ended.")
    page.goto("/matrix")
    expect(page.get_by_text("Last reviewed 14 April 2026.")).to_be_visible()


def _flag(member) -> None:
    """End the open review with every charter flagged."""
    review = reviews.list_open_reviews(Programme.objects.get()).get()
    doubts = {item.pk: "Who uses it?" for item in reviews.list_items_to_review(review)}
    reviews.decide_items(review=review, by=member, flagged=doubts)
    reviews.close_review(review=review, by=member)
