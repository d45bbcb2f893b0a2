"""HR's use check on pages: one question a page, the answer as a statement, a decision metric by metric (issue 14, 2)."""

import re

import pytest

from governance.decisions.facts import coverage
from governance.decisions.models import DecisionRecord
from governance.people.models import Person
from governance.use_check.models import RoleProfile
from governance.use_check.services import write_profile
from tests import factories
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.governance.use_check.conftest import write

SO_FAR = "decision=calibration_input&metrics=delivery-time&grain=person&cohort=&person=payments-3"


@pytest.fixture(autouse=True)
def covered(monkeypatch):
    """Nobody's coverage is thin: there is no warehouse here to read it from."""
    monkeypatch.setattr(coverage, "compute_own_rows", lambda **_: ())


def follow(browse, page, *, by):
    return browse(page.response["Location"], by=by)


def test_one_question_a_page_from_decision_to_answer(browse, judged, hr):
    """Issue 14, 1: six questions, all answers once more, then the statement with its receipt."""
    page = browse("/use-check/decision", by=hr)
    assert "question 1 of 3" in page.text
    answers = (
        {"decision": "calibration_input"},
        {"metrics": [DELIVERY, HEALTH]},
        {"grain": "person", "cohort": "", "person": "payments-3"},
        {"role_family": ""},
        {"evidence": [], "kind": ["mentoring"]},
        {"who": "", "accountable": ""},
    )
    path = "/use-check/decision"
    for given in answers:
        page = browse(path, by=hr, data=given)
        assert page.status == 302, page.text
        path = page.response["Location"]
    page = browse(path, by=hr)
    assert page.says("What you are about to check", "delivery time and service health", "Nobody is named yet")
    page = follow(browse, browse(path, by=hr, data={}), by=hr)
    assert page.says("No, this may not be used", "To send on", "no values were read")
    assert page.html.count('class="mc-rule__id"') == len(set(re.findall(r"/rules/(AR\d\d)\"", page.html)))
    decision = DecisionRecord.objects.latest("at")
    assert decision.checked_only and decision.door == "screen" and str(decision.entry_id) in page.text


def test_a_yes_says_with_which_clause(browse, judged):
    manager = judged["manager"]
    address = "/use-check/review?decision=retrospective&metrics=lead-time-for-changes&grain=team&cohort=team:payments"
    page = follow(browse, browse(address, by=manager, data={}), by=manager)
    assert page.says("Yes, this may be used", "It allows retrospective at this level: team.")
    assert "What would make it a yes" not in page.text


def test_what_would_make_it_a_yes_is_a_link_to_that_check(browse, judged):
    """Issue 14, 1: following it ends in a yes, but for evidence, which somebody else has to open first (AR07)."""
    manager = judged["manager"]
    address = f"/use-check/review?{SO_FAR}&role_family=&evidence=&accountable="
    page = follow(browse, browse(address, by=manager, data={}), by=manager)
    assert page.says("What would make it a yes", "Together with service health")
    (link, *_more) = re.findall(r'href="(/use-check/review\?[^"]+)"', page.html)
    page = follow(browse, browse(link.replace("&amp;", "&"), by=manager, data={}), by=manager)
    assert page.says(
        "No, this may not be used", "no record about the person concerned that somebody else has opened"
    )
    assert DecisionRecord.objects.latest("at").rules == ["AR07"]


@pytest.mark.parametrize(
    ("step", "given", "says"),
    [
        ("decision", {}, "Choose what is to be decided"),
        ("metrics", {"metrics": []}, "Choose at least one metric"),
        ("metrics", {"metrics": ["no-such"]}, "There is no such metric"),
        ("whose", {}, "Choose whose values would be used"),
        ("whose", {"grain": "team", "cohort": "org:all"}, "This group is of another level"),
        ("whose", {"grain": "person", "person": "a b"}, "without blanks"),
        ("evidence", {"evidence": ["x"]}, "There is no such record that you may open"),
        ("accountable", {"who": "other"}, "Give their user name"),
    ],
)
def test_a_question_says_what_is_missing(browse, judged, hr, step, given, says):
    page = browse(f"/use-check/{step}?decision=calibration_input", by=hr, data=given)
    assert page.status == 400 and page.says(says)


def test_who_cannot_answer_for_it_is_said_before_anything_is_recorded(browse, judged, hr):
    """S93: beside all answers, and nothing is on the log."""
    before = DecisionRecord.objects.count()
    page = browse(f"/use-check/review?{SO_FAR}&role_family=&evidence=&accountable=stranger", by=hr, data={})
    assert page.status == 400 and page.says("has a role over those whom it concerns")
    assert DecisionRecord.objects.count() == before


