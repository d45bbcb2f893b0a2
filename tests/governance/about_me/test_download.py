"""A copy of all that is held about oneself: whole, signed, on the log, and of nobody else (issue 12; S141)."""

import csv
import io
import json
import subprocess
import sys
import zipfile
from datetime import date

import pytest
from django.test import Client
from rest_framework.test import APIClient

from audits.ledger.models import Entry
from charter.measures.rows import Place, make_row
from charter.measures.values.aggregation import Estimate
from charter.measures.values.calendar import split_window
from charter.rules.vocabulary import ContextKind
from governance.decisions import services as decisions
from governance.decisions.models import DecisionRecord
from governance.people.models import Membership, Person, ReportingLine
from governance.training import services as training
from tests import factories, on_the_log
from tests.governance.decisions.looks import look
from tests.governance.decisions.test_answer import RANKING, ask

pytestmark = pytest.mark.django_db


def download(by) -> zipfile.ZipFile:
    client = Client()
    client.force_login(by)
    response = client.post("/about-me/download")
    assert response.status_code == 200 and response["Cache-Control"] == "private, no-store"
    return zipfile.ZipFile(io.BytesIO(b"".join(response)))


def rows(archive: zipfile.ZipFile, name: str) -> list[dict]:
    """A part by its JSON, which says the same as its CSV."""
    found = json.loads(archive.read(f"json/{name}.json"))
    table = list(csv.DictReader(io.StringIO(archive.read(f"csv/{name}.csv").decode())))
    assert len(table) == len(found)
    return found


def test_the_copy_holds_every_part_and_goes_on_the_log(house):
    """Issue 12, 1: as JSON and as CSV, with an entry of the log."""
    ask(house.manager)
    archive = download(house.employee)
    assert archive.testzip() is None
    (person,) = rows(archive, "person")
    assert person["external_id"] == house.employee.person.external_id
    (looked,) = rows(archive, "who-looked")
    assert looked["who"] == "Manager" and looked["named_me"] is False
    assert {each["metric"] for each in rows(archive, "metrics")} == {"lead-time-for-changes", "commit-count"}
    assert rows(archive, "stored") and rows(archive, "what-nobody-can") and rows(archive, "memberships")
    assert Entry.objects.filter(kind="about_me.downloaded").count() == 1


def test_the_copy_is_signed_and_checked_without_us(house, tmp_path):
    """Issue 12, 1: dated and signed; one changed byte shows."""
    archive = download(house.employee)
    archive.extractall(tmp_path)

    def check():
        given = {"cwd": tmp_path, "capture_output": True, "text": True}
        return subprocess.run([sys.executable, "verify.py"], check=False, **given)

    assert check().stdout.startswith("Genuine:")
    signed = set(json.loads(json.loads(archive.read("signature.json"))["text"])["files"])
    assert signed == set(archive.namelist()) - {"signature.json", "verify.py", "READ-ME.txt"}
    changed = tmp_path / "csv/person.csv"
    changed.write_bytes(changed.read_bytes() + b" ")
    assert "csv/person.csv was changed" in check().stderr


def test_own_values_are_asked_of_the_line_each_with_its_receipt(house, monkeypatch):
    """Issue 12, 1: with what stands beside them; asked once, and never stored."""
    asked = []

    def one_row(*, version, person, window, period):
        asked.append(person)
        place = Place("lead-time-for-changes", "", split_window(window, period)[0], "hour")
        return (make_row(place, Estimate(7.0), n=3, people="1", coverage=1.0),)

    monkeypatch.setattr("charter.measures.queries.compute_own_rows", one_row)
    (own,) = rows(download(house.employee), "own-values")
    decision = DecisionRecord.objects.get(grain="self")
    assert (own["metric"], own["value"], own["receipt"]) == (
        "lead-time-for-changes",
        7.0,
        str(decision.entry_id),
    )
    assert decision.actor == house.employee and asked == [house.employee.person.external_id]


def test_where_a_value_cannot_be_worked_out_the_copy_says_why(house):
    """Issue 12, 1: a warehouse that does not answer hides nothing of the rest."""
    (own,) = rows(download(house.employee), "own-values")
    assert own["value"] == "" and own["withheld"] and not DecisionRecord.objects.exists()


def test_nobody_else_is_in_the_copy(people, house):
    """Issue 12, attack: no other person's name, id or value but of whoever looked, as the rules allow."""

    others = Person.objects.exclude(pk=house.employee.person_id)
    for person in others:
        factories.change(person, name=f"Zz{person.external_id}zZ")
    colleague = factories.an_account(
        "colleague", name="Zzcolleaguez", person=others.get(external_id="payments-5")
    )
    on_the_log.make(
        ReportingLine, person=house.employee.person, manager=colleague.person, valid_from=factories.LONG_AGO
    )
    training.acknowledge(rulebook_version=factories.the_rules(), by=colleague)
    ask(colleague)
    look(house.manager, "payments-2", reason="because of payments-3")
    ask(house.employee, RANKING, cohorts=[], persons=["payments-6"])
    decisions.propose_note(
        kind=ContextKind.MENTORING, person=house.employee.person, says="Helped newcomers.",
        starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1), by=colleague,
    )  # fmt: skip
    archive = download(house.employee)
    everything = b"\n".join(archive.read(name) for name in archive.namelist()).decode().casefold()
    assert "zz" not in everything.replace("buzz", "")
    for name in others.values_list("external_id", flat=True):
        assert not any(each in everything for each in (f'"{name}"', f",{name},", f"{name} "))
    assert Membership.objects.filter(person=house.employee.person).exists()


def test_there_is_a_copy_for_nobody_who_is_no_person_and_none_of_anybody_else(house):
    """Issue 12, attack: a manager without a person gets none; what is posted chooses nobody."""
    client = Client()
    client.force_login(house.manager)
    assert client.post("/about-me/download", {"person": house.employee.person.external_id}).status_code == 403
    client.force_login(house.employee)
    response = client.post("/about-me/download", {"person": "payments-2"})
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response)))
    assert rows(archive, "person")[0]["external_id"] == house.employee.person.external_id


def test_the_api_tells_the_same(people, house):
    """Issue 12, 10: `GET /api/v1/about-me` and its parts."""
    client = APIClient()
    client.force_authenticate(house.employee, token="counted")
    given = ask(house.manager)
    told = client.get("/api/v1/about-me").json()
    assert told["person"] == house.employee.person.external_id
    assert {each["metric"] for each in told["metrics"]} >= {"lead-time-for-changes", "commit-count"}
    assert told["stored"] and told["nobody"] and told["manager"]
    (looked,) = client.get("/api/v1/about-me/looks?text=lead").json()["results"]
    assert looked["who"] == "Manager" and looked["receipt"] == str(given.receipt.id)
    assert client.get("/api/v1/about-me/looks?named_me=true").json()["results"] == []
    letter = client.get(f"/api/v1/about-me/looks/{given.receipt.id}").json()
    assert letter["receipt"]["signature"] == given.receipt.signature
    assert all(each["source"] for part in letter["parts"] for each in part["sentences"])
    response = client.post("/api/v1/about-me/download")
    assert zipfile.ZipFile(io.BytesIO(b"".join(response))).testzip() is None
    client.force_authenticate(house.manager, token="counted")
    for path in ("", "/looks", f"/looks/{given.receipt.id}"):
        assert client.get(f"/api/v1/about-me{path}").status_code == 403
    assert client.post("/api/v1/about-me/download").status_code == 403
