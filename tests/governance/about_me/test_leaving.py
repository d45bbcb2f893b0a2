"""Whoever has left reads what is held about them by a code that they made before (S149)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from audits.ledger.models import Entry
from governance.about_me import leaving
from governance.about_me.models import LeaverCode
from governance.people.models import AccountKind
from ground.errors import Conflict, NotFound, NotPermitted
from ground.rates import Rate
from tests import factories
from tests.governance.decisions.test_answer import ask

pytestmark = pytest.mark.django_db
LEFT = "/about-me/left"


@pytest.fixture
def code(house) -> str:
    """The employee's code; their account is closed since."""
    made = leaving.make_code(by=house.employee)
    factories.change(house.employee, is_active=False)
    return made.text


def come_back(code: str, username: str = "employee") -> Client:
    browser = Client()
    assert give(browser, code, username).status_code == 302
    return browser


def give(browser: Client, code: str, username: str = "employee"):
    return browser.post(LEFT, {"username": username, "code": code})


def test_a_code_is_made_shown_once_and_kept_as_a_slow_hash(browse, house):
    """S149: nothing in the database opens anything."""
    page = browse("/about-me/code", by=house.employee, data={})
    row = LeaverCode.objects.get()
    text = page.html.split('id="code">')[1].split("<")[0]
    assert len(text.replace("-", "")) == 25 and text.replace("-", "") not in row.hashed
    assert row.hashed.split("$")[0] == make_password("x").split("$")[0]
    again = browse("/about-me/code", by=house.employee)
    assert text not in again.html and again.says("You made one on 14 April 2026")
    assert Entry.objects.filter(kind="about_me.leaver_code.made").count() == 1


def test_by_it_they_read_what_is_held_who_looked_and_why(house, code):
    """S149, S148: read-only; each look explained, all of it as a signed copy."""
    look = ask(house.manager)
    browser = come_back(code.lower().replace("-", " "))
    cookie = browser.cookies["left"]
    assert cookie["path"] == LEFT and cookie["httponly"] and not cookie["max-age"] and not cookie["expires"]
    page = browser.get(f"{LEFT}/read").content.decode()
    assert "Manager" in page and "To read only" in page and "people_membership" in page
    assert "Sign out" not in page  # nobody has signed in
    letter = browser.get(f"{LEFT}/looks/{look.receipt.id}")
    assert letter.status_code == 200 and "A look at your group, explained" in letter.content.decode()
    copy: Any = browser.post(f"{LEFT}/download")
    assert copy["Content-Type"] == "application/zip" and b"".join(copy.streaming_content)[:2] == b"PK"
    assert Entry.objects.filter(kind="about_me.downloaded").count() == 1
    assert browser.post(f"{LEFT}/out").status_code == 302
    assert browser.get(f"{LEFT}/read").status_code == 302


def test_nothing_else_opens_by_it(house, code):
    """S149: neither pages of accounts nor letters of others."""
    browser = come_back(code)
    for url in ("/about-me", "/about-me/looks", "/about-me/code", "/appeals", "/"):
        assert browser.get(url).status_code == 302, url
    assert browser.get(f"{LEFT}/looks/00000000-0000-4000-8000-000000000000").status_code == 404


def test_wrong_names_and_codes_read_the_same_and_are_counted_without_addresses(house, code, settings):
    """S149: rate limited without addresses; the name, the code or an account in use is not told apart."""
    for tried in (("AAAAA-AAAAA-AAAAA-AAAAA-AAAAA",), (code, "nobody"), (code, "manager"), (code + "A",)):
        answer = give(Client(), *tried)
        assert answer.status_code == 404 and "No code of this name opens anything" in answer.content.decode()
    settings.LEAVER_CODE_RATE = Rate(1, 3600)
    assert [give(Client(), code, "nobody").status_code for _each in range(2)][-1] == 429


def test_an_account_in_use_does_not_open(house):
    """S149: who finds the paper of somebody who is still here reads nothing."""
    text = leaving.make_code(by=house.employee).text
    with pytest.raises(NotFound):
        leaving.come_back(username="employee", typed=text)


def test_it_can_be_taken_back_and_another_takes_its_place(house, browse):
    """S149: revoked, replaced; one opens at a time."""
    first, second = (leaving.make_code(by=house.employee).text for _each in range(2))
    with pytest.raises(NotPermitted):
        leaving.make_code(by=factories.an_account("robot", kind=AccountKind.MACHINE))
    kept = house.employee
    factories.change(kept, is_active=False)
    with pytest.raises(NotFound):
        leaving.come_back(username="employee", typed=first)
    browser = come_back(second)
    assert browser.get(f"{LEFT}/read").status_code == 200
    factories.change(kept, is_active=True)
    assert browser.get(f"{LEFT}/read").status_code == 302
    leaving.revoke_code(by=kept)
    with pytest.raises(Conflict):
        leaving.revoke_code(by=kept)
    factories.change(kept, is_active=False)
    assert browser.get(f"{LEFT}/read").status_code == 302
    with pytest.raises(NotFound):
        leaving.come_back(username="employee", typed=second)


def test_the_pages_close_by_themselves(house, code, monkeypatch):
    """S149: whoever leaves a browser open leaves it open for half an hour."""
    browser = come_back(code)
    monkeypatch.setattr(leaving, "OPEN_FOR", timedelta(seconds=-1))
    assert browser.get(f"{LEFT}/read").status_code == 302
