"""AuthZEN with the line behind it: checks of whoever asks, or of whom an enforcement point names."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audits.ledger.models import Entry, Payload
from audits.ledger.receipts import Receipt, verify_receipt
from audits.ledger.signing import public_key
from governance.authzen import services
from governance.authzen.models import EnforcementPoint
from governance.decisions.models import DecisionRecord, Door
from governance.people.models import AccountKind, GrantedRole
from governance.people.scopes import Scope
from ground import clock
from ground.errors import Conflict, NotPermitted
from tests import factories
from tests.governance.authzen.conftest import CONTEXT, question, send
from tests.governance.decisions.test_answer import LEAD_TIME

ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"
RANKING: dict[str, Any] = {
    "action": {"name": "performance_rating"},
    "resource": {"type": "metric", "id": "commit-count"},
    "context": {**CONTEXT, "grain": "person", "order_by": "value"},
}


def evaluate(token, **over):
    response = send(ONE, question(**over), token)
    assert response.status_code == 200, response.content
    return response.json()


def test_an_evaluation_is_a_check_with_its_receipt(house, tokens, settings):
    """DESIGN, Interfaces: a check is logged as a check; the decision is the line's, and its receipt can be verified."""
    import msgspec

    told = evaluate(tokens["manager"])
    record = DecisionRecord.objects.get()
    assert told["decision"] is True and told["context"]["verdict"] == "permit"
    assert (record.door, record.checked_only, record.actor) == (Door.AUTHZEN, True, house.manager)
    assert record.through is None and record.entry.kind == "decisions.checked"
    assert record.request["metrics"] == LEAD_TIME["metrics"]
    receipt = msgspec.convert(
        {name: said for name, said in told["context"]["receipt"].items() if name != "url"}, Receipt
    )
    assert receipt.id == record.entry_id
    assert verify_receipt(receipt, public_key(settings.LEDGER_SIGNING_KEY_FILE))


def test_a_refusal_gives_every_rule_as_a_reason(tokens):
    """Issue 14, 3: reasons for whoever runs the system and for whoever asks; the obligations of a permit by the draft's names."""
    told = evaluate(tokens["manager"], **RANKING)
    reasons = told["context"]["reasons"]
    assert told["decision"] is False
    assert {"AR04", "AR07"} <= {each["id"] for each in reasons}
    assert all(each["reason_admin"]["en"] and each["reason_user"]["en"] for each in reasons)
    owed = evaluate(tokens["manager"])["context"]["obligations"]
    assert {each["type"] for each in owed} == {"custom"}
    assert "no_other_use" in {each["properties"]["action"] for each in owed}
    assert len({each["id"] for each in owed}) == len(owed)


def test_nobody_asks_for_others_but_a_registered_point(house, tokens):
    """Issue 14, Bad input: a client that lies about its subject learns nothing, not even whether there is one."""
    told = [
        evaluate(tokens[who], user=name) for who in ("manager", "plain") for name in ("employee", "nobody")
    ]
    assert {each["decision"] for each in told} == {False}
    assert {each["context"]["error"]["code"] for each in told} == {"not_the_subject"}
    assert len({json.dumps(each) for each in told}) == 1
    assert not DecisionRecord.objects.exists()


def test_a_point_asks_for_whom_it_names_and_stands_in_the_record(house, tokens, point):
    """Issue 14, 3: the verdict is the subject's, by the subject's roles; the record says who asked."""
    assert evaluate(tokens["point"])["decision"] is True
    assert evaluate(tokens["point"], user="stranger")["decision"] is False
    record = DecisionRecord.objects.get(actor=house.manager)
    said = json.loads(bytes(Payload.objects.get(entry=record.entry_id).body))
    assert record.through == point.client and said["through"] == str(point.client.pk)
    named = house.employee.person.external_id
    person = evaluate(tokens["point"], subject={"type": "person", "id": named})
    assert person["decision"] is True and DecisionRecord.objects.filter(actor=house.employee).exists()
    nobody = evaluate(tokens["point"], user="nobody")
    assert nobody["context"]["error"]["code"] == "no_such_subject"


def test_a_point_that_ended_names_nobody(tokens, point):
    """Issue 14, Bad input: the next question of an ended registration is refused."""
    services.end_point(point=point, why="Replaced.", by=factories.an_administrator("first"))
    assert evaluate(tokens["point"])["context"]["error"]["code"] == "not_the_subject"
    with pytest.raises(Conflict):
        services.end_point(point=point, why="Again.", by=factories.an_administrator("first"))


