"""The API's doors: status, form of problems, tokens, batches, receipts, and that all doors say the same."""

import io
import json

import msgspec
import pytest
from django.core.management import call_command
from django.test import Client

from audits.ledger.receipts import Receipt, verify_receipt
from audits.ledger.tree import leaf_hash
from governance.decisions.models import DecisionRecord
from ground.rates import Rate
from tests import factories
from tests.charter.rules.upgrades import upgraded_house
from tests.governance.decisions.test_answer import LEAD_TIME, RANKING

QUERIES, CHECKS = "/api/v1/queries", "/api/v1/checks"


@pytest.fixture
def post(house, client):
    """Post JSON as an account, the manager unless told otherwise; gives status and body."""
    tokens = {}

    def _post(path, body, by=house.manager, **headers):
        if by is not None and by not in tokens:
            tokens[by] = factories.a_token(by)
        if by is not None:
            headers["HTTP_AUTHORIZATION"] = f"Token {tokens[by]}"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = client.post(
            path, data, content_type=headers.pop("content_type", "application/json"), **headers
        )
        return response, json.loads(response.content)

    return _post


def test_a_permitted_query_is_answered_in_the_documented_form(post):
    """DESIGN, Interfaces."""
    response, body = post(QUERIES, LEAD_TIME)
    assert response.status_code == 200
    assert body["verdict"] == "permit"
    assert {"id", "leaf_hash", "at"} <= set(body["receipt"])
    assert body["charters"] == [{"metric": "lead-time-for-changes", "version": 1}]
    first = body["rows"][0]
    assert {
        "metric",
        "cohort",
        "period",
        "value",
        "unit",
        "low",
        "high",
        "n",
        "people",
        "coverage",
        "context",
        "withheld",
    } <= set(first)
    assert first["unit"] and body["source"]["snapshot"].startswith("sha256:")


def test_a_denied_query_is_a_problem_with_every_rule(post):
    """DESIGN, Interfaces: 403, code use_denied, each rule with text, why, fix and where to contest it."""
    response, body = post(QUERIES, RANKING)
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert (body["code"], body["verdict"], body["title"]) == ("use_denied", "deny", "This use is not allowed")
    assert {"AR04", "AR07", "AR08", "AR14"} <= {rule["id"] for rule in body["rules"]}
    for rule in body["rules"]:
        assert {"id", "metric", "title", "text", "why", "fix", "waivable", "contest_url"} <= set(rule)
    assert body["receipt"]["id"] and "rows" not in body


def test_a_denied_check_is_an_answer(post):
    """DESIGN, Interfaces: 200 with "verdict": "deny" on checks."""
    response, body = post(CHECKS, RANKING)
    assert (response.status_code, body["verdict"]) == (200, "deny")
    assert "rows" not in body


def test_without_a_token_nobody_is_answered(post):
    """Issue 2, Bad input: no token, 401."""
    for path in (QUERIES, CHECKS):
        response, body = post(path, LEAD_TIME, by=None)
        assert (response.status_code, body["code"]) == (401, "not_authenticated")
        assert response["Content-Type"] == "application/problem+json"


def test_a_token_is_worth_nothing_when_its_account_is_closed(post, house):
    """Least privilege: a closed account asks nothing."""
    post(CHECKS, LEAD_TIME)
    factories.change(house.manager, is_active=False)
    assert post(CHECKS, LEAD_TIME)[0].status_code == 401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", "body"),
        (b" " * 65_537, "body"),
        ({**LEAD_TIME, "favourite": 1}, "favourite"),
        ({**LEAD_TIME, "metrics": ["no-such-metric"]}, "metrics"),
        ({**LEAD_TIME, "cohorts": ["team:nobody"]}, "cohorts"),
        ({**LEAD_TIME, "decision": "fishing"}, "decision"),
        ({**LEAD_TIME, "window": {"from": "2026-04-01", "to": "2026-01-01"}}, "window.to"),
        ({**LEAD_TIME, "window": {"from": "9999-01-01", "to": "9999-04-01"}}, "window.from"),
    ],
)
def test_bad_input_is_a_problem_that_names_the_field(post, body, field):
    """Issue 2, Bad input."""
    response, problem = post(QUERIES, body)
    assert response.status_code == 400
    assert problem["field"] == field
    assert problem["errors"][0]["field"] == field
    assert problem["type"].startswith("http") and problem["detail"]


def test_another_content_type_is_refused(post):
    """Issue 2, Bad input: a form is not a request."""
    response, problem = post(
        QUERIES, b"decision=retrospective", content_type="application/x-www-form-urlencoded"
    )
    assert (response.status_code, problem["code"]) == (400, "not_json")


