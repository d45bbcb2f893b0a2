"""An installation on which no programme was begun, or none is in force: every address answers, and says what to do."""

import json
from collections.abc import Iterator

import pytest
import schemathesis
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, seed, settings

from governance.people.models import AccountKind, GrantedRole, User
from governance.people.scopes import Scope
from ground.rates import Rate
from tests import factories, snapshots
from tests.access import table
from tests.governance.config.test_bad_input import asked_by, document, filled, operations
from tests.proof import ASKED, whole_or_short

pytestmark = pytest.mark.django_db
ROLES = ["employee", "superuser", "machine", *GrantedRole.values]


@snapshots.fixture
def empty() -> dict[str, User]:
    """Accounts of every role, and no programme."""
    accounts = {
        "employee": factories.an_account("employee"),
        "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
        "machine": factories.an_account("bot", kind=AccountKind.MACHINE),
    }
    for role in GrantedRole:
        accounts[role.value] = factories.an_account(role.value.replace("_", "-"))
        if role not in (GrantedRole.MANAGER, GrantedRole.VALUE_STREAM_LEAD):
            factories.a_role(accounts[role.value], role)
    return accounts


@pytest.fixture(params=["none", "begun"])
def accounts(request, empty, settings) -> dict[str, User]:
    """No programme, and one that its first board has not founded."""
    settings.API_RATE = Rate(1_000_000, 1)
    if request.param == "begun":
        factories.a_beginning(empty["admin"])
    return empty


def walk_pages(user: User) -> list[str]:
    """The pages, read and written, whose answer is a fault of ours."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    rows = [row for row in table.list_rows({}) if row.page.name != "sign-out"]
    urls = {reverse(row.page.name, args=row.arguments) for row in rows}
    asked = [(method, url) for url in sorted(urls) for method in ("get", "post")]
    return [
        f"{method} {url}"
        for method, url in asked
        if _is_fault(getattr(client, method)(url), page=f"{method} {url}")
    ]


def walk_api(user: User) -> list[str]:
    """The addresses of the API whose answer is a fault of ours, or no typed error."""
    scope = Scope.WRITE if user.kind == AccountKind.MACHINE else Scope.BOARD
    client, token = Client(raise_request_exception=False), factories.a_token(user, scope)
    return [
        f"{method} {path}"
        for method, path in operations()
        if not _is_typed(asked_by(client, token, method, filled(path), None if method == "get" else {}))
    ]


def _is_typed(answer: HttpResponse) -> bool:
    return answer.status_code < 400 or (not _is_fault(answer) and "code" in json.loads(answer.content))


def _is_fault(answer: HttpResponse, page: str = "") -> bool:
    """Whether an answer is a fault of ours. That there is no warehouse and no rules is said: no other 503 is looked over."""
    if answer.status_code == 503:
        away = (
            json.loads(answer.content)["code"] in ("warehouse_unavailable", "no_rules_in_force")
            if not page
            else page == "post /sources/survey"
        )
        return not away
    return answer.status_code >= 500


@pytest.mark.proof(alone=True)
def test_every_address_answers(accounts):
    """Issue 9: rulings, their pages and their end were a fault of ours without a programme."""
    assert walk_pages(accounts["admin"]) + walk_api(accounts["admin"]) == []


@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("role", ROLES if ASKED == "whole" else ["employee"])
def test_every_address_answers_every_role(accounts, role):
    """Issue 9: and so do all others' pages and addresses."""
    assert walk_pages(accounts[role]) + walk_api(accounts[role]) == []


@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("role", ["employee", "admin", "hr"])
def test_every_whole_body_is_answered(accounts, role):
    """Issue 9: bodies that the document allows get further than the door, and no further than a sentence."""
    client, token = Client(raise_request_exception=False), factories.a_token(accounts[role])
    schema = schemathesis.openapi.from_dict(document())
    for method, path in _changing():
        _try(client, token, schema[path][method.upper()].as_strategy(), method, path)


def _changing() -> Iterator[tuple[str, str]]:
    return ((method, path) for method, path in operations() if method != "get")


def _try(client: Client, token: str, cases, method: str, path: str) -> None:
    @seed(9)
    @settings(
        max_examples=whole_or_short(20, 3),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def ask(case):
        body = case.body if isinstance(case.body, dict | list | None) else None
        answer = asked_by(client, token, method, filled(path), body)
        assert not _is_fault(answer), (method, path, body, answer.content)

    ask()
