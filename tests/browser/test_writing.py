"""Writing a charter in a browser: accessible, by keyboard alone, without script, from the first word to the board."""

import pytest
from playwright.sync_api import Page, expect

from charter.authoring import drafts
from charter.authoring.models import Draft
from charter.authoring.states import DraftRight
from charter.registry.models.sources import Source
from charter.rules.vocabulary import Role, SourceKind
from governance.board.models import Case
from governance.board.states import SeatKind, Vote
from governance.people.models import User
from tests import factories, on_the_log
from tests.browser.test_accessibility import WRITING, Eye
from tests.browser.test_journeys import JAVASCRIPT, heading

SLUG = "cycle-time"
HEADINGS = ("what", "why", "who", "how-long", "which-decisions", "examples", "harms")


@pytest.fixture
def owner(house) -> User:
    owner = factories.an_account("writer")
    factories.a_role(owner, Role.METRIC_OWNER)
    return owner


@pytest.fixture
def watched(house) -> Source:
    """A source that watches people, as an administrator has described it."""
    return on_the_log.make(
        Source,
        slug="badge_log",
        name="Badge log",
        kind=SourceKind.PRESENCE,
        description="Doors of the office.",
        columns={
            "at": {"type": "TIMESTAMPTZ", "means": "time"},
            "team": {"type": "TEXT", "means": "team"},
            "value": {"type": "DOUBLE"},
        },
    )


def a_draft(owner: User, **fields) -> Draft:
    fields = {"document": factories.a_document(SLUG), **fields}
    return drafts.start_draft(programme=factories.a_programme(), by=owner, **fields)


def two_versions(owner: User) -> None:
    """One in force, and one handed in that says something else."""
    import msgspec

    document = factories.a_document("pr-age")
    factories.an_active_charter("pr-age", owner=owner)
    what = msgspec.structs.replace(document.what, unit="hour", provenance="")
    factories.a_submitted_charter(document=msgspec.structs.replace(document, what=what), owner=owner)


@pytest.mark.proof(alone=True)
def test_every_page_of_writing_is_accessible(window, owner, watched):
    """DESIGN, Accessibility: zero axe violations at 1280 and 390 px, in both schemes."""
    eye = Eye(window(owner))
    eye.look("/charters", "charters")
    eye.look("/charters/new", "charter-new", "Begin")
    full = a_draft(owner)
    empty = a_draft(owner, document=drafts.make_blank_charter(slug="wait-for-review", name="Wait for review"))
    drafts.share_draft(draft=full, user=factories.an_account("colleague"), right=DraftRight.WRITE, by=owner)
    two_versions(owner)
    eye.look("/charters", "charters")
    for draft in (full, empty):
        eye.look(f"/charters/{draft.pk}", "charter-draft")
        eye.look(f"/charters/{draft.pk}/check", "charter-check")
        eye.look(f"/charters/{draft.pk}/rows", "charter-rows")
        for each in HEADINGS:
            eye.look(f"/charters/{draft.pk}/{each}?all=1", "charter-heading")
    eye.look(f"/charters/{empty.pk}", "charter-writers", "Share")
    eye.look(f"/charters/{empty.pk}/check", "charter-check", "Hand in to the board")
    eye.look(f"/charters/{empty.pk}/discard", "charter-discard")
    eye.look("/metrics/pr-age/versions/1/2", "versions")
    assert eye.faults == []
    assert eye.seen == WRITING


def mend(page: Page) -> None:
    """From the check page to the field at fault, and back."""
    page.get_by_role("link", name="CH10 The source “badge_log” is presence monitoring").click()
    heading(page, "What is measured")
    expect(
        page.get_by_text("Do not measure this. Ask people, or look at outcomes of the work.")
    ).to_be_visible()
    page.get_by_label("Badge log").uncheck()
    page.get_by_label("Work items", exact=True).check()
    page.get_by_label("Facts query").fill(
        "SELECT finished_at AS at, assignee AS person, team, (epoch(finished_at) - epoch(started_at)) / 86400 AS value "
        "FROM work_items"
    )


