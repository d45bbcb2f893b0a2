"""Who may open which page, and what no cache may keep."""

import pytest
from django.test import Client
from django.urls import resolve, reverse

from governance.desk import urls
from governance.ui.page_access import ANYONE
from governance.ui.routes import Page
from tests import factories
from tests.access.table import list_rows
from tests.pages import QUESTION

FREE = {
    "receipt-check",
    "sign-in", "sign-out", "accessibility",
    "password-forgotten", "password-asked", "password-link", "password-new",
    "appeal-anonymous", "appeal-anonymous-new", "appeal-anonymous-case",
    "about-me-left", "about-me-left-read", "about-me-left-look", "about-me-left-download", "about-me-left-out",
    "about-me-left-link", "about-me-left-open",
    "sign-in-oidc", "sign-in-oidc-done", "sign-in-saml", "sign-in-saml-posted", "sign-in-saml-finish", "sign-in-saml-metadata",
}  # fmt: skip
ROWS = list_rows({})
NAMES = [row.page.name for row in ROWS]
PAGES = {
    route.callback.name: route.callback for route in urls.urlpatterns if isinstance(route.callback, Page)
}


def test_every_address_declares_who_may_open_it():
    """DESIGN, Layout: who may open a page stands on its route, in words too."""
    assert not [route.name for route in urls.urlpatterns if not isinstance(route.callback, Page)]
    assert not [name for name, page in PAGES.items() if not page.access.who]
    assert {name for name, page in PAGES.items() if not page.access.account} == FREE
    # Whoever follows a link from a mail, has the number of an appeal, holds a receipt or has given the code of somebody who
    # has left, is nobody and has shown something all the same.
    shown = {"password-new", "appeal-anonymous-case", "receipt-check"}
    shown |= {name for name in FREE if name.startswith("about-me-left-")} - {"about-me-left-link"}
    assert {name for name, page in PAGES.items() if page.access == ANYONE} == FREE - shown


def test_no_address_is_taken_by_another_page():
    """DESIGN, Interfaces: addresses are promises, in whichever order apps declare theirs."""
    found = {row.page.name: resolve(reverse(row.page.name, args=row.arguments)).url_name for row in ROWS}
    assert found == {name: name for name in NAMES}


def test_who_is_not_signed_in_is_sent_to_sign_in(house):
    """Issue 2, Screens: nothing is shown before one has signed in."""
    closed = [row for row in ROWS if row.page.name not in FREE]
    paths = [reverse(row.page.name, args=row.arguments) for row in closed]
    answers = {path: Client().get(path) for path in paths}
    told = {path: (answer.status_code, answer.get("Location")) for path, answer in answers.items()}
    assert told == {path: (302, f"/sign-in?next={path}") for path in paths}


@pytest.mark.parametrize("path", ["/ask", "/rules/acknowledge", "/sign-out", "/sign-in"])
def test_changes_are_posted_with_a_token_of_the_page(browse, path):
    """DESIGN, Interfaces: a page elsewhere cannot ask or acknowledge in somebody's name."""
    page = browse(path, data={}, enforce_csrf_checks=True)
    assert page.status == 403
    assert page.says("gone stale")


@pytest.mark.parametrize("path", ["/rules/acknowledge", "/sign-out"])
def test_a_link_changes_nothing(browse, path):
    """Issue 2, Screens: acknowledging and signing out happen by POST."""
    assert browse(path).status == 405


@pytest.mark.parametrize("path", ["/", "/ask", "/my-answers"])
def test_no_cache_keeps_what_was_asked(browse, path):
    """Issue 2, Screens: values and questions are for the reader alone."""
    assert "no-store" in browse(path).response["Cache-Control"]


def test_no_cache_keeps_an_answer(browse):
    """Issue 2, Screens: an answer is stored nowhere but in the log."""
    assert "no-store" in browse("/ask", data=QUESTION).response["Cache-Control"]


def test_pages_hold_no_scripts_and_no_inline_styles(browse):
    """DESIGN, Parts: everything works under a policy that allows no inline script or style."""
    for path in ("/", "/metrics", "/metrics/lead-time-for-changes", "/ask", "/rules", "/my-answers"):
        page = browse(path)
        assert "<script" not in page.html and " style=" not in page.html
        assert "default-src 'none'" in page.response["Content-Security-Policy"]


def test_the_navigation_has_one_order_for_everybody(browse, house):
    """DESIGN, Layout: nobody looks for a page in another place than their colleagues."""
    pages = [page for page in PAGES.values() if page.nav]
    whole = [reverse(page.name) for page in sorted(pages, key=lambda page: page.nav.order)]
    for account in (house.manager, house.employee, house.auditor, factories.an_account("board-legal")):
        found = [url for _label, url, _here in browse("/", by=account).response.context["page"]["nav"]]
        assert found == [url for url in whole if url in found]


def test_a_page_stands_under_one_that_is_in_the_navigation():
    """DESIGN, Layout: the reader sees where they are."""
    assert all(PAGES[page.under].nav for page in PAGES.values() if page.under)
    orders = [page.nav.order for page in PAGES.values() if page.nav]
    assert len(orders) == len(set(orders))


def test_the_header_says_who_reads(browse, house):
    """Issue 2, Screens: home per role."""
    assert browse("/").says("Manager · manager, payments", "Tuesday 14 April 2026")
    assert browse("/", by=house.employee).says("employee, payments")
    assert browse("/", by=house.auditor).says("auditor", "Receipts")
