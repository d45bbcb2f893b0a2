"""Quick find, lists to take away, and pages for visitors (issue 11)."""

from typing import Any

from django.test import Client

from governance.board.states import SeatKind
from governance.decisions.models import DecisionRecord
from tests import factories
from tests.governance.desk.screens.test_home import QUESTION


def taken_away(client: Client, path: str) -> str:
    """A list as its file has it."""
    answer: Any = client.get(path)
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_word_finds_metrics_cases_and_rules(browse, house):
    member = factories.a_board()[SeatKind.LEGAL]
    case = factories.an_open_case("pr-size")
    assert browse("/find?q=pr-size", by=member).says("Metrics", "Cases", f"Case {case.number}, open")
    assert browse("/find?q=AR04", by=member).says("Rules", "AR04")
    assert browse(f"/find?q=case+{case.number}", by=member).says(f"Case {case.number}, open")
    assert browse("/find?q=zzzz", by=member).says("Nothing has this word or number")


def test_an_open_case_is_found_by_those_alone_who_may_see_it(browse, house):
    case = factories.an_open_case("pr-size")
    page = browse(f"/find?q=case+{case.number}", by=factories.an_account("stranger"))
    assert page.says("Nothing has this word or number")


def test_a_receipt_is_found_by_its_first_eight_characters_by_whoever_asked(browse, house):
    browse("/ask", data=QUESTION)
    decision = DecisionRecord.objects.latest("at")
    start = str(decision.entry_id)[:8]
    assert browse(f"/find?q={start}").says("Receipts", str(decision.entry_id))
    page = browse(f"/find?q={start}", by=factories.an_account("stranger"))
    assert page.says("Nothing has this word or number") and not page.says(str(decision.entry_id))


def test_lists_are_taken_away_as_they_are_narrowed(browse, house):
    """UTF-8 with its mark, and no more than the page would list."""
    case, member = factories.an_open_case("pr-size"), factories.a_board()[SeatKind.LEGAL]
    client = Client()
    client.force_login(member)
    told = taken_away(client, "/cases.csv?state=open").splitlines()
    assert told[0].startswith("case,about") and [line.split(",")[0] for line in told[1:]] == [
        str(case.number)
    ]
    metrics = taken_away(client, "/metrics.csv?name=lead")
    assert "lead-time-for-changes" in metrics and "commit-count" not in metrics
    client.force_login(factories.an_account("stranger"))
    assert len(taken_away(client, "/cases.csv?state=open").splitlines()) == 1
    assert client.get("/cases.csv?state=nonsense").status_code == 400


def test_minutes_are_found_by_day_and_taken_away(browse, house):
    """Issue 11: everything that can be listed is filtered by date and taken as CSV where its rows are open to the reader."""
    assert browse("/minutes?since=2026-04-01").says("Lead time for changes, version 1")
    assert not browse("/minutes?until=2026-03-01").says("Lead time for changes, version 1")
    wrong = browse("/minutes?since=tomorrow")
    assert wrong.status == 400 and wrong.says("Decided since: enter a day such as 2026-04-14")
    client = Client()
    client.force_login(factories.an_account("stranger"))
    told = taken_away(client, "/minutes.csv?text=lead")
    assert "The board approved lead-time-for-changes@1." in told and "commit-count@1" not in told


def test_visitors_read_contract_and_rules_only_where_the_programme_says_so(house):
    """Off by default; on, it shows no name, no case and nobody to ask."""
    visitor = Client()
    paths = ("/about", "/contract", "/contract/metrics", "/rules", "/rules/AR04")
    assert {visitor.get(path).status_code for path in paths} == {302}
    factories.settings(readable_by_visitors=True)
    for path in paths:
        page = visitor.get(path)
        text = page.content.decode()
        assert page.status_code == 200, path
        assert "Board-" not in text and "/cases/" not in text and "Who to ask" not in text, path
    assert "What this is" in visitor.get("/sign-in").content.decode()
    assert visitor.get("/metrics").status_code == 302


def test_a_demo_shows_our_page_where_there_is_none(browse, house, settings):
    """With DEBUG Django shows every address that there is."""
    settings.DEBUG = True
    page = browse("/nowhere")
    assert page.status == 404 and page.says("There is no such page")


def test_an_address_that_takes_posts_alone_answers_with_a_page(browse, house):
    page = browse("/rules/acknowledge")
    assert page.status == 405 and page.says("This address opens nothing by itself")
