"""The certification scenario of AuthZEN 1.0 and the Todo interoperability scenario, against `manage.py authzen_fixture`.

Numbers are those of the scenario (openid/authzen, certification/authorization-api-1_0-scenario.md). Each is asked over HTTP.
"""

import http.client
import json
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ground.guard import spawn
from tests import databases
from tests.web_server import HOST, free_port

FILES = databases.PROJECT / "governance/authzen/fixture"
ONE, MANY, SEARCH = "/access/v1/evaluation", "/access/v1/evaluations", "/access/v1/search/"
ALICE, BOB = {"type": "user", "id": "alice"}, {"type": "user", "id": "bob"}
ADMIN = {**BOB, "properties": {"role": "admin"}}
FIRST = {"type": "record", "id": "record-1"}
ACTIVE = {**FIRST, "properties": {"status": "active"}}
ARCHIVED = {"type": "record", "id": "record-2", "properties": {"status": "archived"}}


class Told(NamedTuple):
    status: int
    headers: Any
    body: Any


@contextmanager
def serve(file: Path, log: Path, **environment: str):
    """The command, as it is documented; gives how to ask it."""
    port = free_port()
    command = [sys.executable, "manage.py", "authzen_fixture", "--port", str(port), str(file)]
    variables = {**os.environ, "DEBUG": "true", **environment}
    with spawn(command, env=variables, cwd=databases.PROJECT, log=log, grace=5.0) as process:

        def ask(path: str, body: Any = None, **headers: str) -> Told:
            connection = http.client.HTTPConnection(HOST, port, timeout=10)
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            method = "GET" if body is None else "POST"
            connection.request(method, path, data, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            text = response.read()
            return Told(response.status, response.headers, json.loads(text) if text else None)

        deadline = time.monotonic() + 60
        while True:
            try:
                ask("/.well-known/authzen-configuration")
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
        yield ask


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    with serve(FILES / "certification.json", tmp_path_factory.mktemp("certification") / "log") as asking:
        yield asking


def of(subject, name, resource, **more):
    return {"subject": subject, "action": {"name": name, **more}, "resource": resource}


DECIDED = [
    ("2.2.1", of(ALICE, "read", FIRST), True),
    ("rule 2", of(ALICE, "write", FIRST), True),
    ("rule 3", of(BOB, "read", FIRST), True),
    ("2.2.2", of(BOB, "write", FIRST), False),
    ("2.2.3", {**of(ALICE, "read", FIRST), "context": {"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}}, True),
    ("2.2.4", of(ALICE, "write", ARCHIVED), False),
    ("2.2.5", of(ADMIN, "write", ARCHIVED), True),
    ("2.2.6", of(ALICE, "delete", FIRST, properties={"soft": True}), True),
    ("2.2.7", of(ALICE, "delete", FIRST, properties={"soft": False}), False),
    ("2.2.8", of({**ALICE, "properties": {"department": "Sales", "role": "manager"}}, "read", {**FIRST, "properties": {"status": "active", "owner": "bob"}}, properties={"method": "GET"}), True),
    ("2.2.9", {**of(ALICE, "read", FIRST), "foo": "bar", "futureField": {"nested": True}}, True),
]  # fmt: skip


@pytest.mark.parametrize(("number", "body", "expected"), DECIDED, ids=[each[0] for each in DECIDED])
def test_evaluations(ask, number, body, expected):
    """2.2, 2.3 and 2.6: decided as the fixture says, the same each time, whatever else stands in the body."""
    told = [ask(ONE, body) for _ in range(2)]
    assert [each.status for each in told] == [200, 200]
    assert told[0].headers["Content-Type"] == "application/json"
    assert [each.body["decision"] for each in told] == [expected, expected]
    assert all(isinstance(each.body.get("context", {}), dict) for each in told)


WHOLE = of(ALICE, "read", FIRST)
MALFORMED = [
    *({name: said for name, said in WHOLE.items() if name != left} for left in WHOLE),
    {**WHOLE, "subject": {"id": "alice"}},
    {**WHOLE, "subject": {"type": "user"}},
    {**WHOLE, "action": {}},
    {**WHOLE, "resource": {"id": "record-1"}},
    {**WHOLE, "resource": {"type": "record"}},
    {**WHOLE, "subject": "alice"},
    {**WHOLE, "action": {"name": 123}},
    [WHOLE],
    b"{",
    b"",
]


@pytest.mark.parametrize("body", MALFORMED, ids=str)
@pytest.mark.parametrize("path", [ONE, MANY])
def test_malformed_bodies(ask, path, body):
    """2.4: 400 where a field is missing or of another type, and for what is no JSON or nothing."""
    told = ask(path, body)
    assert told.status == 400 and told.body["field"]


def test_headers(ask):
    """2.4.3 and 2.5: JSON alone; the request's id is said back, and needs not be there."""
    assert ask(ONE, WHOLE, **{"Content-Type": "text/plain"}).status == 400
    assert ask(ONE, WHOLE, **{"Content-Type": "application/json; charset=utf-8"}).status == 200
    for given in ("bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "an id: (of) anybody's #1".replace("'", "")):
        assert ask(ONE, WHOLE, **{"X-Request-ID": given}).headers["X-Request-ID"] == given
    assert ask(ONE, WHOLE).status == 200
    assert ask(ONE).status == 405


BATCHES = [
    ("3.2.1", {"subject": ALICE, "action": {"name": "read"}, "evaluations": [{"resource": FIRST}, {"resource": {"type": "record", "id": "record-2"}}]}, [True, True]),
    ("3.2.2", {"subject": BOB, "resource": FIRST, "evaluations": [{"action": {"name": "read"}}, {"action": {"name": "write"}}]}, [True, False]),
    ("3.2.3", {"subject": ALICE, "action": {"name": "write"}, "evaluations": [{"resource": ACTIVE}, {"resource": ARCHIVED}]}, [True, False]),
    ("3.2.4", {"action": {"name": "write"}, "resource": ARCHIVED, "evaluations": [{"subject": ALICE}, {"subject": ADMIN}]}, [False, True]),
    ("3.2.5", {"evaluations": [of(ALICE, "read", FIRST), of(BOB, "write", FIRST)]}, [True, False]),
    ("3.2.6", {"subject": ALICE, "action": {"name": "read"}, "context": {"time": "now"}, "evaluations": [{"resource": FIRST}, {"resource": FIRST, "context": {"source": "batch-override"}}]}, [True, True]),
    ("3.2.7", {"subject": ALICE, "action": {"name": "write"}, "resource": {"type": "record"}, "evaluations": [{"resource": {"id": "record-1", "properties": {"status": "active"}}}, {"resource": ARCHIVED}]}, [True, False]),
    ("3.4.1", {"subject": ALICE, "action": {"name": "read"}, "evaluations": [{"resource": FIRST}, {}]}, [True, False]),
    ("no object", {"subject": ALICE, "action": {"name": "read"}, "resource": FIRST, "evaluations": [{}, 7]}, [True, False]),
]  # fmt: skip


@pytest.mark.parametrize(("number", "body", "expected"), BATCHES, ids=[each[0] for each in BATCHES])
def test_batches(ask, number, body, expected):
    """3.2 to 3.4: as many decisions as questions, in their order; what is wrong with one is that one's."""
    told = ask(MANY, body)
    assert told.status == 200 and "decision" not in told.body
    assert [each["decision"] for each in told.body["evaluations"]] == expected


@pytest.mark.parametrize("more", [{}, {"evaluations": []}])
def test_a_batch_of_nothing_is_one_question(ask, more):
    """3.4.2, 3.4.3."""
    assert ask(MANY, {**WHOLE, **more}).body == {"decision": True}


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_semantics(ask, semantic, expected):
    """AuthZEN 1.0, 7.1.2: the three semantics, and no other."""
    actions = [{"action": {"name": name}} for name in ("read", "delete", "write")]
    body = {"subject": ALICE, "resource": FIRST, "evaluations": actions}
    told = ask(MANY, {**body, "options": {"evaluations_semantic": semantic, "another": 1}})
    assert [each["decision"] for each in told.body["evaluations"]] == expected
    assert ask(MANY, {**body, "options": {"evaluations_semantic": "guess"}}).status == 400


SUBJECTS = {"subject": {"type": "user"}, "action": {"name": "read"}, "resource": FIRST}
SEARCHES = [
    ("4.2.1", "subject", SUBJECTS, ["alice", "bob"]),
    ("4.2.2", "subject", {**SUBJECTS, "context": {"time": "now"}}, ["alice", "bob"]),
    ("4.2.3", "subject", {**SUBJECTS, "subject": ALICE}, ["alice", "bob"]),
    ("4.2.4", "subject", {**SUBJECTS, "action": {"name": "write"}, "resource": ARCHIVED}, ["bob"]),
    ("4.3.1", "resource", of(ALICE, "read", {"type": "record"}), ["record-1", "record-2"]),
    ("4.3.3", "resource", of(ADMIN, "write", {"type": "record"}), ["record-2"]),
    ("4.4.1", "action", {"subject": ALICE, "resource": FIRST}, ["read", "write"]),
    ("4.4.2", "action", {"subject": ALICE, "resource": FIRST, "context": {"a": 1}}, ["read", "write"]),
    ("4.4.3", "action", {"subject": ADMIN, "resource": ARCHIVED}, ["read", "write"]),
    ("4.6.1", "action", {"subject": {"type": "user", "id": "nonexistent-user"}, "resource": FIRST}, []),
    ("4.6.2", "subject", {**SUBJECTS, "subject": {"type": "spaceship"}}, []),
]  # fmt: skip


@pytest.mark.parametrize(("number", "kind", "body", "expected"), SEARCHES, ids=[each[0] for each in SEARCHES])
def test_searches(ask, number, kind, body, expected):
    """4.2 to 4.4 and 4.6: what is found is of the type that was asked for, and allowed; nothing is an empty list."""
    told = ask(SEARCH + kind, body)
    assert told.status == 200
    assert [each.get("id", each.get("name")) for each in told.body["results"]] == expected
    assert {each["type"] for each in told.body["results"] if "type" in each} <= {
        body.get(kind, {}).get("type")
    }


def test_pages(ask):
    """4.5: a limit, a token for the rest, and an empty token at the end."""
    first = ask(SEARCH + "subject", {**SUBJECTS, "page": {"limit": 1}}).body
    rest = ask(SEARCH + "subject", {**SUBJECTS, "page": {"token": first["page"]["next_token"]}}).body
    assert [each["id"] for each in first["results"] + rest["results"]] == ["alice", "bob"]
    assert rest["page"]["next_token"] == ""
    assert ask(SEARCH + "subject", {**SUBJECTS, "page": {"token": "nonsense"}}).status == 400


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("subject", {"subject": {"type": "user"}, "resource": FIRST}),
        ("subject", {**SUBJECTS, "resource": {"type": "record"}}),
        ("resource", {"action": {"name": "read"}, "resource": {"type": "record"}}),
        ("resource", of({"type": "user"}, "read", {"type": "record"})),
        ("action", {"subject": ALICE}),
    ],
)
def test_searches_that_are_malformed(ask, kind, body):
    """4.7: 400 where a field is missing."""
    assert ask(SEARCH + kind, body).status == 400


def test_discovery(ask):
    """6: the metadata names the point and its addresses."""
    told = ask("/.well-known/authzen-configuration")
    base = told.body["policy_decision_point"]
    assert told.status == 200 and told.headers["Content-Type"] == "application/json"
    assert {each for name, each in told.body.items() if name != "policy_decision_point"} == {
        f"{base}{path}"
        for path in (ONE, MANY, *(SEARCH + kind for kind in ("subject", "resource", "action")))
    }


RICK, MORTY, BETH = (f"CiRmZD{n}2MTRkMy1jMzlhLTQ3ODEtYjdiZC04Yjk2ZjVhNTEwMGQSBWxvY2Fs" for n in "AEM")


def test_the_todo_scenario_and_a_token(tmp_path):
    """Issue 14, 3: public suites can be pointed at it. The Todo scenario's roles and owners, and a fixture with a token."""
    document = json.loads((FILES / "todo.json").read_text())
    file = tmp_path / "todo.json"
    file.write_text(json.dumps({**document, "token": "a secret of the suite"}))
    # What is secret in the environment of the installation does not reach the process.
    with serve(file, tmp_path / "log", DATABASE_URL="postgresql://nobody@nowhere/real") as ask:
        token = {"Authorization": "Bearer a secret of the suite"}

        def decisions(user, owner):
            names = (
                "can_read_user",
                "can_read_todos",
                "can_create_todo",
                "can_update_todo",
                "can_delete_todo",
            )
            body = {
                "subject": {"type": "user", "id": user},
                "resource": {"type": "todo", "id": "7240d0db", "properties": {"ownerID": owner}},
                "evaluations": [{"action": {"name": name}} for name in names],
            }
            return [each["decision"] for each in ask(MANY, body, **token).body["evaluations"]]

        assert decisions(RICK, "morty@the-citadel.com") == [True] * 5
        assert decisions(MORTY, "morty@the-citadel.com") == [True] * 5
        assert decisions(MORTY, "rick@the-citadel.com") == [True, True, True, False, False]
        assert decisions(BETH, "beth@the-smiths.com") == [True, True, False, False, False]
        assert ask(ONE, WHOLE).status == 401
        assert ask(ONE, WHOLE, Authorization="Bearer another").status == 401


def test_a_file_that_is_no_fixture_says_where(tmp_path):
    """Issue 14, 3: a fixture is read before it is served."""
    from governance.authzen.fixture.documents import read_document
    from ground.errors import BadInput

    file = tmp_path / "wrong.json"
    for text, field in (
        ('{"subject": []}', "subject"),
        ("[", "file"),
        ('{"policies": [{"effect": "maybe"}]}', "policies"),
    ):
        file.write_text(text)
        with pytest.raises(BadInput) as wrong:
            read_document(file)
        assert wrong.value.field.startswith(field)
    with pytest.raises(BadInput):
        read_document(tmp_path / "nothing.json")
