"""A receipt that somebody holds, checked on a page without a sign-in."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.decisions.doors.receipts import serialize_entry
from governance.decisions.models import DecisionRecord
from governance.decisions.screens.receipt_check import write_proof_file
from tests.factories import as_owner
from tests.governance.decisions.screens.test_receipts import place_all
from tests.pages import QUESTION

PATH = "/receipts/check"


@pytest.fixture
def told(browse, house):
    """The receipt of an answer, as the API gives it, once its entry has its place."""
    browse("/ask", data=QUESTION)
    place_all()
    decision = DecisionRecord.objects.get()
    return json.loads(json.dumps(serialize_entry(decision.entry_id, by=house.manager), default=str))


def check(browse, text: str, **more):
    return browse(PATH, by=None, data={"receipt": text, **more})


def test_a_receipt_is_genuine_in_each_of_its_forms(browse, told):
    """Issue 13, 4: pasted or uploaded, `.tlog-proof` or JSON, by nobody who has signed in."""
    assert browse(PATH, by=None).says("Check a receipt", "without signing in")
    proof = write_proof_file(told)
    for text in (proof, proof.replace("\n", "\r\n"), json.dumps(told)):
        page = check(browse, text)
        assert page.status == 200 and page.says(
            "This receipt is genuine", "as entry", "Allowed", "No witness is asked here"
        )
        assert page.says("The log has this entry at this place now")
    uploaded = browse(
        PATH, by=None, data={"receipt": "", "file": SimpleUploadedFile("r.tlog-proof", proof.encode())}
    )
    assert uploaded.says("This receipt is genuine")
    assert "no-store" in uploaded.response["Cache-Control"]


def test_it_shows_nobody_elses_data(browse, told):
    """Issue 13, 4: neither who asked nor what; what the receipt itself says."""
    page = check(browse, write_proof_file(told))
    assert not any(word in page.html for word in ("Manager", "lead-time", "payments"))


def test_a_changed_receipt_does_not_hold(browse, told):
    """Issue 13, 4: each part of it is held against the others."""
    other = json.loads(json.dumps(told))
    other["receipt"]["text"] = told["receipt"]["text"].replace("permit", "refuse")
    assert check(browse, json.dumps(other)).says("does not hold", "No key of this installation signed")
    for part, value in (("index", told["index"] + 1), ("leaf", told["leaf"].replace("decision", "decis1on"))):
        page = check(browse, json.dumps({**told, part: value}))
        assert page.status == 200 and page.says("does not hold", "Its proof does not show")


def test_a_receipt_before_its_place_is_a_promise(browse, told):
    waits = {**told, "index": None, "size": None, "proof": None, "checkpoint": None}
    assert check(browse, json.dumps(waits)).says("This receipt is genuine", "It has no proof yet")


def test_a_log_that_has_another_entry_there_is_told(browse, told):
    """Issue 13, faults: the entry of a receipt that is out was taken away or changed."""
    as_owner("UPDATE ledger_entry SET leaf_hash = sha256(leaf_hash)")
    assert check(browse, json.dumps(told)).says("another entry at this place now, or none")


@pytest.mark.parametrize(
    "text", ["", "   ", "something", "{}", "[1]", '{"leaf": "{}"}', "{" * 9000, '{"leaf": 1, "index": "x"}']
)
def test_what_is_no_receipt_is_said(browse, house, text):
    page = check(browse, text)
    assert page.status == 400 and page.says("There is a problem")
