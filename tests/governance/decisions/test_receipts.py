"""Receipts prove what was said: the verifier of the docs is run on what the API gave, as somebody outside would run it."""

import ast
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from django.test import Client

from audits.ledger import keys
from audits.ledger.receipts import Receipt, verify_receipt
from governance.decisions.doors.receipts import serialize_entry
from governance.decisions.models import DecisionRecord
from governance.people.models import Person
from tests import factories
from tests.governance.decisions.looks import LOOK, people
from tests.governance.decisions.test_answer import LEAD_TIME, RANKING, ask

__all__ = ["people"]

KEYS = "/.well-known/metric-charter/keys"
DOCS = Path(__file__).resolve().parents[3] / "docs/reference/receipts.md"
VERIFIER = re.search(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)[1]


@pytest.fixture
def outsider(house, tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Ask as the manager, keep what came in files, change one where told to, and run the lines of the docs beside them."""
    token = factories.a_token(house.manager)
    headers = {"HTTP_AUTHORIZATION": f"Token {token}"}

    def _check(
        question: dict[str, Any],
        change: Callable[[dict[str, Any]], None] = lambda _: None,
        path: str = "queries",
    ) -> Any:
        answer = Client().post(
            f"/api/v1/{path}", json.dumps(question), content_type="application/json", **headers
        )
        told = answer.json()
        shown = Client().get(f"/api/v1/receipts/{told['receipt']['id']}", **headers).json()
        files = {"answer": told, "keys": Client().get(KEYS).json(), "receipt": shown}
        change(files)
        for name, body in files.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(body))
        return subprocess.run(
            [sys.executable, "-c", VERIFIER],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return _check


def test_the_verifier_is_ten_lines():
    """Issue 9: a verifier in ten lines of Python in the docs."""
    assert len(ast.parse(VERIFIER).body) <= 10  # the formatter breaks some of them


@pytest.mark.parametrize(
    ("question", "path"),
    [
        (LEAD_TIME, "queries"),
        (RANKING, "queries"),
        (LEAD_TIME, "checks"),
        ({**LEAD_TIME, "order_by": "value"}, "queries"),
    ],
    ids=["permit", "refusal", "check", "ordered"],
)
def test_an_outsider_can_check_what_was_answered(outsider, question, path):
    """Issue 9: its holder can show an outsider what was answered, with the published keys and the lines of the docs."""
    done = outsider(question, path=path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.removeprefix("Signed here:"))
    assert set(said) == {
        "type", "entry", "leaf_hash", "at", "verdict", "rules", "request_hash", "charters", "rulebook", "snapshot",
        "rows_hash", "checked_only",
    }  # fmt: skip


def _other_value(files: dict[str, Any]) -> None:
    files["answer"]["rows"][0]["value"] += 1


def _fewer_rows(files: dict[str, Any]) -> None:
    del files["answer"]["rows"][-1]


def _other_verdict(files: dict[str, Any]) -> None:
    files["answer"]["verdict"] = "deny"


def _other_question(files: dict[str, Any]) -> None:
    files["receipt"]["request"]["decision"] = "staffing"


def _other_text(files: dict[str, Any]) -> None:
    receipt = files["answer"]["receipt"]
    receipt["text"] = receipt["text"].replace("permit", "refer")


def _other_key(files: dict[str, Any]) -> None:
    files["keys"]["keys"][0]["public_key"] = "11" * 32


@pytest.mark.parametrize(
    "change", [_other_value, _fewer_rows, _other_verdict, _other_question, _other_text, _other_key]
)
def test_whatever_is_changed_is_found_out(outsider, change):
    """Issue 9: a receipt signed its leaf alone, so that any verdict and any rows could be told beside it."""
    assert outsider(LEAD_TIME, change).returncode != 0


def test_the_receipt_says_what_was_decided(house):
    """Issue 9: verdict, rules, request, charters, rulebook, snapshot and rows."""
    for question in (LEAD_TIME, RANKING):
        given = ask(house.manager, question)
        decision = DecisionRecord.objects.get(pk=given.id)
        said = json.loads(given.receipt.text)
        assert (said["verdict"], said["rules"]) == (given.verdict.outcome, decision.rules)
        assert said["request_hash"] == hashlib.sha256(rfc8785.dumps(decision.request)).hexdigest()
        assert (said["charters"], said["rulebook"]) == (dict(given.charters), given.rulebook_hash)
        assert (said["snapshot"], said["rows_hash"]) == (given.snapshot, decision.content_hash or None)


def test_a_receipt_shown_again_is_the_same(house, settings, tmp_path):
    """It is made from what was kept, not kept itself; once keys were rotated, the same text is signed by the key of now."""
    settings.LEDGER_SIGNING_KEY_FILE = tmp_path / "ledger.pem"
    settings.LEDGER_SEALING_KEY_FILE = tmp_path / "sealing.key"
    keys.make_keys(by="installation")
    for question in (LEAD_TIME, RANKING, {**LEAD_TIME, "limit": 2, "reason": "é"}):
        given = ask(house.manager, question)
        shown = serialize_entry(given.receipt.id, by=house.auditor)["receipt"]
        assert (shown["text"], shown["signature"]) == (given.receipt.text, given.receipt.signature)
    keys.rotate_signing_key(by="installation")
    again = msgspec.convert(serialize_entry(given.receipt.id, by=house.auditor)["receipt"], Receipt)
    assert again.text == given.receipt.text and again.key_id != given.receipt.key_id
    published = {
        each["key_id"]: bytes.fromhex(each["public_key"]) for each in Client().get(KEYS).json()["keys"]
    }
    assert all(verify_receipt(each, published[each.key_id]) for each in (given.receipt, again))


def test_the_api_shows_charter_snapshot_window_and_filters(house):
    """S14, Issue 9."""
    given = ask(house.manager, order_by="value", limit=2)
    decided = serialize_entry(given.receipt.id, by=house.manager)["decided"]
    assert decided["charters"] == [{"metric": "lead-time-for-changes", "version": 1}]
    assert decided["snapshot"] == house.snapshot.content_hash
    assert (decided["window"], decided["period"]) == (LEAD_TIME["window"], "month")
    assert (decided["filters"]["order_by"], decided["filters"]["limit"]) == ("value", 2)


def test_who_was_looked_at_sees_no_request_in_full(people):
    """Issue 9: they learn of nobody else, nor why; what is signed names nobody either."""
    given = ask(people.manager, {**LOOK, "reason": "between us"})
    seen = factories.an_account("seen", person=Person.objects.get(external_id="payments-2"))
    told = serialize_entry(given.receipt.id, by=seen)
    assert "request" not in told and "between us" not in json.dumps(told, default=str)
    assert "payments-2" not in told["receipt"]["text"]
    assert "request" in serialize_entry(given.receipt.id, by=people.manager)


def test_the_keys_are_for_everybody(client, house):
    """Issue 9: keys published at a well-known address, without an account."""
    given = ask(house.manager)
    reply = client.get(KEYS)
    (key,) = reply.json()["keys"]
    assert (reply.status_code, key["key_id"], key["algorithm"]) == (200, given.receipt.key_id, "Ed25519")
    assert verify_receipt(given.receipt, bytes.fromhex(key["public_key"]))
    assert client.post(KEYS, {"name": "a\0b"}).status_code == 405
