"""One's own answers, receipts and how to check them, and whom to turn to."""

import base64
import html
import json
import re
import subprocess
import sys
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from audits.ledger import notes, sequencer, tree
from audits.ledger.keys import list_verifiers
from audits.ledger.models import LogPlace
from governance.decisions.doors.receipts import serialize_entry
from governance.decisions.doors.replies import make_contest_url
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.screens import receipt_check
from governance.decisions.services import answer
from governance.ui.questions import read_request
from tests import snapshots
from tests.factories import as_owner
from tests.pages import QUESTION, RANKING


@snapshots.fixture
def with_asked(governed) -> dict[str, DecisionRecord]:
    client = Client()
    client.force_login(governed.manager)
    for question in (QUESTION | {"reason": "Quarterly"}, RANKING):
        assert client.post("/ask", question).status_code in {200, 403}
    return {decision.verdict: decision for decision in DecisionRecord.objects.all()}


@pytest.fixture
def asked(house, with_asked) -> dict[str, DecisionRecord]:
    """One permit and one refusal of the manager's."""
    return with_asked


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
    assert page.says("2 questions", "Allowed (1)", "Not allowed (1)")
    assert browse("/my-answers", by=house.auditor).says("Nothing here")


def test_my_answers_are_narrowed_by_verdict(browse, asked):
    """Issue 2, item 9: filter by verdict."""
    page = browse("/my-answers?verdict=deny")
    assert [decision for decision, _ in page.response.context["asked"]] == [asked["deny"]]
    assert browse("/my-answers?verdict=refer").says("No question is like that")
    both = browse(
        "/my-answers?verdict=deny&verdict=permit&decision=performance_rating&decision=retrospective"
    )
    assert both.says("2 questions", "Allowed (1)") and "verdict=deny&amp;verdict=permit" in both.html
    assert browse("/my-answers?decision=retrospective").says("1 question", "Not allowed (0)")
    wrong = browse("/my-answers?verdict=gossip")
    assert wrong.status == 400 and wrong.says("Answer: choose from the list", "2 questions")


def test_the_file_of_my_answers_is_what_the_page_lists(browse, house, asked):
    """Issue 11: its link carried the answer that was chosen, and the file took no notice."""
    client = Client()
    client.force_login(house.manager)
    sent: Any = client.get("/my-answers.csv?verdict=deny&decision=performance_rating")
    lines = b"".join(sent.streaming_content).decode().splitlines()
    assert len(lines) == 2 and str(asked["deny"].entry_id) in lines[1]


def test_my_answers_come_in_pages(browse, asked, monkeypatch):
    """Issue 2, item 9: pagination."""
    monkeypatch.setattr("governance.decisions.screens.receipts.A_PAGE", 1)
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


def test_a_receipt_shows_charter_snapshot_window_and_filters(browse, house):
    """S14, Issue 9: what was answered from what, on the page too."""
    browse("/ask", data=QUESTION | {"order_by": "value", "limit": "2"})
    page = browse(f"/receipts/{DecisionRecord.objects.get().entry_id}")
    assert page.says("lead-time-for-changes@1", house.snapshot.content_hash)
    assert page.says(
        "Window January 2026 to March 2026, month by month", "Filters highest first, the first 2"
    )


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

    told = serialize_entry(asked["permit"].entry_id, by=asked["permit"].actor)
    assert receipt_check.is_genuine(told)
    assert not receipt_check.is_genuine(told | {"leaf": told["leaf"].replace("decisions", "decisionz")})
    assert not receipt_check.is_genuine(told | {"public_key": "00" * 32})
    assert not receipt_check.is_genuine(told | {"receipt": told["receipt"] | {"signature": "00" * 64}})


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
    """S78: whom to contact and the next level, and the way to an appeal."""
    decision = asked["deny"]
    page = browse(f"/decisions/{decision.pk}/contest?rule=AR04&metric=commit-count")
    assert page.says("Appeal this use", "no consequences for you", str(decision.entry_id))
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

    given = answer(request=read_request(asked["deny"].request), by=house.manager, door=Door.API)
    path = make_contest_url(given.id, given.verdict.rules[0]).split("/", 3)[3]
    assert browse(f"/{path}").status == 200