def test_a_batch_is_decided_one_by_one(post):
    """DESIGN, Interfaces: {"requests": [...]}; each has its own status and receipt."""
    unknown = {**LEAD_TIME, "metrics": ["no-such-metric"]}
    response, body = post(QUERIES, {"requests": [LEAD_TIME, RANKING, unknown]})
    assert response.status_code == 200
    assert [each["status"] for each in body["answers"]] == [200, 403, 400]
    assert DecisionRecord.objects.count() == 2


def test_no_cache_keeps_an_answer(post):
    """What is held about people is for the asker alone."""
    for question in (LEAD_TIME, RANKING):
        assert post(QUERIES, question)[0]["Cache-Control"] == "no-store, private"


def test_a_request_id_comes_back(post):
    """DESIGN, Interfaces: X-Request-ID is echoed; a strange one is replaced."""
    assert post(CHECKS, LEAD_TIME, HTTP_X_REQUEST_ID="abc-1")[0]["X-Request-ID"] == "abc-1"
    assert post(CHECKS, LEAD_TIME, HTTP_X_REQUEST_ID="<script>")[0]["X-Request-ID"] != "<script>"


def test_a_receipt_can_be_checked_with_what_the_api_gives(post, house, client):
    """Issue 2, 8: leaf, hash, signature and key fit together."""
    _, body = post(QUERIES, LEAD_TIME)
    token = factories.a_token(house.manager)
    shown = client.get(
        f"/api/v1/receipts/{body['receipt']['id']}", HTTP_AUTHORIZATION=f"Token {token}"
    ).json()
    receipt = msgspec.convert(shown["receipt"], Receipt)
    assert leaf_hash(shown["leaf"].encode()).hex() == receipt.leaf_hash == body["receipt"]["leaf_hash"]
    assert verify_receipt(receipt, bytes.fromhex(shown["public_key"]))


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("auditor", 200), ("employee", 404), ("stranger", 404)]
)
def test_who_may_see_a_receipt(post, house, client, who, status):
    """The asker and auditors; to others it is not there."""
    _, body = post(QUERIES, LEAD_TIME)
    token = factories.a_token(getattr(house, who))
    response = client.get(f"/api/v1/receipts/{body['receipt']['id']}", HTTP_AUTHORIZATION=f"Token {token}")
    assert response.status_code == status


@pytest.mark.parametrize("question", [LEAD_TIME, RANKING])
def test_every_door_says_the_same(post, house, tmp_path, question):
    """DESIGN, The line: a test asks every door the same question and compares."""
    file = tmp_path / "question.json"
    file.write_text(json.dumps(question))
    out = io.StringIO()
    try:
        call_command("ask", str(file), "--as", "manager", stdout=out)
    except SystemExit as stop:
        assert stop.code == 1
    shell, api = json.loads(out.getvalue()), post(QUERIES, question)[1]
    for each in (shell, api):
        each.pop("receipt")
        for rule in each.get("rules", ()):
            rule.pop("contest_url")
    assert shell == api
    assert set(DecisionRecord.objects.values_list("door", flat=True)) == {"shell", "api"}


def test_too_many_questions_are_put_off(post, settings):
    """Security: a rate an account."""
    settings.API_RATE = Rate(2, 60)
    answers = [post(CHECKS, LEAD_TIME) for _ in range(4)]
    assert [response.status_code for response, _ in answers] == [200, 200, 429, 429]
    response, problem = answers[-1]
    assert response["Content-Type"] == "application/problem+json" and problem["code"] == "throttled"
    assert 0 < int(response["Retry-After"]) <= 60
    assert DecisionRecord.objects.count() == 2


def test_the_document_describes_the_line(client: Client, db):
    """Issue 2, 7: OpenAPI; every field of a request is in it."""
    document = client.get("/api/schema/?format=json").json()
    assert {"/api/v1/queries", "/api/v1/checks", "/api/v1/receipts/{entry}"} <= set(document["paths"])
    assert document["paths"]["/api/v1/queries"]["post"]["security"] == [{"knoxApiToken": []}]
    properties = document["components"]["schemas"]["Request"]["properties"]
    assert {"decision", "metrics", "grain", "window", "time_filter", "evidence"} <= set(properties)


@pytest.mark.parametrize("path", [QUERIES, CHECKS])
def test_rules_of_an_earlier_version_answer_nothing(post, path, tmp_path):
    """Issue 4, item 2: after an upgrade that knows other facts, 503 with the reason, no rows and no verdict."""
    with upgraded_house(tmp_path):
        response, body = post(path, LEAD_TIME)
    assert (response.status_code, body["code"]) == (503, "rules_outdated")
    assert "rows" not in body and "verdict" not in body
    assert not DecisionRecord.objects.exists()
