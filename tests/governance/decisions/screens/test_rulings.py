"""Putting to the board what the rules leave to it, on the screens: one click, the case, the ruling; and looks at oneself."""

import re

import pytest
from django.test import Client, RequestFactory

from governance.board.models import Case
from governance.board.states import CaseKind, SeatKind, Vote
from governance.decisions.models import DecisionRecord, Referral
from governance.decisions.screens.receipts import _question
from governance.people.models import Person
from tests import factories, snapshots
from tests.governance.decisions.looks import BY_PERSON, people
from tests.pages import QUESTION

__all__ = ["people"]

RATING = QUESTION | {"decision": "performance_rating"}
STAFFING = QUESTION | {"decision": "staffing"}
LOOK = QUESTION | {
    "decision": "team_coaching", "metrics": [BY_PERSON], "grain": "person", "cohort": "", "persons": "payments-2",
    "first": "2026-03",
}  # fmt: skip


@snapshots.fixture
def refused(governed) -> None:
    """The manager was refused a rating."""
    client = Client()
    client.force_login(governed.manager)
    assert client.post("/ask", RATING).status_code == 403


@pytest.fixture
def referred(browse, refused):
    """The page of a question that AR13 leaves to the board."""
    return browse("/ask", data=STAFFING)


def put(browse, said: str = "") -> Referral:
    """Press the button of the newest refusal."""
    decision = DecisionRecord.objects.filter(verdict="refer").latest("pk")
    page = browse(f"/decisions/{decision.pk}/refer", data={"said": said})
    referral = Referral.objects.get(decision=decision)
    assert (page.status, page.response["Location"]) == (302, f"/cases/{referral.case_id}")
    return referral


def test_a_referred_question_shows_the_rule_and_one_button(referred):
    """Issue 4, 4: with one click, without JavaScript."""
    assert referred.status == 403
    assert referred.says("For the board to decide", "One rule leaves it to the board.", "AR13")
    assert referred.says("was not allowed for performance rating", "Put it to the board", "name nobody")
    decision = DecisionRecord.objects.get(verdict="refer")
    form = re.search(
        r"<form method=\"post\" action=\"([^\"]*)\"", referred.html.split('id="to-the-board"')[1]
    )
    assert form[1] == f"/decisions/{decision.pk}/refer"


def test_a_refusal_has_no_such_button(browse):
    """Issue 4, 4: only what the rules leave to the board."""
    page = browse("/ask", data=RATING)
    assert not page.says("Put it to the board")
    decision = DecisionRecord.objects.get()
    refused = browse(f"/decisions/{decision.pk}/refer", data={})
    assert refused.status == 400 and refused.says("The rules decided this question themselves")
    assert not Case.objects.filter(kind=CaseKind.EDGE_CASE).exists()


def test_the_button_leads_to_the_case_and_twice_to_the_same(browse, referred):
    """Issue 4, 4: then the case page."""
    referral = put(browse, said="We plan the summer.")
    page = browse(f"/cases/{referral.case_id}")
    assert page.says("A ruling on lead time for changes, at team level, for staffing", "We plan the summer.")
    assert put(browse) == referral


def test_words_that_are_too_long_are_said_to_be(browse, referred):
    """DESIGN, Web: what is wrong stands beside its field."""
    decision = DecisionRecord.objects.get(verdict="refer")
    page = browse(f"/decisions/{decision.pk}/refer", data={"said": "x" * 5001})
    assert page.status == 400 and page.says("There is a problem", "at most 5000 characters")
    assert not Referral.objects.exists()


def test_it_is_posted_with_a_token_of_the_page(browse, referred):
    """DESIGN, Interfaces: no page elsewhere puts a question in somebody's name."""
    decision = DecisionRecord.objects.get(verdict="refer")
    page = browse(f"/decisions/{decision.pk}/refer", data={}, enforce_csrf_checks=True)
    assert page.status == 403 and not Referral.objects.exists()


def test_only_who_asked_can(browse, house, referred):
    """Issue 4, 4: to all others the decision is not there, and an auditor is told why not."""
    decision = DecisionRecord.objects.get(verdict="refer")
    assert browse(f"/decisions/{decision.pk}/refer", by=house.stranger, data={}).status == 404
    assert browse(f"/decisions/{decision.pk}/refer", by=house.auditor, data={}).status == 403
    assert not Referral.objects.exists()


def test_the_case_shows_request_facts_and_rules_to_those_concerned(browse, house, referred):
    """Issue 4, 4: the case page shows request, facts and the rules in words, linked to the receipt."""
    referral = put(browse)
    member = factories.a_board()[SeatKind.HR]
    for reader in (house.manager, house.auditor, member):
        page = browse(f"/cases/{referral.case_id}", by=reader)
        assert page.says("Lead time for changes of team payments", "for staffing", "Asked by Manager")
        assert page.says("Roles over what was asked Manager", "Team payments 9 people", "version 1, active")
        assert page.says("Refused shortly before Performance rating", "Until the board has ruled")
        assert f"/receipts/{referral.decision.entry_id}" in page.html
        assert browse(f"/receipts/{referral.decision.entry_id}", by=reader).status == 200


