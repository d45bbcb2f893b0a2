"""What bears on values in a real browser: every page judged, and a note's whole way walked."""

from datetime import date

import pytest
from playwright.sync_api import expect

from charter.rules.vocabulary import ContextKind
from governance.decisions.models import ContextNote, Hold
from governance.decisions.screens.value_context import urls
from governance.people.models import Cohort, GrantedRole
from tests import factories
from tests.browser.test_accessibility import QUESTION, Eye
from tests.governance.decisions.conftest import publish_values
from tests.governance.decisions.test_holds import a_hold
from tests.governance.decisions.test_values import a_note


@pytest.fixture
def noted(house):
    """A programme with notes settled and open, a value under review, and a metric beside another."""
    publish_values(factories.an_active_charter("change-failure-rate"))
    a_note(says="To the new build farm.", starts_on=date(2026, 2, 20), ends_on=date(2026, 3, 9))
    a_note(ContextKind.LEAVE, person="payments-2", confirmed=False)
    a_note(ContextKind.FREEZE, confirmed=False)
    a_hold("lead-time-for-changes", cohort=Cohort.objects.get(slug="team:payments"))
    a_hold("commit-count", by=house.auditor)
    return house


@pytest.mark.proof(alone=True)
def test_every_page_about_values_is_accessible(window, noted):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    freeze = ContextNote.objects.get(kind="freeze")
    manager = Eye(window(noted.manager))
    manager.look("/context", "context")
    manager.look("/teams/payments/context", "team-context")
    manager.look("/teams/search/context", "team-context")
    manager.look("/context/new?team=payments", "note-propose", "Add the note")
    manager.look(f"/context/{freeze.pk}", "note", "Turn it down")
    manager.look(f"/context/{ContextNote.objects.get(kind='migration').pk}", "note")
    manager.look(f"/context/{ContextNote.objects.get(kind='leave').pk}", "note")
    manager.look(f"/ask?{QUESTION}", "ask", "Ask and show the answer")

    auditor = Eye(window(noted.auditor))
    auditor.look("/holds", "holds")
    auditor.look("/holds?state=ended", "holds")
    auditor.look("/metrics/commit-count", "metric")
    auditor.look("/metrics/commit-count/hold", "hold-place", "Put them under review now")
    hold = Hold.objects.get(placed_by=noted.auditor)
    auditor.look(f"/holds/{hold.pk}/release", "hold-release", "End the review")
    assert manager.faults + auditor.faults == []
    acts = {"note-confirm", "note-turn-down"}  # these only redirect
    files = {"context-csv", "team-context-csv", "holds-csv"}
    assert {pattern.name for pattern in urls.urlpatterns} - acts - files <= manager.seen | auditor.seen


def test_a_note_goes_its_whole_way(window, house):
    """Issue 4, item 3: from somebody of the team to its manager, and beside the value that it explains."""
    page = window(house.employee)
    page.goto("/context")
    page.get_by_role("link", name="Notes of Payments").click()
    page.get_by_role("button", name="Add a note").or_(page.get_by_role("link", name="Add a note")).click()
    page.get_by_label("What kind of thing was it?").select_option("migration")
    page.get_by_label("From", exact=True).fill("2026-01-10")
    page.get_by_label("To and including").fill("2026-01-19")
    page.get_by_label("What was going on?").fill("To the new build farm.")
    page.get_by_role("button", name="Add the note").click()
    expect(page.get_by_text("Somebody else confirms it")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm it")).not_to_be_visible()

    page = window(house.manager)
    page.goto("/")
    page.get_by_role("link", name="1 context note waits for you").click()
    page.get_by_role("link", name="Migration, Payments").click()
    page.get_by_role("button", name="Confirm it").click()
    page.goto(f"/ask?{QUESTION}")
    page.get_by_role("button", name="Ask and show the answer", exact=True).click()
    expect(page.get_by_text("Migration: To the new build farm.")).to_be_visible()


def test_values_are_put_under_review_without_a_word_of_why(window, house):
    """Issue 4, item 3: whoever sees the value next reads “under review”, and nothing else."""
    factories.a_role(house.stranger, GrantedRole.HR)
    page = window(house.stranger)
    page.goto("/metrics/lead-time-for-changes")
    page.get_by_role("link", name="Put values under review").click()
    page.get_by_label("Those of one group").check()
    page.get_by_label("One group: which?").select_option("team:payments")
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_label("To and including").fill("2026-01-31")
    page.get_by_label("The data may be wrong").check()
    page.get_by_label("What is known so far?").fill("Counted twice.")
    page.get_by_role("button", name="Put them under review now").click()
    expect(page.get_by_text("These values are under review.")).to_be_visible()

    page = window(house.manager)
    page.goto(f"/ask?{QUESTION}")
    page.get_by_role("button", name="Ask and show the answer", exact=True).click()
    expect(page.get_by_role("rowheader", name="Jan 2026 Under review")).to_be_visible()
    assert "Counted twice" not in page.content() and "data_quality" not in page.content()
