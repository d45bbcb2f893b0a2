"""The pages of the access log."""

import re

import pytest

from audits.access_log.events import LogExported
from audits.access_log.models import Export, SavedSearch
from audits.access_log.screens import log
from governance.decisions.models import DecisionRecord
from governance.people import pseudonyms
from tests.audits.access_log.conftest import OUTSIDERS
from tests.audits.access_log.test_reading import entries
from tests.governance.decisions.test_answer import ask

pytestmark = pytest.mark.django_db


def test_the_page_says_what_happened_in_pseudonyms(browse, people):
    """S150; the picture of the access log: counts, chart and table, decisions newest first."""
    page = browse("/access-log", by=people["auditor"])
    code = pseudonyms.code_of_account(people["manager"])
    assert page.says(
        "4 decisions",
        f"Manager {code}",
        "The same counts",
        "AR04",
        "Allowed (2)",
        "At most 2 refusals a week",
    )
    assert "payments-3" not in page.html.lower() and page.html.count("<svg aria-labelledby") == 2


def test_filters_in_use_can_be_taken_away(browse, people):
    page = browse("/access-log?rule=AR04&verdict=deny", by=people["auditor"])
    assert page.says("Filters in use") or 'aria-label="Filters in use"' in page.html
    assert page.says("Rule: AR04", "Answer: Not allowed") and 'href="/access-log?rule=AR04"' in page.html


def test_empty_states(browse, people):
    assert browse("/access-log?text=nothing-like-it", by=people["auditor"]).says(
        "No decision fits all of these"
    )


def test_a_name_is_no_pseudonym(browse, people):
    page = browse("/access-log?person=payments-3", by=people["auditor"])
    assert page.status == 400 and page.says("enter a pseudonym", "Nothing was searched")


def test_a_word_that_is_a_name_is_said_to_be(browse, people):
    page = browse("/access-log?text=stranger", by=people["auditor"])
    assert page.says("A word that you look for is part of somebody’s name")


def test_an_administrator_reads_without_names_and_reasons(browse, people):
    page = browse("/access-log", by=people["admin"])
    assert page.says("without the reasons that people gave") and not page.says("quarterly review")
    assert not re.search("/receipts/[0-9a-f]{8}", page.html) and "Find somebody by name" not in page.text
    decision = DecisionRecord.objects.first()
    assert not browse(f"/access-log/{decision.pk}", by=people["admin"]).says("Who this is")
    assert browse(f"/access-log/{decision.pk}", by=people["admin"], data={"reason": "Curious"}).status == 403
    assert browse("/access-log/person", by=people["admin"], data={"name": "x", "reason": "y"}).status == 403


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_else_finds_a_way_in(browse, people, who):
    """HR, the board, managers and superusers see nothing."""
    key = DecisionRecord.objects.first().pk
    for path in ("/access-log", "/access-log?person=0000-0000", f"/access-log/{key}", "/access-log/person"):
        assert browse(path, by=people[who]).status == 403
    for path in (f"/access-log/{key}", "/access-log/export", "/access-log/searches", "/access-log/person"):
        assert browse(path, by=people[who], data={"reason": "x", "name": "x", "format": "csv"}).status == 403


def test_the_whole_way_from_a_name_to_a_decision(browse, people):
    """Done when: who looked at this person, and why?"""
    auditor = people["auditor"]
    gone = browse("/access-log/person", by=auditor, data={"name": "payments-3", "reason": "They asked us"})
    where = gone.response["Location"]
    page = browse(f"{where}&part=looked_at", by=auditor)
    assert page.says("1 decision", "Before rating week")
    decision = DecisionRecord.objects.get(subjects=["payments-3"])
    one = browse(f"/access-log/{decision.pk}", by=auditor)
    assert one.says("Show who this is", "What was true then") and not one.says("(manager)")
    assert browse(f"/access-log/{decision.pk}", by=auditor, data={"reason": ""}).status == 400
    browse(f"/access-log/{decision.pk}", by=auditor, data={"reason": "They asked us"})
    assert browse(f"/access-log/{decision.pk}", by=auditor).says("Manager (manager)", "(payments-3)")


def test_a_receipt_names_nobody_to_an_auditor_until_a_reason_is_given(browse, people):
    """The receipt goes by the same rule; the asker and whoever was looked at read it as before."""
    decision = DecisionRecord.objects.get(subjects=["payments-3"])
    auditor, path = people["auditor"], f"/receipts/{decision.entry_id}"
    page = browse(path, by=auditor)
    code = pseudonyms.code_of_account(people["manager"])
    assert page.says(f"Given to Manager {code}", "Show who this is") and "payments-3" not in page.html
    contest = browse(f"/decisions/{decision.pk}/contest", by=auditor)
    assert "payments-3" not in contest.html
    browse(f"/access-log/{decision.pk}", by=auditor, data={"reason": "They asked us"})
    assert browse(path, by=auditor).says("Given to Manager on", "payments-3")
    assert browse(path, by=people["manager"]).says("Given to Manager on", "payments-3")


def test_an_export_and_its_receipt(browse, people, client):
    client.force_login(people["auditor"])
    reply = client.post("/access-log/export?rule=AR04", {"format": "csv"})
    assert (
        b"".join(reply.streaming_content).startswith(b"\xef\xbb\xbf") and entries(LogExported)[0]["rows"] == 2
    )
    export = Export.objects.get()
    page = browse(f"/access-log/exports/{export.entry_id}", by=people["auditor"])
    assert page.says("This receipt is genuine", export.sha256, "head -n -1")
    assert browse("/access-log/export", by=people["auditor"], data={"format": "xls"}).status == 400


def test_a_search_is_kept_renamed_and_deleted(browse, people):
    auditor = people["auditor"]
    assert browse("/access-log/searches?rule=AR04", by=auditor, data={"name": ""}).status == 400
    kept = browse("/access-log/searches?rule=AR04", by=auditor, data={"name": "Rankings"})
    assert kept.response["Location"] == "/access-log?rule=AR04"
    saved = SavedSearch.objects.get()
    assert browse("/access-log", by=auditor).says("Searches you have kept", "Rankings")
    assert not browse("/access-log", by=people["admin"]).says("Rankings")
    path = f"/access-log/searches/{saved.pk}"
    assert browse(path, by=people["admin"]).status == 404
    browse(path, by=auditor, data={"name": "By rank"})
    assert browse("/access-log", by=auditor).says("By rank")
    browse(path, by=auditor, data={"delete": "on"})
    assert not SavedSearch.objects.exists()


def test_the_page_costs_the_same_however_many(statements, people, house, monkeypatch):
    """DESIGN, Style: pinned statements, whatever is listed and however the list is narrowed."""
    few = statements("/access-log", people["auditor"])
    for _ in range(3):
        ask(house.manager)
    assert statements("/access-log", people["auditor"]) == few <= 20
    monkeypatch.setattr(log, "A_PAGE", 2)
    assert statements("/access-log?rule=AR04&verdict=deny&role=manager&kind=values", people["auditor"]) <= 20


def test_it_comes_in_pages(browse, people, monkeypatch):
    monkeypatch.setattr(log, "A_PAGE", 3)
    page = browse("/access-log", by=people["auditor"])
    assert page.says("Page 1 of 2", "4 decisions")
    onward = re.search(r'href="([^"]*)" rel="next"', page.html)[1].replace("&amp;", "&")
    assert browse(f"/access-log{onward}", by=people["auditor"]).says("Page 2 of 2")
