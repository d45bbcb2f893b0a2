"""Who may open which page, and what no cache may keep."""

import pytest
from django.test import Client
from django.urls import reverse

from governance.desk import urls
from governance.desk.openings import anyone, signed_in
from tests.governance.desk.conftest import QUESTION

FREE = {"sign-in", "sign-out", "accessibility"}
# Pages of the board about one case, pilot or waiver.
OF_ONE = (
    "case", "case-ballot", "case-comment", "case-close", "case-condition", "pilot", "pilot-end", "pilot-exit",
    "pilot-survey", "pilot-roll-out", "waiver-end", "case-handler", "case-handler-release", "ruling-end", "refer",
)  # fmt: skip
# Pages about one note, and about values under review.
BEARING = ("note", "note-confirm", "note-turn-down", "hold-release")
OF_A_DRAFT = ("charter-draft", "charter-writers", "charter-discard", "charter-check")
ARGUMENTS = {
    "metric": ["lead-time-for-changes"],
    "rule": ["AR04"],
    "receipt": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"],
    **{name: ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"] for name in OF_ONE},
    "case-condition-withdraw": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"] * 2,
    "metric-suspend": ["lead-time-for-changes"],
    "metric-bring-back": ["lead-time-for-changes"],
    "hold-place": ["lead-time-for-changes"],
    "team-context": ["payments"],
    **{name: ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"] for name in BEARING},
    "pilot-start": ["lead-time-for-changes"],
    **{name: ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"] for name in OF_A_DRAFT},
    "charter-heading": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9", "what"],
    "versions": ["lead-time-for-changes", 1, 2],
    "review": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"],
    "justify": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"],
    "record": ["lead-time-for-changes"],
    **{
        name: ["team-flow"]
        for name in ("view", "view-open", "view-metric", "view-class", "view-expectation", "view-retire")
    },
    "view-metric-drop": ["team-flow", "lead-time-for-changes"],
    "training-attempt": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"],
    "training-question": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9", 1],
    "training-result": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"],
    "contest": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"],
    "settings-change": ["groups"],
    "notice-read": ["7f3a91c2-d05b-4c11-9e52-0b7e19aa44f9"],
}
NAMES = [pattern.name for pattern in urls.urlpatterns]


@pytest.mark.parametrize("pattern", urls.urlpatterns, ids=NAMES)
def test_every_view_names_its_permission(pattern):
    """DESIGN, Style: every view names its permission."""
    assert pattern.callback.opens_to in (anyone, signed_in)
    assert (pattern.callback.opens_to is anyone) == (pattern.name in FREE)


@pytest.mark.parametrize("name", sorted(set(NAMES) - FREE))
def test_who_is_not_signed_in_is_sent_to_sign_in(house, name):
    """Issue 2, Screens: nothing is shown before one has signed in."""
    path = reverse(name, args=ARGUMENTS.get(name))
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in?next={path}")


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


def test_navigation_leads_only_to_pages_that_are_there(browse, house):
    """Issue 2, Screens: no dead links."""
    for account in (house.manager, house.employee, house.auditor, house.stranger):
        found = browse("/", by=account).response.context["house"]
        for _label, url, *_ in (*found["nav"], *found["footer"]):
            assert browse(url, by=account).status == 200


def test_the_header_says_who_reads(browse, house):
    """Issue 2, Screens: home per role."""
    assert browse("/").says("Manager · manager, payments", "Tuesday 14 April 2026")
    assert browse("/", by=house.employee).says("employee, payments")
    assert browse("/", by=house.auditor).says("auditor", "Receipts")
