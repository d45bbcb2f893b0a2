"""From home to an answer with what has to come along, as a manager and as HR: what is promised is what asking gives."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from governance.people.models import GrantedRole
from governance.training import services as training
from tests import factories, snapshots
from tests.browser.test_accessibility import Eye
from tests.browser.test_journeys import heading
from tests.governance.decisions.conftest import publish_values

# Where pictures of each step are put, to be read as the person whom the page is for; nowhere unless it is named.
PICTURES = os.environ.get("PICTURES", "")


@snapshots.fixture
def companions(governed) -> None:
    for slug in ("change-failure-rate", "slo-compliance"):
        publish_values(factories.an_active_charter(slug))


def picture(page: Page, name: str) -> None:
    if not PICTURES:
        return
    for width in (1200, 390):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("java_script_enabled", [False])
def test_a_manager_goes_from_home_to_what_is_missing_and_on(window, house, companions, java_script_enabled):
    """Issue 11: home's word holds, a refusal's button asks again, and the answer leads on; without JavaScript."""
    page = window(house.manager, java_script_enabled=java_script_enabled)
    page.goto("/")
    picture(page, "home")
    page.get_by_role("link", name="Release readiness (ask about lead time for changes)").click()
    expect(page.get_by_role("checkbox", name="Change failure rate", exact=True)).to_be_checked()
    page.get_by_role("checkbox", name="SLO compliance", exact=True).uncheck()
    page.get_by_role("checkbox", name="This will not be the only reason").check()
    page.get_by_role("button", name="Put it in words").click()
    expect(page.get_by_text("Allowed with something more")).to_be_visible()
    picture(page, "ask-lacking")
    page.get_by_role("button", name="Ask and show the answer").click()
    heading(page, "Not allowed")
    picture(page, "refusal")
    page.get_by_role("button", name="Add SLO compliance, and ask again").click()
    heading(page, "Allowed")
    picture(page, "answer")
    page.get_by_role("button", name="Beside the quarter before").click()
    expect(page.get_by_role("columnheader", name="The quarter before").first).to_be_visible()
    picture(page, "answer-compared")
    page.get_by_role("link", name="Keep as a view").click()
    page.get_by_label("What is it called?").fill("Release readiness")
    page.get_by_role("button", name="Keep this view").click()
    expect(page.get_by_text("Say what the view is for").first).to_be_visible()
    picture(page, "view-new")
    page.get_by_label("What is it for?").fill("To decide on a release.")
    page.get_by_role("button", name="Keep this view").click()
    heading(page, "Release readiness")
    page.goto("/views/release-readiness/open")
    heading(page, "Release readiness")
    page.goto("/my-answers")
    picture(page, "my-answers")


def test_hr_checks_before_anything_else(window, house, companions):
    """Issue 11: HR's first button checks; a check ends with one that asks."""
    hr = factories.an_account("hr")
    factories.a_role(hr, GrantedRole.HR)
    training.acknowledge(rulebook_version=factories.the_rules(), by=hr)
    page = window(hr)
    page.goto("/")
    picture(page, "home-hr")
    page.get_by_role("main").get_by_role("link", name="Check a use", exact=True).click()
    heading(page, "What is to be decided?")
    picture(page, "use-check-decision")
    page.goto("/ask?only=check&decision=performance_rating")
    heading(page, "Check a use")
    picture(page, "check")
    page.get_by_label("Lead time for changes").check()
    page.get_by_label("Whose values?").select_option("team/team:payments")
    page.get_by_role("button", name="Check if it is allowed").click()
    heading(page, "Not allowed")
    picture(page, "check-refusal")


def test_a_question_is_asked_by_keyboard_alone(window, house):
    """Issue 11: decision, metric, whose and when, in the order of reading."""
    page = window(house.manager)
    page.goto("/ask")
    page.get_by_label("Retrospective").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    heading(page, "Ask about a metric")
    page.get_by_role("link", name="Change the decision").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Why are you asking?")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Lead time for changes")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    heading(page, "Allowed")


@pytest.mark.proof(alone=True)
def test_every_step_of_asking_is_open_to_everybody(window, house, companions):
    """DESIGN, Accessibility: axe, wide and narrow, light and dark."""
    eye = Eye(window(house.manager))
    asked = "metrics=lead-time-for-changes&cohort=team:payments&first=2026-01&last=2026-03"
    eye.look("/", "home")
    eye.look("/ask", "decision")
    eye.look("/ask?decision=retrospective", "ask")
    eye.look(f"/ask?decision=release_readiness&{asked}", "refusal", "Ask and show the answer")
    eye.look(f"/ask?decision=retrospective&{asked}", "answer", "Ask and show the answer")
    eye.look(f"/ask?decision=retrospective&{asked}&earlier=quarter", "compared", "Ask and show the answer")
    eye.look(f"/ask?decision=retrospective&{asked}", "check", "Only check if it is allowed")
    eye.look("/my-answers?text=lead&since=2026-01-01", "my-answers")
    eye.look("/views/new?decision=retrospective&metrics=lead-time-for-changes", "view-new")
    assert eye.faults == []