def test_an_address_that_somebody_changed_is_answered_with_a_question(browse, hr):
    """No question is skipped by an address, and none of them is a fault of ours."""
    for query in (
        "decision=firing",
        "decision=retrospective",
        "grain=moon&decision=retrospective&metrics=x",
        "metrics=x",
    ):
        assert browse(f"/use-check/review?{query}", by=hr).status in (302, 200)
        assert browse(f"/use-check?{query}", by=hr).status in (302, 200)
    assert browse("/use-check/nothing", by=hr).status == 404


def test_for_ratings_nothing_may_be_used(browse, judged, hr):
    """Issue 14: what may I use for the autumn review? Metric by metric, and honestly none."""
    page = browse("/use-check/decisions/performance_rating", by=hr)
    assert page.says(
        "For a performance rating, nothing may be used.", "Its charter does not list this decision."
    )
    assert page.says("Lead time for changes", "Commit count")
    page = browse("/use-check/decisions/retrospective", by=judged["manager"])
    assert "nothing may be used" not in page.text and page.says("Lead time for changes")
    assert browse("/use-check/decisions/firing", by=hr).status == 404


def test_home_of_hr_begins_with_it(browse, judged, hr):
    page = browse("/", by=hr)
    assert page.html.index("May we use this?") < page.html.index("Your last answers")
    assert page.says("What may I use for a performance rating?")


def test_each_cell_of_the_matrix_leads_to_a_check(browse, judged, hr):
    """Issue 14, 1: those of which no charter speaks as well; an address that answers two questions goes on with the third."""
    page = browse("/matrix", by=hr)
    links = re.findall(r'href="(/use-check\?[^"]+)"', page.html)
    cells = page.html.count('class="mc-cell mc-cell--')
    assert links and len(links) == cells
    page = browse(links[0].replace("&amp;", "&"), by=hr)
    assert page.status == 302 and page.response["Location"].startswith("/use-check/whose?")


def test_an_answer_is_the_askers(browse, judged, hr):
    """An answer is open to whoever checked and to auditors; to others there is none, and an answer with values is no check."""
    browse(f"/use-check/review?{SO_FAR}&role_family=&evidence=&accountable=", by=hr, data={})
    key = DecisionRecord.objects.latest("at").pk
    assert [
        browse(f"/use-check/answers/{key}", by=each).status
        for each in (hr, judged["auditor"], judged["stranger"])
    ] == [
        200,
        200,
        404,
    ]


def test_a_profile_is_written_and_shown(browse, judged, hr):
    """S36, S98: HR writes it, everybody reads it."""
    given = {
        "role_family": "engineering",
        "outcomes": "Fewer faults\nShorter waits",
        "evidence_kinds": ["mentoring"],
        "review_months": "6",
    }
    assert browse("/use-check/profiles/new", by=hr, data=given).status == 302
    assert RoleProfile.objects.get().outcomes == ["Fewer faults", "Shorter waits"]
    assert browse("/use-check/profiles", by=judged["stranger"]).says(
        "Engineering", "Fewer faults", "Mentoring", "6 months"
    )
    assert browse("/use-check/profiles/new", by=judged["manager"]).status == 403
    page = browse("/use-check/profiles/new", by=hr, data={**given, "review_months": "99"})
    assert page.status == 400 and page.says("Give a number of months from 1 to 24")


def test_evidence_is_written_opened_and_checked_on_pages(browse, judged, hr):
    """S86: by two people, and whom it is about reads it."""
    given = {
        "kind": "mentoring", "person": "payments-3", "happened_on": "2026-03-02", "project": "Ledger", "source": "peer",
        "said_by": "Ada", "link": "https://docs.example.org/m/1", "shows": "Two newcomers ship alone.",
    }  # fmt: skip
    page = browse("/evidence/new", by=judged["manager"], data=given)
    address = page.response["Location"]
    assert "Open it, then say what you found" not in browse(address, by=judged["manager"]).text
    assert browse(address, by=hr, data={"holds": "no"}).status == 400
    assert browse(address, by=hr, data={"holds": "yes", "says": "I read it."}).status == 302
    concerned = factories.an_account("concerned", person=Person.objects.get(external_id="payments-3"))
    assert browse(address, by=concerned).says("Checked", "I read it.")
    assert browse(address, by=judged["stranger"]).status == 404
    assert browse("/evidence", by=concerned).says("Mentoring, Ledger")
    page = browse("/evidence/new", by=judged["stranger"], data={**given, "link": "ftp://x"})
    assert page.status == 403 or page.status == 400


def test_lists_cost_as_many_statements_whatever_they_hold(statements, judged, hr):
    write(judged["manager"])
    few = [statements(path, hr) for path in ("/evidence", "/use-check/profiles")]
    for number in range(3):
        write(judged["manager"], project=f"Other {number}")
        write_profile(
            role_family=f"family {number}", outcomes=["x"], evidence_kinds=(), review_months=12, by=hr
        )
    assert [statements(path, hr) for path in ("/evidence", "/use-check/profiles")] == few
