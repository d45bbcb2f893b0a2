"""The client by itself, against responses that a test makes: retries under one key, typed errors, proofs that fail."""

import asyncio
import base64
import hashlib
import json
from typing import Any

import httpx2
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from charter_client import (
    AsyncCharter,
    Charter,
    NotAnswered,
    Problem,
    ProofFailed,
    Referred,
    Refused,
    clients,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw().hex()
QUESTION: Any = {
    "decision": "retrospective",
    "metrics": ["lead-time-for-changes"],
    "grain": "team",
    "cohorts": ["team:payments"],
    "window": ("2026-01-01", "2026-02-01"),
    "period": "month",
}
ROW = {
    "metric": "lead-time-for-changes", "cohort": "team:payments", "period": "2026-01", "value": 20.0, "unit": "hour",
    "low": 18.0, "high": 23.5, "bound": None, "n": 40, "people": "5–9", "coverage": 1.0,
    "context": [{"kind": "incident"}], "withheld": None, "withheld_because": None,
}  # fmt: skip
ENTRY = "0197f3a0-6b0d-7c9a-9d0e-1f2a3b4c5d6e"
LEAF = json.dumps({"id": ENTRY, "kind": "decisions.answered", "v": 1}, separators=(",", ":"))
LEAF_HASH = hashlib.sha256(b"\x00" + LEAF.encode()).hexdigest()
RULE = {
    "id": "AR04", "metric": "commit-count", "title": "No ranking", "text": "t", "why": "w", "here": "h", "fix": "Ask for the team.",
    "waivable": "never", "contest_url": "u", "effect": "deny",
}  # fmt: skip


def a_receipt(**says):
    text = rfc8785.dumps(
        {"type": "metric-charter receipt v2", "entry": ENTRY, "leaf_hash": LEAF_HASH, **says}
    ).decode()
    return {
        "id": ENTRY, "leaf_hash": LEAF_HASH, "at": "2026-04-14T12:00:00Z", "key_id": "k",
        "signature": KEY.sign(text.encode()).hex(), "text": text, "url": "u",
    }  # fmt: skip


def an_answer(row=ROW, **over):
    rows_hash = hashlib.sha256(rfc8785.dumps([ROW])).hexdigest()
    charters = {"lead-time-for-changes": 1}
    says = {"verdict": "permit", "rules": [], "charters": charters, "rows_hash": rows_hash}
    return {
        "verdict": "permit", "receipt": a_receipt(**says), "rules": [], "obligations": ["no_export"],
        "charters": [{"metric": "lead-time-for-changes", "version": 1}], "rows": [row], "paired": [],
        "source": {"snapshot": "sha256:x", "published_at": None}, **over,
    }  # fmt: skip


def a_refusal(verdict="deny"):
    return {
        "status": 403, "code": "use_denied", "detail": "No values were read.", "verdict": verdict, "rules": [RULE],
        "receipt": a_receipt(verdict=verdict), "refer_url": "https://x/referral",
    }  # fmt: skip


class Server:
    """Answers in turn; a response, or an error that is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked: list[httpx2.Request] = []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body, *headers = answer
        return httpx2.Response(status, json=body, headers=dict(*headers))

    def charter(self, **more) -> Charter:
        return Charter("https://x", token="t", transport=httpx2.MockTransport(self), **more)


@pytest.fixture(autouse=True)
def waited(monkeypatch):
    """No test waits; what would have been waited is kept."""
    found: list[float] = []
    monkeypatch.setattr(clients.time, "sleep", found.append)
    return found


def test_a_question_is_sent_again_under_its_key_until_it_is_answered(waited):
    """Issue 14, 4: retries never ask twice; the server's wait is kept to."""
    away = (503, {"code": "unavailable"}, {"Retry-After": "5"})
    server = Server(httpx2.ConnectError("away"), away, (200, an_answer()))
    answer = server.charter().ask(**QUESTION)
    assert answer.permits and answer.rows[0].value == 20.0 and answer.charters == {"lead-time-for-changes": 1}
    assert len({request.headers["Idempotency-Key"] for request in server.asked}) == 1
    assert len(server.asked) == 3 and waited[1] == 5.0
    assert json.loads(server.asked[0].content)["window"] == {"from": "2026-01-01", "to": "2026-02-01"}
    other = Server((200, an_answer()), (200, an_answer()))
    charter = other.charter()
    charter.ask(**QUESTION), charter.ask(**QUESTION, key="mine")
    assert other.asked[0].headers["Idempotency-Key"] != other.asked[1].headers["Idempotency-Key"] == "mine"


def test_who_does_not_answer_is_given_up():
    """Issue 14, 4: at last an error of its own, or the server's word."""
    with pytest.raises(NotAnswered):
        Server(*[httpx2.ReadTimeout("slow")] * 3).charter(retries=2).ask(**QUESTION)
    with pytest.raises(Problem) as problem:
        Server((429, {"code": "cost_limit", "detail": "Wait."})).charter(retries=0).ask(**QUESTION)
    assert (problem.value.status, problem.value.code) == (429, "cost_limit")
    with pytest.raises(Problem):
        Server((400, {"code": "invalid", "field": "grain", "detail": "No."})).charter().ask(**QUESTION)


@pytest.mark.parametrize(("verdict", "kind"), [("deny", Refused), ("refer", Referred)])
def test_refusals_are_typed(verdict, kind):
    """Issue 14, 4: with the rules and their fixes; a check raises where it is asked to."""
    with pytest.raises(kind) as refusal:
        Server((403, a_refusal(verdict))).charter().ask(**QUESTION)
    assert refusal.value.rules[0].id == "AR04" and refusal.value.fixes == ("Ask for the team.",)
    assert refusal.value.receipt.id == ENTRY
    told = {**a_refusal(verdict), "obligations": [], "charters": []}
    checked = Server((200, told)).charter().check(**QUESTION)
    assert not checked.permits
    with pytest.raises(kind):
        checked.require()


def a_checkpoint(root: bytes, size: int, key=KEY):
    text = f"x/log\n{size}\n{base64.b64encode(root).decode()}\n"
    raw = key.public_key().public_bytes_raw()
    number = hashlib.sha256(b"x/log\n\x01" + raw).digest()[:4]
    return f"{text}\n— x/log {base64.b64encode(number + key.sign(text.encode())).decode()}\n"


OTHER = hashlib.sha256(b"\x00other").digest()
ROOT = hashlib.sha256(b"\x01" + bytes.fromhex(LEAF_HASH) + OTHER).digest()
SHOWN = {"leaf": LEAF, "index": 0, "size": 2, "proof": [OTHER.hex()], "checkpoint": a_checkpoint(ROOT, 2)}


def verify(shown=SHOWN, answer=None, keys=(PUBLIC,)):
    server = Server((200, answer or an_answer()), (200, shown))
    charter = server.charter(keys=keys)
    return charter.verify(charter.ask(**QUESTION))


def test_a_receipt_is_verified_to_the_root_of_the_log():
    """Issue 14, 4: the signature, that it is of these rows, and inclusion where the log is signed so far."""
    proved = verify()
    assert proved.included and (proved.index, proved.size) == (0, 2)
    waiting = dict.fromkeys(("index", "size", "proof", "checkpoint"), None)
    assert not verify({**SHOWN, **waiting}).included
    published = {"keys": [{"public_key": PUBLIC}]}
    server = Server((200, an_answer()), (200, published), (200, SHOWN))
    charter = server.charter()
    assert charter.verify(charter.ask(**QUESTION)).included


@pytest.mark.parametrize(
    "change",
    [
        {"answer": an_answer({**ROW, "value": 2.0})},
        {"answer": an_answer(rows=[])},
        {"answer": an_answer(charters=[])},
        {"keys": ("00" * 32,)},
        {"shown": {**SHOWN, "leaf": LEAF.replace("answered", "checked")}},
        {"shown": {**SHOWN, "index": 1}},
        {"shown": {**SHOWN, "size": 3}},
        {"shown": {**SHOWN, "proof": []}},
        {"shown": {**SHOWN, "proof": [OTHER.hex(), OTHER.hex()]}},
        {"shown": {**SHOWN, "checkpoint": a_checkpoint(ROOT, 2, Ed25519PrivateKey.from_private_bytes(b"o" * 32))}},
        {"shown": {**SHOWN, "checkpoint": a_checkpoint(OTHER, 2)}},
    ],
)  # fmt: skip
def test_what_is_not_so_fails_its_proof(change):
    """Issue 14, 4: other rows, keys, entries, places and roots."""
    with pytest.raises(ProofFailed):
        verify(**change)


def test_rows_as_arrow_and_pandas():
    """Issue 14, 4: typed also where every value is withheld, or there is none."""
    pytest.importorskip("pyarrow")
    withheld = {**ROW, "value": None, "n": None, "withheld": "too_few"}
    for rows in ([ROW], [withheld], []):
        table = Server((200, an_answer(rows=rows))).charter().ask(**QUESTION).to_arrow()
        assert table.num_rows == len(rows) and str(table.schema.field("value").type) == "double"
    pytest.importorskip("pandas")
    frame = Server((200, an_answer())).charter().ask(**QUESTION).to_pandas()
    assert frame.loc[0, "value"] == 20.0 and frame.loc[0, "context"] == "incident"


def test_the_same_from_asynchronous_code(monkeypatch):
    """Issue 14, 4: sync and async."""
    server = Server(httpx2.ConnectError("away"), (200, an_answer()), (200, SHOWN), (403, a_refusal()))

    async def ask():
        async with AsyncCharter(
            "https://x", token="t", keys=[PUBLIC], transport=httpx2.MockTransport(server)
        ) as charter:
            proved = await charter.verify(await charter.ask(**QUESTION))
            with pytest.raises(Refused):
                await charter.check(**QUESTION)
            return proved

    assert asyncio.run(ask()).included
    keys = [request.headers.get("Idempotency-Key") for request in server.asked]
    assert keys[0] == keys[1] != keys[3]
