"""Doors of programs stand before what browsers alone need, and answer there what they would answer behind it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from governance.config import short_way
from governance.decisions.models import DecisionRecord
from governance.people.middleware import BrowserMiddleware
from tests import factories
from tests.governance.decisions.conftest import governed, house, stopped
from tests.governance.decisions.test_answer import LEAD_TIME

__all__ = ["governed", "house", "stopped"]

pytestmark = pytest.mark.django_db
CHECKS, EVALUATION = "/api/v1/checks", "/access/v1/evaluation"
Ask = Callable[..., HttpResponse]
# What stands in every answer anew.
ANEW = {"X-Request-ID"}


@pytest.fixture
def ask(house) -> Ask:
    """Post to a door with the manager's token; `cookie` sends it the long way."""
    token = factories.a_token(house.manager)

    def _ask(path: str, body: Any, *, cookie: bool = False, **headers: str) -> Any:
        client = Client()
        if cookie:
            client.cookies["one"] = "of a browser"
        given = {"authorization": f"Token {token}", **headers}
        text = body if isinstance(body, str) else json.dumps(body)
        return client.post(path, text, content_type="application/json", headers=given)

    return _ask


def tell(response: HttpResponse) -> tuple[int, Mapping[str, str], Any]:
    """An answer without what is another's in each: names, times and signatures."""
    body = json.loads(response.content)
    for each in (body, body.get("context", {})):
        each.pop("receipt", None)
    kept = {name: value for name, value in response.headers.items() if name not in ANEW}
    kept["Vary"] = ", ".join(
        sorted({"Authorization", *response["Vary"].split(", ")} - {"Accept-Language", "Cookie"})
    )
    kept["Content-Security-Policy"] = "; ".join(sorted(response["Content-Security-Policy"].split("; ")))
    kept["Content-Length"] = str(len(response.content) - int(kept["Content-Length"]))
    return response.status_code, kept, body


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        (CHECKS, LEAD_TIME, {}),
        ("/api/v1/queries", LEAD_TIME, {}),
        (CHECKS, "{", {}),
        (CHECKS, {"decision": "retrospective"}, {}),
        (CHECKS, LEAD_TIME, {"authorization": ""}),
        (CHECKS, LEAD_TIME, {"authorization": "Token nobody"}),
        (CHECKS, LEAD_TIME, {"authorization": "Token two words"}),
        (CHECKS, LEAD_TIME, {"accept": "text/html"}),
        (CHECKS, LEAD_TIME, {"idempotency-key": "ä"}),
        ("/api/v1/use-checks", LEAD_TIME, {}),
        (EVALUATION, {}, {}),
        (EVALUATION, {}, {"authorization": ""}),
    ],
)
def test_the_short_way_answers_as_the_long_one(ask, path, body, headers):
    """Issue 14, 6: the same status, body and headers, refusals included, but for what varies by cookie and language."""
    assert tell(ask(path, body, **headers)) == tell(ask(path, body, cookie=True, **headers))


def test_a_check_passes_nothing_of_browsers(ask, monkeypatch):
    """Issue 14, 6: what is for browsers is not run for a token, and is for whoever brings a cookie."""
    seen, theirs = [], BrowserMiddleware.process_request

    def see(self, http):
        seen.append(http.path)
        return theirs(self, http)

    monkeypatch.setattr(BrowserMiddleware, "process_request", see)
    assert ask(CHECKS, LEAD_TIME).status_code == 200 and not seen
    assert ask(CHECKS, LEAD_TIME, cookie=True).status_code == 200 and seen


@pytest.mark.parametrize("path", [CHECKS, EVALUATION])
def test_a_session_opens_no_door(house, path):
    """S55: a third site's form brings cookies and no token, and gets nothing by either way."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.manager)
    before = DecisionRecord.objects.count()
    assert client.post(path, json.dumps(LEAD_TIME), content_type="application/json").status_code == 401
    assert DecisionRecord.objects.count() == before


def test_a_host_that_is_none_of_ours_is_refused(ask):
    """Issue 14, 6: the host is looked at on the short way too."""
    assert ask(CHECKS, LEAD_TIME, host="elsewhere.example").status_code == 400


@pytest.mark.parametrize("method", ["get", "put", "delete", "options"])
def test_other_methods_go_the_long_way(house, method):
    token = factories.a_token(house.manager)
    answer = getattr(Client(), method)(CHECKS, headers={"authorization": f"Token {token}"})
    assert answer.status_code == (200 if method == "options" else 405)


def test_each_door_is_one_and_takes_a_token_alone():
    """Issue 14, 6: what goes the short way is exempt from CSRF, as no cookie opens it."""
    doors = short_way._list_doors("governance.config.urls")
    assert len(doors) == len(short_way.DOORS)
    assert all(getattr(resolve(path).func, "csrf_exempt", False) for path in doors)


def test_a_database_that_is_away_is_told_as_on_every_way(ask, monkeypatch):
    """Issue 2: 503 with when to try again, wherever the lack is found."""
    from django.db import OperationalError

    from ground import statements

    def away(*_: object, **__: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(statements, "_send", away)
    answer = ask(CHECKS, LEAD_TIME)
    assert answer.status_code == 503 and answer["Retry-After"]
