"""From a refused use to a ruling of the board in a browser, and from a notice to the receipt of a look at oneself."""

import pytest
from playwright.sync_api import expect

from governance.board.models import Case
from governance.board.states import CaseKind
from governance.people.models import Person
from tests import factories
from tests.browser.test_accessibility import Eye
from tests.browser.test_board import HOP, members, vote
from tests.browser.test_journeys import heading
from tests.governance.decisions.looks import BY_PERSON, people

__all__ = ["members", "people"]

LOOK = f"/ask?decision=team_coaching&metrics={BY_PERSON}&grain=person&persons=payments-2&first=2026-03&last=2026-03"


@pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.proof(alone=True))], ids=["script", "no-script"]
)
def test_a_use_left_to_the_board_is_asked_ruled_on_and_allowed(window, house, members, script):
    """Issue 4, 4: referred, put to the board by one button, approved by every seat, and answered by that."""
    page = window(house.manager, java_script_enabled=script)
    for question, verdict in zip(HOP, ("Not allowed", "For the board to decide"), strict=True):
        page.goto(question)
        page.get_by_role("button", name="Ask and show the answer").click()
        expect(page.get_by_role("heading", name=verdict)).to_be_visible()
    page.get_by_label("What should the board know?").fill("We plan the summer.")
    page.get_by_role("button", name="Put it to the board").click()
    heading(page, "A ruling on lead time for changes, at team level, for staffing")
    expect(page.get_by_role("region", name="What was asked")).to_contain_text("Refused shortly before")
    case = Case.objects.get(kind=CaseKind.EDGE_CASE)
    for member in members.values():
        vote(window(member, java_script_enabled=script), case, "For it")
    page.reload()
    expect(page.get_by_text("Questions of this kind are allowed by it until 15 July 2026.")).to_be_visible()
    page.goto(HOP[1])
    page.get_by_role("button", name="Ask and show the answer").click()
    heading(page, "Allowed")


def test_who_was_looked_at_reads_of_it_and_sees_the_receipt(window, people):
    """Issue 4, 6: notice, receipt and dispute, with no axe violation on the way."""
    seen = factories.an_account("seen", person=Person.objects.get(external_id="payments-2"))
    page = window(people.manager)
    page.goto(LOOK)
    page.get_by_role("button", name="Ask and show the answer").click()
    heading(page, "Allowed")
    own = window(seen)
    eye = Eye(own)
    eye.look("/notices", "notices")
    own.get_by_role("link", name="Manager looked at your values of lead time by person").click()
    expect(own.get_by_text("This was a look at your values")).to_be_visible()
    eye.judge("receipt")
    own.get_by_role("link", name="Dispute this decision").click()
    heading(own, "Contest a decision")
    eye.judge("contest")
    assert eye.faults == []