def test_others_see_the_matter_and_the_ruling_alone(browse, house, referred):
    """Issue 4, 4: who asked is visible to board, auditor and asker only."""
    referral = put(browse)
    assert browse(f"/cases/{referral.case_id}", by=house.employee).status == 403
    factories.a_decided_case(referral.case)
    page = browse(f"/cases/{referral.case_id}", by=house.employee)
    assert page.says(
        "A ruling on lead time for changes", "Questions of this kind are allowed by it until 15 July 2026"
    )
    assert page.says("Put by Told to the board and auditors alone")
    assert not page.says("Asked by") and "team payments" not in page.html and ">Manager<" not in page.html
    assert str(referral.decision.entry_id) not in page.html


def test_a_ruling_answers_on_the_screen_as_well(browse, house, referred):
    """Issue 4, 4: every door gives the same verdict."""
    factories.a_decided_case(put(browse).case)
    assert browse("/ask", data=STAFFING).says("Allowed")


def test_a_question_that_the_board_refused_says_so(browse, house, referred):
    """Issue 4, 4: denied, with no button."""
    factories.a_decided_case(put(browse).case, dict.fromkeys(SeatKind, Vote.REJECT))
    page = browse("/ask", data=STAFFING)
    assert page.says("Not allowed", "The board was asked about this, and said no.")
    assert not page.says("Put it to the board")


def test_the_board_ends_a_ruling_from_its_case(browse, house, referred):
    """Issue 4, 4: a ruling may be ended early by the board, as waivers are."""
    referral = put(browse)
    factories.a_decided_case(referral.case)
    member = factories.a_board()[SeatKind.HR]
    assert not browse(f"/cases/{referral.case_id}").says("End this ruling now")
    assert browse(f"/rulings/{referral.pk}/end", data={}).status == 403
    assert browse(f"/cases/{referral.case_id}", by=member).says("End this ruling now")
    assert browse(f"/rulings/{referral.pk}/end", by=member, data={}).status == 302
    assert browse(f"/cases/{referral.case_id}").says("The board ended this ruling early, on 14 April 2026")


def test_rulings_are_listed_for_everybody(browse, house, referred):
    """Issue 4, 4: rulings on a page; an open question is for those who may see its case."""
    assert browse("/rulings").says("No ruling yet")
    referral = put(browse)
    assert browse("/rulings").says("Before the board", "Manager", "AR13")
    assert browse("/rulings", by=house.employee).says("No ruling yet")
    factories.a_decided_case(referral.case)
    page = browse("/rulings", by=house.employee)
    assert page.says("1 ruling", "Allowed by the board", "15 July 2026", "AR13")
    assert not page.says("Manager")
    assert browse("/cases", by=house.employee).says("Rulings")


def test_the_list_of_rulings_costs_few_statements(browse, house, statements, people):
    """DESIGN, Style: every list has a pinned query count."""
    factories.settings(looks_a_day=0)
    browse("/ask", data=LOOK)
    put(browse)
    few = statements("/rulings")
    browse("/ask", data=RATING)
    browse("/ask", data=STAFFING)
    put(browse)
    assert browse("/rulings").says("2 rulings")
    assert statements("/rulings") == few <= 15


def test_ones_receipt_leads_to_the_board_and_to_the_case(browse, house, referred):
    """Issue 4, 4: from the receipt too, for who comes back later."""
    decision = DecisionRecord.objects.get(verdict="refer")
    receipt = f"/receipts/{decision.entry_id}"
    assert f"/decisions/{decision.pk}/refer" in browse(receipt).html
    assert not browse(receipt, by=house.auditor).says("Put it to the board")
    page = browse(f"/decisions/{decision.pk}/refer")
    assert page.status == 200 and page.says("The rules leave this use to the board", "for staffing", "AR13")
    referral = put(browse)
    page = browse(receipt)
    assert f"/cases/{referral.case_id}" in page.html and f"/decisions/{decision.pk}/refer" not in page.html


# ── looks at oneself ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def seen(people):
    """Somebody of the team, with an account."""
    return factories.an_account("seen", person=Person.objects.get(external_id="payments-2"))


def test_who_was_looked_at_follows_the_notice_to_the_receipt(browse, seen):
    """Issue 4, 6: they see who, what, why and the verdict."""
    assert browse("/ask", data=LOOK | {"reason": "We talk on Friday"}).status == 200
    notices = browse("/notices", by=seen)
    assert notices.says("Manager looked at your values of lead time by person")
    path = re.search(r'href="(/receipts/[^"]+)"', notices.html)[1]
    page = browse(path, by=seen)
    assert page.says(
        "This was a look at your values", "By Manager", "team coaching", "We talk on Friday", "Allowed"
    )
    assert page.says("Lead time by person of your work") and "payments-2" not in page.html
    contest = re.search(r'href="(/decisions/[^"]+/contest)"', page.html)[1]
    assert browse(contest, by=seen).says("About lead time by person", "your work")


def test_nobody_else_named_in_the_same_question_is_told_to_them(browse, seen, house):
    """Issue 4, 6: not other subjects' names, wherever a rule may one day allow several."""
    browse("/ask", data=LOOK)
    decision = DecisionRecord.objects.get()
    several = {**decision.request, "persons": ["payments-2", "payments-3"]}
    copy = DecisionRecord.objects.get(pk=decision.pk)
    copy.request, copy.subjects = several, several["persons"]
    request = RequestFactory().get("/")
    request.user = seen
    assert _question(request, copy).whose == "your work"
    request.user = house.auditor  # who reads pseudonyms until they say why they need a name (S150)
    assert re.fullmatch(r"Person [0-9A-F-]{9} and Person [0-9A-F-]{9}", _question(request, copy).whose)
