"""Everything can be taken along, as JSON and CSV, with its entries in the log (S143)."""

import csv
import io
import json

import pytest

from audits.ledger.models import Entry
from audits.packs import taking
from audits.packs.states import TakenKind
from charter.registry.models import RulebookVersion
from governance.board.models import Case
from governance.board.states import SeatKind
from governance.decisions.models import DecisionRecord
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(people) -> dict[str, Case]:
    """One that is decided, so that everybody reads it, and one that is open."""
    decided = factories.an_open_case("review-latency")
    factories.a_decided_case(decided)
    return {"decided": decided, "open": factories.an_open_case("change-failure-rate")}


def take(browse, by, kind: str, form: str = "json") -> list[dict]:
    reply = browse_raw(browse, by, f"/take-along/{kind}.{form}")
    text = b"".join(reply.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text))) if form == "csv" else json.loads(text)[kind]


def browse_raw(_browse, by, path: str):
    from django.test import Client

    client = Client()
    client.force_login(by)
    return client.get(path)


@pytest.mark.parametrize("kind", TakenKind.values)
def test_json_and_csv_hold_the_same_rows_each_with_its_entries(people, cases, browse, kind):
    """S143: rules, rulebooks, charters, decisions, cases and minutes."""
    by = people["manager"]
    rows, table = take(browse, by, kind), take(browse, by, kind, "csv")
    assert rows and len(rows) == len(table)
    assert set(rows[0]) == set(table[0]) == set(taking.COLUMNS[TakenKind(kind)])
    told = {entry for row in rows for entry in row["log_entries"]}
    assert Entry.objects.filter(pk__in=told).count() == len(told) > 0


def test_decisions_are_one_s_own_and_open_cases_not_everybody_s(people, cases, browse):
    """What is taken along is what is open to whoever takes it."""
    assert (
        len(take(browse, people["manager"], "decisions"))
        == DecisionRecord.objects.filter(actor=people["manager"]).count()
    )
    assert take(browse, people["employee"], "decisions") == []
    numbers = {row["case"] for row in take(browse, people["employee"], "cases")}
    assert cases["decided"].number in numbers and cases["open"].number not in numbers
    member = factories.a_board()[SeatKind.LEGAL]
    assert cases["open"].number in {row["case"] for row in take(browse, member, "cases")}


def test_a_rulebook_can_be_read_again_from_what_was_taken(people, browse):
    [row] = take(browse, people["stranger"], "rulebooks")
    version = RulebookVersion.objects.get()
    assert row["files"] == version.files and row["content_hash"] == version.content_hash


def test_no_cell_is_a_formula(people, browse):
    for row in take(browse, people["manager"], "charters", "csv"):
        assert not any((cell or "").startswith(("=", "+", "@")) for cell in row.values())


def test_what_there_is_not_is_said(people, browse):
    assert browse("/take-along", by=people["stranger"]).says("Minutes of the board")
    assert browse("/take-along/secrets.json", by=people["stranger"]).status == 404
    assert browse("/take-along/rules.xml", by=people["stranger"]).status == 400
    assert browse("/take-along/rules.json", by=None).status == 302
