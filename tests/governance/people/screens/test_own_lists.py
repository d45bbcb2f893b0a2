"""One's tokens and sessions as lists: narrowed, sorted, taken along, and never with what lets somebody in (issue 11)."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.people import tokens
from governance.people.models import AccountKind, User
from governance.people.scopes import Scope
from tests import factories
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return factories.an_account("ana")


@pytest.fixture
def browser(ana) -> Client:
    client = Client()
    client.force_login(ana)
    return client


def make(user: User, name: str, scope: Scope = Scope.READ) -> str:
    return tokens.make_token(user=user, name=name, scope=scope, days=7, by=user)[1]


def take_away(client: Client, path: str) -> str:
    answer: Any = client.get(path)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_tokens_are_narrowed_and_taken_along_without_themselves(browser, ana):
    """The file has what the page lists, narrowed alike, and no secret; another's tokens stand in neither."""
    secrets = [make(ana, "laptop"), make(ana, "nightly", Scope.ASK)]
    make(factories.an_account("ben"), "of ben")
    assert Page(browser.get("/tokens?text=night")).says("nightly", "1 of 2")
    assert Page(browser.get(f"/tokens?scope={Scope.READ}")).says("laptop", "1 of 2")
    file = take_away(browser, "/tokens.csv?text=night")
    assert "nightly" in file and "laptop" not in file and len(file.splitlines()) == 2
    everything = take_away(browser, "/tokens.csv") + browser.get("/tokens").content.decode()
    assert not [secret for secret in secrets if secret in everything] and "of ben" not in everything


def test_a_name_that_a_spreadsheet_would_run_is_taken_along_as_text(browser, ana):
    make(ana, "=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in take_away(browser, "/tokens.csv")


def test_ones_own_stand_before_those_of_machines(browser, ana):
    bot = factories.an_account("bot", kind=AccountKind.MACHINE, owner=ana)
    make(ana, "first")
    tokens.make_token(user=bot, name="second", scope=Scope.READ, days=7, by=ana)
    page = Page(browser.get("/tokens"))
    assert page.text.index("first") < page.text.index("second")
    assert page.says("Waits for a second administrator")


def test_tokens_and_sessions_cost_the_same_however_many(browser, ana):
    """DESIGN, Style: every list is pinned."""
    make(ana, "one")
    paths = ("/tokens", "/sessions", "/tokens.csv", "/sessions.csv")
    before = {path: count(browser, path) for path in paths}
    for number in range(4):
        make(ana, f"another {number}")
        Client().force_login(ana)
    assert {path: count(browser, path) for path in paths} == before


def count(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        answer: Any = client.get(path)
        _ = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return len(captured)


def test_the_file_of_sessions_names_no_key(browser, ana):
    """Browsers and moments, nothing that a session is kept under."""
    file = take_away(browser, "/sessions.csv")
    assert file.splitlines()[0] == "Browser,From,Signed in,Last used"
    assert browser.session.session_key not in file
    assert browser.get("/sessions?since=tomorrow").status_code == 400
    assert browser.get("/sessions.csv?since=tomorrow").status_code == 400