def test_who_registers_a_point(point):
    """Issue 14, 3: an administrator or a member of the board, of a machine that somebody else answers for; once."""
    admin = factories.an_administrator("first")
    own = factories.an_account("own", kind=AccountKind.MACHINE, owner=admin)
    member = factories.an_account("member")
    factories.a_role(member, GrantedRole.BOARD_MEMBER)
    with pytest.raises(NotPermitted):
        services.register_point(client=own, purpose="Mine.", by=admin)
    with pytest.raises(NotPermitted):
        services.register_point(client=own, purpose="x", by=factories.an_account("anybody"))
    with pytest.raises(NotPermitted):
        services.register_point(client=member, purpose="A person.", by=admin)
    with pytest.raises(Conflict):
        services.register_point(client=point.client, purpose="Twice.", by=admin)
    assert services.register_point(client=own, purpose="Theirs.", by=member).client == own
    with pytest.raises(IntegrityError), transaction.atomic():
        EnforcementPoint(client=own, purpose="Past the service.", registered_by=admin).save()


def test_points_in_the_api(house, point):
    """Issue 14, 3: administrators and the board see, register and end them; nobody else does any of it."""
    from django.test import Client

    admin = factories.an_administrator("first")
    headers = {"Authorization": f"Bearer {factories.a_token(admin)}".replace("Bearer", "Token")}
    listed = Client().get("/api/v1/enforcement-points", headers=headers).json()["results"]
    assert [(each["client"], each["ended_at"]) for each in listed] == [("gateway", None)]
    stranger = {"Authorization": f"Token {factories.a_token(house.stranger)}"}
    assert Client().get("/api/v1/enforcement-points", headers=stranger).status_code == 403
    path = f"/api/v1/enforcement-points/{point.pk}/end"
    assert Client().post(path, {"why": "x"}, "application/json", headers=stranger).status_code == 403
    ended = Client().post(path, {"why": "Replaced."}, "application/json", headers=headers)
    assert ended.status_code == 200 and ended.json()["ended_because"] == "Replaced."
    again = {"client": "gateway", "purpose": "Anew."}
    made = Client().post("/api/v1/enforcement-points", again, "application/json", headers=headers)
    assert made.status_code == 201 and made.json()["ended_at"] is None


def test_what_a_client_says_of_itself_is_not_heard(tokens):
    """DESIGN, Interfaces: client-sent properties never stand in for registry facts; what was not heard is named."""
    lies = {
        "subject": {"type": "user", "id": "manager", "properties": {"roles": ["hr"], "trained": True}},
        "resource": {"type": "metric", "id": "commit-count", "properties": {"standing": "active"}},
        "action": {"name": "performance_rating", "properties": {"consequential": False}},
        "context": {**RANKING["context"], "waived": ["AR04"], "time": "2026-04-14T12:00:00Z"},
    }
    plain, lied = evaluate(tokens["manager"], **RANKING), evaluate(tokens["manager"], **lies)
    assert [each["id"] for each in lied["context"]["reasons"]] == [
        each["id"] for each in plain["context"]["reasons"]
    ]
    assert lied["context"]["ignored"] == [
        "action.properties", "context.time", "context.waived", "resource.properties", "subject.properties",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"context": {**CONTEXT, "grain": "planet"}}, "context.grain"),
        ({"context": {**CONTEXT, "metrics": ["x"]}}, "context.metrics"),
        ({"context": {**CONTEXT, "beside": "x"}}, "context.beside"),
        ({"context": {**CONTEXT, "evidence": "much"}}, "context.evidence"),
        ({"context": {}}, "context.grain"),
        ({"action": {"name": "read"}}, "action.name"),
        ({"resource": {"type": "metric", "id": "No Name"}}, "resource.id"),
        ({"resource": {"type": "record", "id": "x"}}, "resource.type"),
    ],
)
def test_what_cannot_be_asked_is_denied_and_says_why(tokens, over, field):
    """Issue 14, Bad input: closed words; fail closed, with the field as the client knows it, and nothing on the log."""
    told = evaluate(tokens["manager"], **over)
    assert told["decision"] is False and told["context"]["error"]["field"] == field
    assert not DecisionRecord.objects.exists()


