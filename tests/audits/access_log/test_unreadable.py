"""A record that somebody broke in the database is said to be unreadable, by itself: no list, page or file goes with it."""

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from audits.access_log.models import FileFormat
from audits.fairness.queries import list_about
from audits.ledger.packing import UnreadableRecord
from audits.packs.taking import _decisions
from governance.about_me.queries.looks import list_looks
from governance.decisions.models import DecisionRecord, kept_charters
from governance.decisions.models.kept_charters import KeptCharter
from governance.decisions.replay import recorded
from governance.decisions.replay.recorded import read_recorded
from tests import factories
from tests.audits.access_log.test_exporting import take
from tests.factories import as_owner

pytestmark = pytest.mark.django_db
BROKEN = "'\\x007a01ff'::bytea"  # begins as what is packed does, and is no frame
NO_JSON = "'\\x7b'::bytea"  # not packed, and no JSON either


def break_(found: DecisionRecord) -> None:
    as_owner(
        f"UPDATE decisions_decisionrecord SET request = {BROKEN}, own_facts = {NO_JSON}, matches = {BROKEN} "
        f"WHERE id = '{found.pk}'"
    )


@pytest.fixture
def broken(people) -> DecisionRecord:
    """One of the manager's questions, whose packed columns are broken."""
    found = DecisionRecord.objects.filter(actor=people["manager"]).latest("at")
    break_(found)
    return DecisionRecord.objects.get(pk=found.pk)


@pytest.fixture
def columns(people) -> tuple:
    """What stands in columns of their own, before the rest is broken."""
    found = DecisionRecord.objects.filter(actor=people["manager"]).latest("at")
    return found.metrics, found.verdict, found.obligations


@pytest.mark.parametrize("column", ["request", "own_facts", "matches", "facts"])
def test_what_is_broken_is_a_typed_error_when_it_is_looked_at(columns, broken, column):
    """Issue 14: the row is read; what cannot be is said by a stable code, and the columns stay."""
    with pytest.raises(UnreadableRecord) as raised:
        getattr(broken, column)
    assert (raised.value.status, raised.value.code) == (500, "record_unreadable")
    assert (broken.metrics, broken.verdict, broken.obligations) == columns


def test_an_asker_s_list_and_home_show_the_others(broken, people, browse):
    """Issue 14: the page of one's answers and home name it as unreadable and keep the rest."""
    for path in (reverse("my-answers"), "/"):
        assert browse(path, by=people["manager"]).says("what else was asked cannot be read")


def test_the_access_log_shows_the_others(broken, people, browse):
    """Issue 14: the auditor's page, the API and each export."""
    assert browse("/access-log", by=people["auditor"]).says("what else was asked cannot be read")
    whole = DecisionRecord.objects.count()
    body, _ = take(people["auditor"], FileFormat.CSV)
    *rows, _last = list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    assert len(rows) == whole + 1
    body, _ = take(people["auditor"], FileFormat.JSON)
    told = {each["id"]: each for each in json.loads(body)["decisions"]}
    assert len(told) == whole and "cannot be read" in told[str(broken.pk)]["question"]
    assert told[str(broken.pk)]["from"] == broken.window_from.isoformat()


def test_its_own_page_says_so_by_a_problem(broken, people, browse):
    """Issue 14: no bare 500: a page with the sentence, and a problem with the code."""
    page = browse(f"/receipts/{broken.entry_id}", by=people["manager"])
    assert page.status == 500 and page.says("This record cannot be read")


def test_what_one_takes_along_holds_the_others(broken, people):
    """Issue 14: an export of one's own, and a replay, go on behind it."""
    told = {each["receipt"]: each["request"] for each in _decisions(people["manager"])}
    assert told[str(broken.entry_id)]["unreadable"] == "record_unreadable"
    assert sum("unreadable" in each for each in told.values()) == 1 < len(told)
    found = read_recorded(DecisionRecord.objects.order_by("at", "pk"), after=None, most=100)
    assert sum(not each.read_facts() for each in found) == 1 < len(found)


def test_a_charter_that_is_broken_is_said_of_each_decision_under_it(people, monkeypatch):
    """Issue 14: what is kept once for many is missing to each of them, by the same code, and a replay goes on behind it."""
    found = DecisionRecord.objects.filter(actor=people["manager"]).latest("at")
    monkeypatch.setattr(kept_charters, "_read", lambda key: b"\x00z\xff\xff")
    with pytest.raises(UnreadableRecord):
        _ = found.facts
    monkeypatch.setattr(kept_charters, "_read", lambda key: KeptCharter.objects.get(pk="none"))
    with pytest.raises(UnreadableRecord):
        _ = DecisionRecord.objects.get(pk=found.pk).facts
    recorded._read_charter.cache_clear()
    assert not any(
        each.read_facts() for each in read_recorded(DecisionRecord.objects.all(), after=None, most=100)
    )


def test_of_a_broken_record_nobody_knows_whom_it_was_about(broken):
    """Issue 17: whom it looked at stands beside what is broken, so a flagged audit goes on and tells those."""
    assert list_about(broken) == []


def test_whoever_was_looked_at_reads_of_all_looks(people, browse):
    """Issue 12, 1: one damaged look takes no page, file or address of theirs with it."""
    own = people["employee"]
    look = list_looks(own, own.person).filter(actor=people["manager"]).latest("at")
    break_(look)
    token = factories.a_token(own)
    told = Client(headers={"authorization": f"Token {token}"}).get("/api/v1/about-me/looks")
    assert told.status_code == 200 and str(look.entry_id) in told.text
    for path in ("/about-me/looks", "/about-me/looks.csv"):
        page = browse(path, by=own)
        assert page.status == 200 and str(look.entry_id)[:8] in page.html, path
