"""What is held about oneself, in a real browser: the way from a manager's look to its explanation, and every page judged."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from django.core import mail
from playwright.sync_api import expect

from charter.rules.vocabulary import ContextKind
from governance.about_me.scans import INCLUSIONS, LEAVER_MAIL
from governance.about_me.screens import urls
from tests import factories
from tests.browser.test_accessibility import Eye
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_values import a_note


def test_an_employee_finds_a_look_and_why_it_was_allowed(window, house):
    """Issue 12, Done when: an employee sees a manager's look in "who looked"; S148: and reads what it hung on."""
    ask(house.manager)
    INCLUSIONS.once(by=factories.system())
    page = window(house.employee)
    page.goto("/")
    expect(page.get_by_role("heading", name="What is held about you, and who looked")).to_be_visible()
    expect(page.get_by_text("Nobody saw a figure about you alone.")).to_be_visible()
    eye = Eye(page)
    eye.judge("about-me")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("row", name="Manager").get_by_role("link").click()
    expect(page.get_by_role("heading", name="A look at your group, explained")).to_be_visible()
    expect(page.get_by_text("Manager asked.")).to_be_visible()
    eye.judge("about-me-look")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/about-me/told")
    page.get_by_role("button", name="I have read this").click()
    expect(page.get_by_text("It is kept that you have read it.")).to_be_visible()
    page.goto("/about-me/download")
    with page.expect_download() as given:
        page.get_by_role("button", name="Download", exact=True).click()
    archive = zipfile.ZipFile(io.BytesIO(Path(given.value.path()).read_bytes()))
    assert "csv/who-looked.csv" in archive.namelist()
    assert eye.faults == []


def follow_mail() -> str:
    """Where the mail that waits leads to."""
    LEAVER_MAIL.once(by=factories.system())
    found = re.search(r"https?://[^/]+(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.mark.proof(alone=True)
def test_every_page_about_oneself_is_accessible(window, house):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes; with rows and without."""
    page = window(house.employee)
    eye = Eye(page)
    eye.look("/about-me", "about-me")
    eye.look("/about-me/looks", "about-me-looks")
    given = ask(house.manager)
    a_note(ContextKind.LEAVE, person=house.employee.person.external_id, confirmed=False)
    INCLUSIONS.once(by=factories.system())
    eye.look("/about-me", "about-me")
    eye.look("/about-me/looks", "about-me-looks")
    eye.look("/about-me/looks?text=zzzz", "about-me-looks")
    eye.look("/about-me/looks?since=2026-05-01&until=2026-04-01", "about-me-looks")
    eye.look(f"/about-me/looks/{given.receipt.id}", "about-me-look")
    eye.look("/about-me/metrics", "about-me-metrics")
    eye.look("/about-me/metrics?name=zzzz", "about-me-metrics")
    eye.look("/about-me/stored", "about-me-stored")
    eye.look("/about-me/seen", "about-me-seen")
    eye.look("/about-me/learn", "about-me-learn")
    eye.look("/about-me/learn?decision=compensation&who=anyone", "about-me-learn")
    eye.look("/about-me/values/lead-time-for-changes", "about-me-values")
    eye.look("/about-me/download", "about-me-download")
    eye.look("/about-me/told", "about-me-told", "I have read this of 14 April 2026, 12:00:00")
    eye.look("/about-me/code", "about-me-code", "Make a code")
    text = page.locator("#code").inner_text()
    eye.look("/about-me/address", "about-me-address", "Mail me a link to confirm it")
    page.get_by_label("Your private e-mail address").fill("ana@example.net")
    page.get_by_role("button", name="Mail me a link to confirm it").click()
    expect(page.get_by_text("It counts once you follow the link")).to_be_visible()
    eye.look("/about-me/address", "about-me-address")
    confirming = follow_mail()
    eye.look(confirming, "about-me-address-confirm")
    eye.look(confirming, "about-me-address", "Confirm it")
    eye.look("/about-me/address/confirm/none", "about-me-address-confirm")
    factories.change(house.employee, is_active=False)
    outside = window(None)
    left = Eye(outside)
    left.look("/about-me/left", "about-me-left")
    outside.get_by_label("Your user name").fill("employee")
    outside.get_by_label("Your code").fill(text)
    outside.get_by_role("button", name="Open", exact=True).click()
    expect(outside.get_by_role("heading", name="What is held about you", exact=True)).to_be_visible()
    left.judge("about-me-left-read")
    left.look(f"/about-me/left/looks/{given.receipt.id}", "about-me-left-look")
    left.look("/about-me/left/link", "about-me-left-link")
    outside.get_by_label("Your user name").fill("employee")
    outside.get_by_label("Your private e-mail address").fill("ana@example.net")
    outside.get_by_role("button", name="Mail me a link").click()
    left.judge("about-me-left-link")
    opening = follow_mail()
    left.look(opening, "about-me-left-open")
    left.look(opening, "about-me-left-read", "Open")
    expect(outside.get_by_role("heading", name="What is held about you", exact=True)).to_be_visible()
    left.look("/about-me/left/open/none", "about-me-left-open")
    assert eye.faults + left.faults == []
    eye.seen |= left.seen
    acts = {"about-me-told-acknowledge", "about-me-left-download", "about-me-left-out"}  # only redirect
    files = {"about-me-learn-csv", "about-me-looks-csv", "about-me-metrics-csv", "about-me-stored-csv"}
    assert {pattern.name for pattern in urls.urlpatterns} - acts - files <= eye.seen
