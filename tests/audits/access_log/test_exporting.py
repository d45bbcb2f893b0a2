"""What is taken out of the access log: every decision that fits, in pseudonyms, with a receipt that anybody checks."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from audits.access_log import exporting, services, telling
from audits.access_log.events import LogExported
from audits.access_log.models import Export, FileFormat, SavedSearch
from audits.access_log.receipts import serialize_export
from audits.access_log.searching import Search
from audits.ledger.keys import list_verifiers
from governance.decisions.models import DecisionRecord
from governance.decisions.screens import receipt_check
from ground.errors import Conflict
from tests.audits.access_log.test_reading import call, entries
from tests.governance.decisions.screens.test_receipts import place_all

pytestmark = pytest.mark.django_db


def take(user, form: str, query: str = "") -> tuple[bytes, HttpResponse]:
    reply = call(user, f"/exports?{query}", {"format": form})
    assert reply.status_code == 200
    return b"".join(reply.streaming_content), reply


def test_a_csv_holds_every_decision_and_names_its_entry(people):
    """Issue 13 point 8: CSV with its own receipt; in pseudonyms."""
    body, reply = take(people["auditor"], "csv", "grain=person")
    text = body.decode("utf-8-sig")
    assert body.startswith(b"\xef\xbb\xbf") and "payments-3" not in text.lower()
    *rows, last = list(csv.reader(io.StringIO(text)))
    assert (
        rows[0] == list(exporting.COLUMNS) and len(rows) == 3 and {row[6] for row in rows[1:]} == {"person"}
    )
    assert last == [exporting.LAST_LINE, reply["X-Log-Entry"]]


def test_its_entry_holds_the_hash_the_number_and_the_filters(people):
    """Issue 13 point 8: the SHA-256 of the bytes, the number of rows, and the filters."""
    for form in FileFormat.values:
        body, reply = take(people["auditor"], form, "metric=commit-count")
        before = b"".join(body.splitlines(keepends=True)[:-1])
        said = entries(LogExported)[-1]
        assert said["sha256"] == hashlib.sha256(before).hexdigest() and said["rows"] == 2
        assert said["filters"] == {"metric": "commit-count"} and said["format"] == form
        assert str(Export.objects.latest("pk").entry_id) == reply["X-Log-Entry"]


def test_a_json_is_one_document(people):
    body, reply = take(people["admin"], "json")
    told = json.loads(body)
    assert told["log_entry"] == reply["X-Log-Entry"] and len(told["decisions"]) == 4
    assert {each["reason"] for each in told["decisions"]} == {None}
    assert json.loads(take(people["auditor"], "json", "text=nothing")[0])["decisions"] == []


def test_its_receipt_is_checked_by_the_means_that_there_are(people):
    """Issue 13 point 8: by the lines that check every receipt, and by the proof of its place in the log."""
    body, reply = take(people["auditor"], "csv")
    export = Export.objects.get(entry=UUID(reply["X-Log-Entry"]))
    told = serialize_export(export)
    assert receipt_check.is_genuine(told) and told["index"] is None
    done = subprocess.run(
        [sys.executable, "-I", "-c", receipt_check.write_check_code(told)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "This receipt is genuine.", done.stderr
    said = json.loads(told["receipt"]["text"])
    assert said["export_sha256"] == hashlib.sha256(b"".join(body.splitlines(keepends=True)[:-1])).hexdigest()
    place_all()
    told = serialize_export(export)
    assert receipt_check.stands_in_log(told, list_verifiers())
    assert "tlog-proof" in receipt_check.write_proof_file(told)


def test_nothing_that_a_spreadsheet_runs(people):
    """CSV is safe of formulas, whoever wrote the reason."""
    nasty = DecisionRecord.objects.first()
    nasty.request = {**nasty.request, "reason": "=HYPERLINK(1)"}
    written = exporting.write([nasty], telling.Teller(reasons=True), FileFormat.CSV)
    written.file.seek(0)
    row = list(csv.reader(io.StringIO(written.file.read().decode("utf-8-sig"))))[1]
    assert row[exporting.COLUMNS.index("reason")].startswith("'=")


def test_a_longer_list_than_a_chunk_is_whole(people, monkeypatch):
    monkeypatch.setattr(exporting, "A_CHUNK", 1)
    assert len(json.loads(take(people["auditor"], "json")[0])["decisions"]) == 4


def test_an_exports_receipt_is_for_its_maker_and_auditors(people):
    _, made = services.export(search=Search(), file_format=FileFormat.CSV, by=people["admin"])
    assert call(people["auditor"], f"/exports/{made.entry_id}").status_code == 200
    assert call(people["admin"], f"/exports/{made.entry_id}").json()["export"]["rows"] == 4
    _, others = services.export(search=Search(), file_format=FileFormat.CSV, by=people["auditor"])
    for who in ("admin", "hr", "board", "superuser", "manager"):
        assert call(people[who], f"/exports/{others.entry_id}").status_code == 404


class TestKeptSearches:
    """Searches under a name, each its owner's own."""

    def test_kept_renamed_and_deleted(self, people):
        auditor = people["auditor"]
        made = call(auditor, "/searches?rule=AR04&verdict=deny", {"name": "Rankings"}).json()
        assert made["filters"] == {"rule": "AR04", "verdict": ["deny"]}
        assert sorted(made["query"].split("&")) == ["rule=AR04", "verdict=deny"]
        assert call(auditor, f"?{made['query']}").json()["results"]
        assert call(auditor, "/searches", {"name": "Rankings"}).status_code == 400
        renamed = call(auditor, f"/searches/{made['id']}", {"name": "By rank"}, "PATCH")
        assert renamed.json()["name"] == "By rank"
        assert call(auditor, f"/searches/{made['id']}", method="DELETE").status_code == 204
        assert not SavedSearch.objects.exists()

    def test_they_are_nobody_elses(self, people):
        saved = services.save_search(name="Mine", search=Search(), by=people["auditor"])
        assert call(people["admin"], "/searches").json()["results"] == []
        assert call(people["admin"], f"/searches/{saved.pk}", method="DELETE").status_code == 404
        assert call(people["admin"], f"/searches/{saved.pk}", {"name": "Theirs"}, "PATCH").status_code == 404


def test_a_proof_waits_for_its_place(people):
    _, made = services.export(search=Search(), file_format=FileFormat.CSV, by=people["auditor"])
    client = Client()
    client.force_login(people["auditor"])
    assert client.get(f"/access-log/exports/{made.entry_id}/proof").status_code == Conflict.status
