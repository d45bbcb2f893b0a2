"""The auditor's journey in a real browser: who looked at this person, and why? (issue 13)."""

from datetime import date

import pytest
from playwright.sync_api import expect

from audits.access_log import services
from audits.access_log.models import FileFormat
from audits.access_log.screens import urls
from audits.access_log.searching import Search
from governance.decisions.models import DecisionRecord
from tests.browser.test_accessibility import Eye
from tests.governance.decisions.test_answer import RANKING, ask

ABOUT_ONE = RANKING | {"persons": ["payments-3"], "cohorts": [], "order_by": None}


@pytest.fixture
def asked(house):
    """A team's values, a ranking, and a look at one person."""
    ask(house.manager, reason="For the quarterly review")
    ask(house.manager, RANKING)
    ask(house.manager, ABOUT_ONE, reason="Before rating week")
    return house


def test_who_looked_at_this_person_and_why(window, asked):
    """Issue 13, Done when: from a name, with a reason, to a decision and to who made it; no axe violation on the list."""
    page = window(asked.auditor, java_script_enabled=True)
    page.goto("/access-log")
    page.get_by_role("link", name="Find somebody by name").click()
    page.get_by_label("Name").fill("payments-3")
    page.get_by_label("Why do you need to know?").fill("They complained on 12 April")
    page.get_by_role("button", name="Find them").click()
    page.get_by_label("Who", exact=True).select_option("looked_at")
    page.get_by_label("From", exact=True).fill(date(2026, 4, 1).isoformat())
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("1 decision, from 1 April 2026")).to_be_visible()
    expect(page.get_by_text("“Before rating week”")).to_be_visible()
    page.get_by_role("table", name="Decisions, newest first").get_by_role("row").nth(1).get_by_role(
        "link"
    ).first.click()
    expect(page.get_by_text("(manager)")).to_have_count(0)
    page.get_by_label("Why do you need to know?").fill("They complained on 12 April")
    page.get_by_role("button", name="Show who this is").click()
    expect(page.get_by_text("Manager (manager)")).to_be_visible()
    eye = Eye(page)
    eye.look("/access-log?rule=AR04", "access-log")
    assert eye.faults == []


@pytest.mark.proof(alone=True)
def test_every_page_of_the_access_log_is_accessible(window, asked):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    saved = services.save_search(name="Rankings", search=Search(rule="AR04"), by=asked.auditor)
    decision = DecisionRecord.objects.get(subjects=["payments-3"])
    _, export = services.export(search=Search(), file_format=FileFormat.CSV, by=asked.auditor)
    auditor = Eye(window(asked.auditor))
    auditor.look("/access-log", "access-log")
    auditor.look("/access-log?verdict=deny&text=nothing-like-it", "access-log")
    auditor.look("/access-log?person=somebody&since=2026-04-02&until=2026-04-01", "access-log")
    auditor.look("/access-log/person", "access-log-person", "Find them")
    auditor.look(f"/access-log/{decision.pk}", "access-log-decision", "Show who this is")
    auditor.look("/access-log/kept", "access-log-kept")
    auditor.look(f"/access-log/searches/{saved.pk}", "access-log-search")
    auditor.look(f"/access-log/exports/{export.entry_id}", "access-log-receipt")
    auditor.look(f"/receipts/{decision.entry_id}", "receipt")
    assert auditor.faults == []
    acts = {
        "access-log-export",
        "access-log-save",
        "access-log-proof",
        "access-log-kept-csv",
    }  # they redirect, or give a file
    assert {pattern.name for pattern in urls.urlpatterns} - acts <= auditor.seen