def place_all() -> None:
    """Sequence as after the commit: what is due at it is looked at before the queue is emptied."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    sequencer.sequence()


def test_a_receipt_says_where_it_stands_in_the_log(browse, asked):
    """Issue 13, 4: first that it waits, then its place, with a proof that one takes along as a file."""
    path = f"/receipts/{asked['permit'].entry_id}"
    waits = browse(path)
    assert waits.says("waits for its place in the signed log") and "/proof" not in waits.html
    assert browse(f"{path}/proof").status == 409
    place_all()
    place = LogPlace.objects.get(entry=asked["permit"].entry).number
    stands = browse(path)
    assert stands.says(f"It stands in the signed log, as entry {place + 1} of {LogPlace.objects.count()}")
    text = browse(f"{path}/proof").html
    head, _, checkpoint = text.partition("\n\n")
    _, extra, index, *proof = head.split("\n")
    told = json.loads(base64.b64decode(extra.removeprefix("extra ")))
    note = notes.parse_note(checkpoint)
    notes.verify_note(note, list_verifiers())
    state = notes.parse_checkpoint(note)
    hashes = [base64.b64decode(each) for each in proof]
    tree.verify_inclusion(
        tree.leaf_hash(told["leaf"].encode()),
        int(index.removeprefix("index ")),
        state.size,
        hashes,
        state.root,
    )
    assert told["receipt"]["id"] == str(asked["permit"].entry_id)


def test_a_proof_that_does_not_hold_is_told(browse):
    """Issue 13, 4: a tree that was changed under the receipt, and that nobody in this process has read before."""
    browse("/ask", data=QUESTION)
    place_all()
    as_owner("UPDATE ledger_entry SET leaf_hash = sha256(leaf_hash)")
    assert browse(f"/receipts/{DecisionRecord.objects.get().entry_id}").says(
        "The log does not prove its place"
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("text=lead", 1), ("text=LEAD+retro", 1), ("text=payments", 2), ("text=rating", 1), ("text=zzzz", 0),
        ("since=2026-04-14", 2), ("until=2026-04-13", 0), ("since=2026-04-15", 0), ("text=lead&verdict=deny", 0),
    ],
)  # fmt: skip
def test_my_answers_are_searched_and_dated(browse, asked, query, count):
    """Issue 11: `My answers` had neither search nor dates."""
    page = browse(f"/my-answers?{query}")
    assert page.response.context["listed"].paginator.count == count
    assert page.says("No question is like that") == (count == 0)


def test_my_answers_are_found_by_their_receipt_and_sorted(browse, asked):
    """Issue 11: by the eight characters that lists show; the oldest first where one likes."""
    newest, oldest = (
        browse(f"/my-answers?sort={sort}").response.context["asked"] for sort in ("newest", "oldest")
    )
    assert [each.pk for each, _words in oldest] == [each.pk for each, _words in reversed(newest)]
    found = browse(f"/my-answers?text={str(newest[0][0].entry_id)[:8]}").response.context["asked"]
    assert newest[0][0].pk in [each.pk for each, _words in found]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "Asked since: enter a day such as 2026-04-14"),
        ("since=2026-04-14&until=2026-04-01", "Asked until: this day comes before the other"),
        ("sort=worst", "Order: choose one from the list"),
        (f"text={'x' * 101}", "Find: 100 characters at most"),
    ],
)
def test_what_cannot_be_looked_for_is_said(browse, asked, query, said):
    """Bad input: 400, the field named."""
    page = browse(f"/my-answers?{query}")
    assert page.status == 400 and page.says("There is a problem", said)