def test_metrics_asked_beside_stand_in_the_context_alone(tokens):
    """DESIGN, Interfaces: `context.beside`, never inferred from what else is in a batch."""
    beside = {"context": {**CONTEXT, "beside": ["commit-count"]}}
    evaluate(tokens["manager"], **beside)
    assert DecisionRecord.objects.get().metrics == ["lead-time-for-changes", "commit-count"]
    batch = {**question(), "evaluations": [{}, {"resource": {"type": "metric", "id": "commit-count"}}]}
    assert send(MANY, batch, tokens["manager"]).status_code == 200
    metrics = DecisionRecord.objects.order_by("at", "pk").values_list("metrics", flat=True)
    assert list(metrics)[1:] == [["lead-time-for-changes"], ["commit-count"]]


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_the_three_semantics_end_where_they_say(tokens, semantic, expected):
    """Issue 14, 3: what comes after the end is not decided, and so not on the log."""
    body = {
        **question(),
        "evaluations": [{}, {"action": {"name": "performance_rating"}}, {}],
        "options": {"evaluations_semantic": semantic},
    }
    told = send(MANY, body, tokens["manager"]).json()["evaluations"]
    assert [each["decision"] for each in told] == expected
    assert DecisionRecord.objects.count() == len(expected)


def test_a_batch_is_decided_together(tokens, django_assert_max_num_queries):
    """Issue 14, 6: one transaction for all; what cannot be asked is its own denial in its place."""
    wrong = {"resource": {"type": "metric", "id": "no-such-metric"}}
    with CaptureQueriesContext(connection) as two:
        send(MANY, {**question(), "evaluations": [{}, {}]}, tokens["manager"])
    with django_assert_max_num_queries(len(two) + 2):
        response = send(MANY, {**question(), "evaluations": [{}, {}, wrong, *[{}] * 9]}, tokens["manager"])
    told = response.json()["evaluations"]
    assert [each["decision"] for each in told] == [True, True, False, *[True] * 9]
    assert told[2] == evaluate(tokens["manager"], **wrong), "as it is told by itself"
    assert DecisionRecord.objects.count() == 13


def test_tokens_that_are_none(house, tokens):
    """Issue 14, Bad input: without a token, with nobody's, an expired one, a revoked one, one for less, a closed account's."""
    from governance.people import tokens as kept
    from governance.people.models import Token

    def status(token, path=ONE):
        return send(path, question(), token).status_code

    search = "/access/v1/search/resource"
    assert [status(None), status("x" * 64), status(None, search)] == [401] * 3
    assert send(ONE, question(), None)["WWW-Authenticate"] == "Bearer"
    assert status(factories.a_token(house.manager, Scope.READ)) == 403
    secret = factories.a_token(house.manager, Scope.ASK)
    kept.revoke_token(token=Token.objects.order_by("-made_at", "-pk").first(), by=house.manager)
    expired = factories.a_token(house.employee, Scope.ASK)
    factories.change(Token.objects.get(user=house.employee), expires_at=clock.now() - timedelta(days=400))
    closed = factories.a_token(house.stranger, Scope.ASK)
    factories.change(house.stranger, is_active=False)
    assert [status(secret), status(expired), status(closed)] == [401] * 3
    assert status(tokens["manager"]) == 200


def find(kind, token, **body):
    response = send(f"/access/v1/search/{kind}", body, token)
    assert response.status_code == 200, response.content
    return response.json()


def of_resources(**over):
    return {
        "subject": {"type": "user", "id": "manager"},
        "action": {"name": "retrospective"},
        "resource": {"type": "metric"},
        "context": CONTEXT,
        **over,
    }


def test_searches_find_what_evaluations_allow(house, tokens):
    """DESIGN: one answer to "may I, and with what?". Each result is allowed when it is asked, and nothing else is."""
    metrics = {each["id"] for each in find("resource", tokens["manager"], **of_resources())["results"]}
    asked = ("lead-time-for-changes", "commit-count")
    resources = {slug: {"type": "metric", "id": slug} for slug in asked}
    assert metrics == {
        slug for slug in asked if evaluate(tokens["manager"], resource=resources[slug])["decision"]
    }
    actions = of_resources(resource=resources["lead-time-for-changes"])
    del actions["action"]
    found = {each["name"] for each in find("action", tokens["manager"], **actions)["results"]}
    from charter.programme.models import DecisionKind

    declared = DecisionKind.objects.values_list("slug", flat=True)
    assert found == {
        name for name in declared if evaluate(tokens["manager"], action={"name": name})["decision"]
    }
    assert found


