"""Whatever is sent to any address, by whomever: never a fault of ours, and 503 where the database is away."""

import base64
import functools
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
import schemathesis
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from knox.crypto import hash_token

from governance.board.states import SeatKind
from governance.config import openapi
from governance.people.models import GrantedRole, Team, Token
from ground.rates import Rate
from tests import factories, web_server
from tests.governance.decisions.conftest import governed, house, stopped
from tests.proof import whole_or_short

__all__ = ["governed", "house", "stopped"]

WHOLE = bool(whole_or_short(1, 0))
NOBODY, EMPLOYEE, SEAT = "nobody", "employee", "seat"
ROLES = [NOBODY, EMPLOYEE, SEAT, *GrantedRole.values]
METHODS = ("get", "post", "put", "patch", "delete")
# What stands in an address, where a made-up one would only be told that there is nothing.
REAL = {"slug": "lead-time-for-changes", "number": "1", "older": "1", "newer": "1", "heading": "what"}


@functools.cache
def document() -> dict[str, Any]:
    """The API's own; it is read when it is needed, not by every process that collects tests."""
    read: dict[str, Any] = json.loads(openapi.rendered("json"))
    return read


def operations() -> list[tuple[str, str]]:
    return [
        (method, path) for path, said in document()["paths"].items() for method in METHODS if method in said
    ]


