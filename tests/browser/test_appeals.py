"""Appeals in a browser: from a look at oneself to the letter, and an anonymous one by its number; axe on every page."""

import pytest
from playwright.sync_api import expect

from governance.appeals.models import Appeal
from governance.appeals.states import AppealKind, HoldChoice
from governance.people.models import GrantedRole, Person
from tests import factories
from tests.access.world import ask_about
from tests.browser.test_accessibility import Eye
from tests.browser.test_board import members
from tests.browser.test_journeys import heading
from tests.browser.test_rulings import LOOK
from tests.governance.appeals.conftest import appealing, assign, desk, file
from tests.governance.decisions.conftest import with_judged
from tests.governance.decisions.looks import people
from tests.governance.decisions.test_answer import ask

__all__ = ["appealing", "desk", "file", "members", "people", "with_judged"]


def choose(page, label: str) -> None:
    page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="Continue").click()


def go_on(page) -> None:
    page.get_by_role("button", name="Continue").click()


@pytest.mark.proof(alone=True)
def test_a_look_is_appealed_handled_and_answered_with_a_letter(window, people, members):
    """Issue 12, done when: filed from a manager's look, upheld by somebody independent, read as a letter."""
    seen = factories.an_account("seen", person=Person.objects.get(external_id="payments-2"))
    hr = factories.an_account("hr")
    factories.a_role(hr, GrantedRole.HR)
    page = window(people.manager)
    page.goto(LOOK)
    page.get_by_role("button", name="Ask and show the answer").click()
    heading(page, "Allowed")
    own = window(seen)
    eye = Eye(own)
    own.goto("/notices")
    own.get_by_role("link", name="Manager looked at your values of lead time by person").click()
    own.get_by_role("link", name="Dispute this decision").click()
    own.get_by_role("link", name="Appeal this use").click()
    eye.judge("about")
    go_on(own)
    eye.judge("receipt")
    go_on(own)
    own.get_by_label("What is wrong?").fill("March was a migration.")
    eye.judge("statement")
    go_on(own)
    eye.judge("context")
    go_on(own)
    eye.judge("know")
    choose(own, "Everyone who handles it")
    eye.judge("hold")
    choose(own, "Exactly these values")
    own.get_by_label("What would you like to happen?").fill("Say so beside it.")
    go_on(own)
    heading(own, "Check your appeal before you file it")
    eye.judge("check")
    eye.look("/appeals/new/discard", "discard")
    own.goto("/appeals/new/check")
    own.get_by_role("button", name="File my appeal").click()
    expect(own.get_by_text("Your appeal is filed.")).to_be_visible()
    eye.judge("own appeal")
    appeal = Appeal.objects.get()
    eye.faults += handle(window, members, hr, appeal)
    own.goto(f"/appeals/{appeal.pk}")
    own.get_by_role("link", name="The letter, to read and to print").click()
    heading(own, "Outcome of your appeal")
    eye.judge("letter")
    eye.look("/appeals", "appeals")
    eye.look("/appeals/figures", "figures")
    assert eye.faults == []


def handle(window, members, hr, appeal: Appeal) -> list[str]:
    """Acknowledge, assign, decide; gives what axe found on the way."""
    board = window(members["legal"])
    eye = Eye(board)
    eye.look("/appeals/queue", "queue")
    board.goto(f"/appeals/{appeal.pk}")
    board.get_by_role("button", name="We have it").click()
    board.get_by_label("Who handles it?").fill("hr")
    eye.judge("finding a handler")
    board.get_by_role("button", name="Give it to them").click()
    page = window(hr)
    seen = Eye(page)
    seen.look(f"/appeals/{appeal.pk}", "handling")
    page.get_by_label("Upheld", exact=True).check()
    page.locator("#id_reasons").fill("The migration explains it.")
    page.locator("#id_evidence").fill("The note of the team.")
    page.locator("#id_remedy").fill("The value is annotated.")
    page.get_by_label("Nothing beside what is written").check()
    page.get_by_role("button", name="Decide, for good").click()
    expect(page.get_by_text("It is decided.")).to_be_visible()
    seen.judge("decided")
    return eye.faults + seen.faults


@pytest.mark.proof(alone=True)
def test_a_page_says_what_opening_a_name_does(window, desk, file):
    """Issue 12, 3: a confidential name is opened by its handler alone, who is told first that it is on the log."""
    appeal = assign(file(kind=AppealKind.CONFIDENTIAL, hold=HoldChoice.NONE), desk)
    page = window(desk.hr)
    eye = Eye(page)
    eye.look(f"/appeals/{appeal.pk}/identity", "before")
    expect(page.get_by_text(desk.employee.username, exact=True)).to_have_count(0)
    eye.look(f"/appeals/{appeal.pk}/identity", "opened", "Show me who filed it")
    expect(page.get_by_text(desk.employee.username, exact=True)).to_be_visible()
    ask(desk.manager)
    asked = Eye(window(desk.legal))
    asked.look(f"/appeals/asked/{ask_about(appeal)}", "asked")
    assert eye.faults + asked.faults == []


@pytest.mark.proof(alone=True)
def test_an_anonymous_case_is_filed_and_reopened_by_its_number(window, house):
    """Issue 12, done when: without signing in, and without script."""
    page = window(None, java_script_enabled=False)
    page.goto("/appeals/anonymous")
    page.get_by_role("link", name="Write an anonymous appeal").click()
    choose(page, "A rule")
    for label, said in (
        ("Which rule?", "AR07"),
        ("What is wrong?", "It is applied to the wrong work."),
        ("What would you like to happen?", "Stop it."),
    ):
        page.get_by_label(label).fill(said)
        go_on(page)
    heading(page, "Check your appeal before you file it")
    page.get_by_role("button", name="File it").click()
    receipt = page.locator("#receipt").inner_text()
    page.goto("/appeals/anonymous")
    page.get_by_label("Your 16-digit number").fill(receipt)
    page.get_by_role("button", name="Open my case").click()
    heading(page, "Your anonymous appeal")
    page.get_by_label("Your message").fill("It happened again.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It happened again.")).to_be_visible()