def test_subjects_are_found_by_points_and_oneself_by_oneself(house, tokens):
    """Issue 14, 3: who may use what is told to enforcement points alone; others find themselves at most."""
    body = question()
    body["subject"] = {"type": "user"}
    assert find("subject", tokens["manager"], **body)["results"] == [{"type": "user", "id": "manager"}]
    found = {each["id"] for each in find("subject", tokens["point"], **body)["results"]}
    assert "manager" in found and "stranger" not in found
    for name in found | {"stranger"}:
        assert evaluate(tokens["point"], user=name)["decision"] is (name in found)


def test_a_search_is_one_entry_however_many_pages(house, tokens):
    """DESIGN, Interfaces: a search is one entry; its pages go on under a token of this search and of nobody else's."""
    body = question()
    del body["action"]
    body["page"] = {"limit": 1}
    seen, token = [], ""
    while True:
        told = find("action", tokens["manager"], **{**body, "page": {"limit": 1, "token": token}})
        seen += told["results"]
        token = told["page"]["next_token"] or ""
        if not token:
            break
        last = token
    everything = find("action", tokens["manager"], **{**body, "page": {}})
    assert seen == everything["results"] and len(seen) > 1 and everything["page"]["next_token"] == ""
    assert Entry.objects.filter(kind="authzen.searched").count() == 2
    assert not DecisionRecord.objects.exists()
    other = {**body, "context": {**CONTEXT, "window": {"from": "2026-01-01", "to": "2026-02-01"}}}
    for stolen in ({**other, "page": {"token": last}}, {**body, "page": {"token": last + "x"}}):
        response = send("/access/v1/search/action", stolen, tokens["manager"])
        assert (response.status_code, response.json()["code"]) == (400, "page_token")


def test_a_search_for_others_needs_a_point(tokens):
    """Issue 14, Bad input: a search for somebody else is refused as a whole."""
    response = send(
        "/access/v1/search/resource",
        of_resources(subject={"type": "user", "id": "employee"}),
        tokens["manager"],
    )
    assert (response.status_code, response.json()["code"]) == (403, "not_the_subject")
    assert (
        find("resource", tokens["point"], **of_resources(subject={"type": "user", "id": "nobody"}))["results"]
        == []
    )


def test_the_configuration_is_for_everybody(client, settings):
    """AuthZEN 1.0, PDP metadata: where the decision point stands."""
    settings.BASE_URL = "https://charter.example.org"
    told = client.get("/.well-known/authzen-configuration")
    assert told.status_code == 200 and told["Content-Type"] == "application/json"
    assert told.json()["policy_decision_point"] == "https://charter.example.org"
    assert told.json()["search_action_endpoint"] == "https://charter.example.org/access/v1/search/action"


def test_what_it_costs_is_pinned(house, tokens, point):
    """Issue 14, Measured: an evaluation sends what a check sends, of one's own or through a point; a search does not grow with what it finds."""

    def count(path, body, token):
        scheme = {"Authorization": f"Token {token}"}  # which the API takes, and AuthZEN too
        send(path, body, token, **scheme)  # so that what is remembered is remembered
        with CaptureQueriesContext(connection) as captured:
            assert send(path, body, token, **scheme).status_code == 200
        return len([each for each in captured if "SAVEPOINT" not in each["sql"]])

    asked = count(ONE, question(), tokens["manager"])
    assert asked == count("/api/v1/checks", LEAD_TIME, tokens["manager"])
    # Whether it is a point, and who the subject is.
    assert count(ONE, question(), tokens["point"]) == asked + 2
    body = of_resources()
    found = count("/access/v1/search/resource", body, tokens["manager"])
    factories.an_active_charter("deployment-frequency")
    assert count("/access/v1/search/resource", body, tokens["manager"]) == found


def test_the_list_of_points_costs_the_same_however_many(house, point):
    """DESIGN, Style: every list has a pinned query count."""
    from django.test import Client

    admin = factories.an_administrator("first")
    headers = {"Authorization": f"Token {factories.a_token(admin)}"}

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert Client().get("/api/v1/enforcement-points", headers=headers).status_code == 200
        return len(captured)

    count()
    before = count()
    for name in ("gate-2", "gate-3"):
        client = factories.an_account(name, kind=AccountKind.MACHINE)
        services.register_point(client=client, purpose="Another.", by=admin)
    count()
    assert count() == before