def cursor(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


# NUL, what is no cursor and what is one of another list, numbers beyond all columns, days beyond all calendars.
NASTY = [
    "\0", "a\0b", "", " ", "%", "'", "\\", "-1", "9" * 30, "9" * 5000, "0001-01-01", "9999-12-31", "2026-02-30", "²", "💥",
    "nan", "null", "[]", "{}", "a,b", "x" * 10_000, "=", cursor("p=x"), cursor("p=%00"), cursor("p=2026-01-01"),
    cursor("p=0001-01-01T00:00:00%2B14:00"), cursor("p=" + "9" * 40), cursor("o=999999999999"), cursor("o=x&r=1"), cursor("p=1&r=1"),
]  # fmt: skip


@pytest.fixture
def people(house, settings) -> dict[str, str]:
    """A token of each role; of nobody, none."""
    settings.API_RATE = Rate(1_000_000, 1)
    accounts = {role: factories.an_account() for role in [EMPLOYEE, *GrantedRole.values]}
    team = Team.objects.get(slug="payments")
    where = {
        GrantedRole.MANAGER: {"team": team},
        GrantedRole.VALUE_STREAM_LEAD: {"value_stream": team.value_stream},
    }
    for role in GrantedRole:
        factories.a_role(accounts[role], role, **where.get(role, {}))
    accounts[SEAT] = factories.a_board()[SeatKind.ENGINEERING]
    tokens = {role: factories.a_token(account) for role, account in accounts.items()}
    return {NOBODY: "", **tokens}


def asked_by(client: Client, token: str, method: str, path: str, body: object = None):
    headers = {"authorization": f"Token {token}"} if token else {}
    sent = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return client.generic(method.upper(), path, headers=headers, **sent)


def filled(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: REAL.get(found[1], "0197b1f2-0000-7000-8000-000000000000"), path)


@pytest.mark.django_db
@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("role", ROLES)
def test_whatever_the_document_allows_is_no_fault_of_ours(people, role):
    """Issue 9: all bodies and parameters of the document, as every role; in short a few operations of each."""
    schema = schemathesis.openapi.from_dict(document())
    client = Client(raise_request_exception=False)
    share = operations() if WHOLE else operations()[ROLES.index(role) :: len(ROLES)]
    for method, path in share:
        _try(client, people[role], schema[path][method.upper()].as_strategy(), method, path)


def _try(client: Client, token: str, cases: st.SearchStrategy, method: str, path: str) -> None:
    @seed(9)
    @settings(
        max_examples=whole_or_short(20, 4),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def ask(case):
        body = case.body if isinstance(case.body, dict | list | str | int | float | None) else None
        query = urlencode(case.query or {}, doseq=True, errors="replace")
        answer = asked_by(client, token, method, f"{filled(path)}?{query}", body)
        assert answer.status_code < 500, (method, path, query, body, answer.content)

    ask()


@pytest.mark.django_db
@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("role", ROLES if WHOLE else [GrantedRole.ADMIN.value])
def test_parameters_may_be_anything_and_what_is_wrong_is_named(people, role):
    """Issue 9: NUL in a search and a bad cursor were 500; now 400, and NUL's says where it stood."""
    client = Client(raise_request_exception=False)
    for path, name in list(_parameters()):
        for value in NASTY[:: whole_or_short(1, 3)]:
            answer = asked_by(client, people[role], "get", f"{filled(path)}?{urlencode({name: value})}")
            assert answer.status_code < 500, (path, name, value, answer.content)
            if "\0" in value:
                told = answer.json()
                assert (answer.status_code, told["field"]) == (400, name), (path, value, told)


def _parameters() -> Iterator[tuple[str, str]]:
    for path, said in document()["paths"].items():
        for parameter in said.get("get", {}).get("parameters", ()):
            if parameter["in"] == "query":
                yield path, parameter["name"]


def test_a_cursor_that_no_page_gave_is_refused_by_name(people, client):
    """Issue 9: of a made-up cursor, 400 naming it; one that a page gave goes on."""
    for path in ("/api/v1/cases", "/api/v1/metrics", "/api/v1/notices", "/api/v1/cohorts"):
        for bad in ("x", cursor("p=%00"), "é"):
            told = asked_by(client, people["admin"], "get", f"{path}?{urlencode({'cursor': bad})}")
            assert (told.status_code, told.json()["field"]) == (400, "cursor"), (path, bad)


@pytest.mark.parametrize("role", [GrantedRole.ADMIN.value, GrantedRole.AUDITOR.value])
def test_every_list_goes_on_to_its_second_page(people, client, role):
    """Issue 9: the records of processing broke at their own cursor."""
    gone_on = set()
    for path in [path for path, name in _parameters() if name == "cursor"]:
        first = asked_by(client, people[role], "get", f"{filled(path)}?page_size=1")
        if first.status_code == 200 and first.json()["next"]:
            assert asked_by(client, people[role], "get", first.json()["next"]).status_code == 200, path
            gone_on.add(path)
    assert gone_on >= {"/api/v1/metrics", "/api/v1/records"}


# Pages


def addresses() -> list[str]:
    """Every address of the product, its parts filled in; the admin's own apart."""
    return [each for each in _walk("/", get_resolver().url_patterns) if not each.startswith("/admin/")]


def _walk(before: str, patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for each in patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(path, each.url_patterns)
        else:
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: filled("{" + found[1] + "}"), path)


def pages() -> list[str]:
    return [each for each in addresses() if not each.startswith(("/api/", "/healthz", "/readyz"))]


# All names under which a page looks something up (and one that none does).
LOOKED_UP = (
    "text", "name", "page", "sort", "standing", "category", "grain", "view", "decision", "metric", "kind", "state", "group",
    "verdict", "number", "rule", "team", "version", "show", "class", "person", "from", "to", "next", "nothing",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("role", [GrantedRole.ADMIN.value, *([SEAT] if WHOLE else []), NOBODY])
def test_pages_may_be_asked_anything(people, role):
    """Issue 9: NUL in ?text= was 500; each page, each parameter, each value, and NUL in forms."""
    client = Client(raise_request_exception=False)
    if people[role]:
        client.force_login(Token.objects.get(digest=hash_token(people[role])).user)
    for page in pages():
        for value in NASTY[:: whole_or_short(1, 10)]:
            for asked in _questions(value):
                answer = client.get(page, asked)
                assert answer.status_code < 500, (page, asked)
                assert answer.status_code == 400 or "\0" not in value, (page, asked)
        answer = client.post(page, {"username": "a\0b"})
        assert answer.status_code in {400, 401, 403, 404, 405, 302}, (page, answer.status_code)


def _questions(value: str) -> list[dict[str, str]]:
    """A parameter each, or in short all in one."""
    apart = [{name: value} for name in LOOKED_UP]
    return apart if WHOLE else [dict.fromkeys(LOOKED_UP, value)]


# Without the database


@pytest.mark.proof(whole=True)
def test_every_address_says_that_the_database_is_away(tmp_path):
    """Issue 9: 503 with Retry-After, as a problem for programs and a page for people; never 500."""
    away = "postgresql://nobody@127.0.0.1:1/nowhere"
    headers = {"Authorization": "Token " + "0" * 64, "Cookie": "sessionid=" + "a" * 32}
    with web_server.started(away, log=tmp_path / "web.log", DEBUG="true") as started:
        seen = {each: web_server.ask(started.port, each, **headers) for each in [*addresses(), "/admin/"]}
    statuses = {each: answer.status for each, answer in seen.items()}
    assert {each for each, status in statuses.items() if status >= 500 and status != 503} == set()
    assert statuses["/"] == statuses["/admin/"] == statuses["/api/v1/cases"] == statuses["/readyz"] == 503
    assert statuses["/healthz"] == 200
    for path, answer in seen.items():
        if answer.status == 503:
            assert int(answer.headers["Retry-After"]) > 0, path
    for path in ("/api/v1/cases", "/.well-known/metric-charter/keys"):
        assert json.loads(seen[path].body)["code"] in {"database_away", "unavailable"}
    assert b"The database does not answer" in seen["/"].body


@pytest.mark.django_db
def test_a_database_that_goes_away_in_the_middle_of_a_page_is_told_all_the_same(people, monkeypatch):
    """Issue 9: whichever statement is the first that fails, of the session's, the page's or the frame's around it."""
    client = Client(raise_request_exception=False)
    client.force_login(Token.objects.get(digest=hash_token(people["admin"])).user)
    execute, left = psycopg.Cursor.execute, [0]

    def failing(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0:
            raise psycopg.OperationalError("the connection is lost")
        return execute(*args, **kwargs)

    monkeypatch.setattr(psycopg.Cursor, "execute", failing)
    statuses: list[int] = []
    while statuses[-1:] != [200]:
        left[0] = len(statuses) + 1
        answer = client.get("/metrics")
        statuses.append(answer.status_code)
        assert answer.status_code == 200 or int(answer["Retry-After"]) > 0
        assert len(statuses) < 60
    assert len(statuses) > 4 and set(statuses[:-1]) == {503}, statuses