@JAVASCRIPT
def test_a_charter_is_written_refused_mended_and_handed_in(window, owner, watched, java_script_enabled):
    """Issue 3, Done when: written, refused for a surveillance source (S64, AR01), mended, submitted."""
    page = window(owner, java_script_enabled=java_script_enabled)
    page.goto("/")
    page.get_by_role("link", name="My charters").click()
    page.get_by_role("link", name="Write a charter").first.click()
    page.get_by_label("With a charter of the starter catalogue").check()
    page.get_by_label("Which charter of the catalogue?").select_option(label="Cycle time")
    page.get_by_role("button", name="Begin").click()
    heading(page, "Cycle time")
    page.get_by_role("link", name="What is measured").click()
    page.get_by_label("Work items", exact=True).uncheck()
    page.get_by_label("Badge log").check()
    page.get_by_label("Facts query").fill("SELECT at, team, value FROM badge_log")
    page.get_by_role("button", name="Save and see what to mend").click()
    # Above, as the link to its field, and at the field.
    expect(page.get_by_text("presence monitoring, which is banned. No waiver is possible.")).to_have_count(2)
    page.get_by_role("button", name="Save and leave").click()
    expect(page.get_by_text("1 thing to mend")).to_be_visible()
    page.get_by_role("link", name="Check your answers and hand in").click()
    page.get_by_role("button", name="Hand in to the board").click()
    expect(page.get_by_text("1 thing stands in the way")).to_be_visible()
    mend(page)
    page.get_by_role("button", name="Save and leave").click()
    page.get_by_role("link", name="Check your answers and hand in").click()
    expect(page.get_by_text("Nothing stands in the way.")).to_be_visible()
    page.get_by_role("button", name="Hand in to the board").click()
    heading(page, "Cycle time")
    expect(page.get_by_text("Cycle time is with the board.")).to_be_visible()
    assert Case.objects.get(charter_version__metric__slug=SLUG).state == "open"


@pytest.mark.proof(alone=True)
def test_a_rejected_charter_comes_back_with_its_reasons(window, owner):
    """S50: the former reasons stand beside what is written; the change is what the board reads."""
    from governance.board.proposals import propose

    case = propose(draft=a_draft(owner), by=owner)
    factories.a_decided_case(case, {SeatKind.LEGAL: Vote.VETO})
    page = window(owner)
    page.goto("/metrics/cycle-time?version=1")
    page.get_by_role("link", name="Write the next version").click()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="Why the board refused it before")).to_be_visible()
    page.get_by_role("link", name="How long it is kept").click()
    page.get_by_label("How long facts are kept", exact=True).fill("6 months")
    page.get_by_role("button", name="Save and leave").click()
    page.get_by_role("link", name="Check your answers and hand in").click()
    page.get_by_role("button", name="Hand in to the board").click()
    page.goto("/metrics/cycle-time/versions/1/2")
    heading(page, "What changed from version 1 to 2")
    expect(page.get_by_role("row", name="How long facts are kept")).to_contain_text("13 months")
    expect(page.get_by_role("row", name="How long facts are kept")).to_contain_text("6 months")


def test_a_heading_is_written_by_keyboard_alone(window, owner):
    """DESIGN, Accessibility: the order of focus is that of reading; Enter keeps what was typed."""
    draft = a_draft(owner, document=drafts.make_blank_charter(slug="wait-for-review", name="Wait for review"))
    page = window(owner)
    page.goto(f"/charters/{draft.pk}/how-long")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")  # the browser goes there when it has time; Tab starts from there
    page.keyboard.press("Tab")
    expect(page.get_by_label("How long facts are kept", exact=True)).to_be_focused()
    page.keyboard.type("31 days")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(page.get_by_label("How long facts are kept", exact=True)).to_have_value("31 days")
    expect(page.get_by_text("The charter does not give why facts are kept that long.")).to_have_count(2)
    page.get_by_label("Why values are kept that long").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save and continue")).to_be_focused()
    page.keyboard.press("Enter")
    heading(page, "Which decisions it may inform")
