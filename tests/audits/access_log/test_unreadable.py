"""A record that somebody broke in the database is said to be unreadable, by itself: no list, page or file goes with it."""

import csv
import io
import json

import pytest
from django.urls import reverse

from audits.access_log.models import FileFormat
from audits.ledger.packing import UnreadableRecord
from audits.packs.taking import _decisions
from governance.decisions.models import DecisionRecord
from governance.decisions.replay.recorded import read_recorded
from tests.audits.access_log.test_exporting import take
from tests.factories import as_owner

pytestmark = pytest.mark.django_db
BROKEN = "'\\x007a01ff'::bytea"  # begins as what is packed does, and is no frame
NO_JSON = "'\\x7b'::bytea"  # not packed, and no JSON either


@pytest.fixture
def broken(people) -> DecisionRecord:
    """One of the manager's questions, whose packed columns are broken."""
    found = DecisionRecord.objects.filter(actor=people["manager"]).latest("at")
    as_owner(
        f"UPDATE decisions_decisionrecord SET request = {BROKEN}, own_facts = {NO_JSON}, matches = {BROKEN} "
        f"WHERE id = '{found.pk}'"
    )
    return DecisionRecord.objects.get(pk=found.pk)


@pytest.mark.parametrize("column", ["request", "own_facts", "matches", "facts"])
def test_what_is_broken_is_a_typed_error_when_it_is_looked_at(broken, column):
    """Issue 14: the row is read; what cannot be is said by a stable code, and the columns stay."""
    with pytest.raises(UnreadableRecord) as raised:
        getattr(broken, column)
    assert (raised.value.status, raised.value.code) == (500, "record_unreadable")
    assert broken.metrics and broken.verdict and list(broken.obligations) is not None


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
