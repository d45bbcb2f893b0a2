"""One's own answers, receipts and how to check them, and whom to turn to."""

import html
import re
import subprocess
import sys
from uuid import uuid4

import pytest

from governance.decisions.models import Decision, Door
from governance.decisions.receipts import told_entry
from governance.decisions.replies import contest_url
from governance.decisions.services import answer
from governance.desk import checking
from governance.desk.questions import stored
from tests.governance.desk.conftest import QUESTION, RANKING


@pytest.fixture
def asked(browse):
    """One permit and one refusal of the manager's."""
    browse("/ask", data=QUESTION | {"reason": "Quarterly"})
    browse("/ask", data=RANKING)
    return {decision.verdict: decision for decision in Decision.objects.all()}


def code_on(page) -> str:
    return html.unescape(re.search(r'<pre[^>]*id="check">(.*?)</pre>', page.html, re.DOTALL)[1])


def run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_my_answers_are_mine_newest_first(browse, house, asked):
    """Issue 2, item 9: own decisions with their verdicts."""
    page = browse("/my-answers")
    assert [decision for decision, _ in page.response.context["asked"]] == [asked["deny"], asked["permit"]]
    assert page.says("2 questions, newest first", "Any (2)", "Allowed (1)", "Not allowed (1)")
    assert browse("/my-answers", by=house.auditor).says("Nothing here")


def test_my_answers_are_narrowed_by_verdict(browse, asked):
    """Issue 2, item 9: filter by verdict."""
    page = browse("/my-answers?verdict=deny")
    assert [decision for decision, _ in page.response.context["asked"]] == [asked["deny"]]
    assert browse("/my-answers?verdict=refer").says("Nothing here")
    assert browse("/my-answers?verdict=gossip").says("2 questions")


def test_my_answers_come_in_pages(browse, asked, monkeypatch):
    """Issue 2, item 9: pagination."""
    monkeypatch.setattr("governance.desk.views.receipts.A_PAGE", 1)
    page = browse("/my-answers")
    assert page.says("Page 1 of 2", "Next page")
    assert browse("/my-answers?page=2").says("Lead time for changes", "Previous page")


def test_my_answers_cost_the_same_however_many(browse, statements, asked):
    """DESIGN, Style: pinned query counts."""
    few = statements("/my-answers")
    for _ in range(3):
        browse("/ask", data=RANKING)
    assert statements("/my-answers") == few <= 9


def test_a_receipt_says_what_was_asked_and_decided(browse, asked):
    """Issue 2, item 9: a receipt."""
    permit, deny = (browse(f"/receipts/{asked[verdict].entry_id}") for verdict in ("permit", "deny"))
    assert permit.says("This receipt is genuine", "Reason given: “Quarterly”.", asked["permit"].content_hash)
    assert deny.says("Not allowed", "AR04", "No values left.", asked["deny"].rulebook_hash)


def test_a_receipt_is_for_the_asker_and_auditors(browse, house, asked):
    """Issue 2, item 9: to all others it is not there."""
    path = f"/receipts/{asked['permit'].entry_id}"
    assert browse(path, by=house.auditor).says("Given to Manager")
    for other in (house.employee, house.stranger):
        page = browse(path, by=other)
        assert page.status == 404 and not page.says("Quarterly")
    assert browse(f"/receipts/{uuid4()}").status == 404


def test_the_lines_on_the_page_check_the_receipt_by_themselves(browse, asked):
    """DESIGN, Ledger: verified with tools that we did not write."""
    done = run(code_on(browse(f"/receipts/{asked['permit'].entry_id}")))
    assert (done.returncode, done.stdout.strip()) == (0, "This receipt is genuine."), done.stderr


@pytest.mark.parametrize("part", ["leaf =", "signature =", "public_key =", "signed ="])
def test_those_lines_fail_for_a_receipt_that_was_changed(browse, asked, part):
    """DESIGN, Ledger: a check that cannot fail proves nothing."""
    code = code_on(browse(f"/receipts/{asked['permit'].entry_id}"))
    line = next(line for line in code.splitlines() if line.startswith(part))
    position = next(at for at in range(len(line) // 2, len(line)) if line[at] in "0123456789abcdef")
    other = "1" if line[position] != "1" else "2"
    assert run(code.replace(line, line[:position] + other + line[position + 1 :])).returncode != 0


def test_a_changed_receipt_is_not_called_genuine(browse, asked):
    """DESIGN, Ledger: the page itself looks before it says so."""

    told = told_entry(asked["permit"].entry_id, by=asked["permit"].actor)
    assert checking.is_genuine(told)
    assert not checking.is_genuine(told | {"leaf": told["leaf"].replace("decisions", "decisionz")})
    assert not checking.is_genuine(told | {"public_key": "00" * 32})
    assert not checking.is_genuine(told | {"receipt": told["receipt"] | {"signature": "00" * 64}})


def test_a_receipt_is_found_by_its_number(browse, house, asked):
    """DESIGN, Screens: auditors look up receipts."""
    number = asked["permit"].entry_id
    assert (
        browse(f"/receipts?number= {number} ", by=house.auditor).response["Location"] == f"/receipts/{number}"
    )
    page = browse("/receipts?number=12", by=house.auditor)
    assert page.status == 400 and page.says("Error: Receipts", "Enter the receipt’s number")
    assert browse("/receipts").says("Number of the receipt")


def test_contesting_names_people_and_pretends_nothing(browse, asked):
    """S78: whom to contact and the next level; formal appeals are not there yet, and the page says so."""
    decision = asked["deny"]
    page = browse(f"/decisions/{decision.pk}/contest?rule=AR04&metric=commit-count")
    assert page.says("Nothing is filed from this page.", "no consequences for you", str(decision.entry_id))
    assert page.says("About commit count", "Owner", "Next level", "Review board, worker representative")
    assert page.says("No ranking of people by activity") and not page.says("No activity count in a rating")
    assert "<form" not in page.html.split("<main")[1]


def test_contesting_the_whole_refusal_names_every_rule(browse, asked):
    """Issue 2, item 9: a link to contest."""
    page = browse(f"/decisions/{asked['deny'].pk}/contest")
    assert page.says(*asked["deny"].rules)
    assert browse(f"/decisions/{asked['permit'].pk}/contest").says("About lead time for changes")


def test_only_who_may_see_a_decision_can_contest_it(browse, house, asked):
    """Issue 2, item 9: an id tells nothing."""
    assert browse(f"/decisions/{asked['deny'].pk}/contest", by=house.stranger).status == 404
    assert browse(f"/decisions/{uuid4()}/contest").status == 404


def test_the_contest_links_of_the_api_lead_here(browse, house, asked):
    """DESIGN, Interfaces: `contest_url` and the receipt's address are pages."""

    given = answer(request=stored(asked["deny"].request), by=house.manager, door=Door.API)
    path = contest_url(given.id, given.verdict.rules[0]).split("/", 3)[3]
    assert browse(f"/{path}").status == 200
