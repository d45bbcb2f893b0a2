"""The pages of sessions and of accounts: what they cost, and what an administrator finds."""

import csv
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from governance.people.models import AccountKind
from governance.people.screens.accounts import A_PAGE
from tests import factories


@pytest.fixture
def admin(house):
    return factories.an_administrator("boss")


def test_a_session_more_costs_no_statement_more(house, statements):
    """Issue 9: one statement for the list, however many there are."""
    before = statements("/sessions")
    for _number in range(5):
        Client().force_login(house.manager)
    assert statements("/sessions") == before


def test_an_account_more_costs_no_statement_more(admin, statements):
    """Issue 9: one statement for the list."""
    before = statements("/accounts", admin)
    for _number in range(5):
        factories.an_account()
    assert statements("/accounts", admin) == before


def test_accounts_are_found_by_a_part_of_either_name(admin, browse):
    """Issue 9: whoever asks for help is found by what they are called."""
    factories.an_account("klima", name="Kim Lima")
    for text in ("lima", "KIM", " klima "):
        assert browse(f"/accounts?text={text}", by=admin).says("Kim Lima")
    assert browse("/accounts?text=zzzz", by=admin).says("No account fits all of these")
    page = browse("/accounts?text=%25", by=admin)
    assert page.says("No account fits all of these"), "a sign of SQL's is none here"


def test_accounts_are_narrowed_by_several_words_paged_and_taken_as_csv_alike(admin, browse):
    """Issue 11: several values of a filter, kept by paging, sorting and the file; nothing by which to write to anybody."""
    for number in range(A_PAGE):
        factories.an_account(f"zed-{number:02}", email=f"zed-{number:02}@example.org")
    factories.an_account("zed-robot", kind=AccountKind.MACHINE)
    factories.change(factories.an_account("zed-gone"), is_active=False)
    page = browse("/accounts?text=zed&kind=human&kind=machine&state=in_use&sort=-username", by=admin)
    assert page.says(f"{A_PAGE + 1} of", "zed-robot") and "zed-gone" not in page.text
    further = unescape(re.findall(r'href="([^"]*page=[^"]*)"', page.html)[-1])
    assert further.count("kind=") == 2 and "sort=-username" in further
    assert browse(f"/accounts{further}", by=admin).says("zed-00")
    take = unescape(re.findall(r'href="(/accounts.csv[^"]*)"', page.html)[0])
    lines = read_csv(take, admin)
    assert len(lines) == 1 + A_PAGE + 1 and lines[0][:4] == ["User name", "Name", "What it is", "State"]
    assert lines[1][0] == "zed-robot" and not any("@" in cell for line in lines for cell in line)
    assert len(read_csv("/accounts.csv?text=zed&state=closed", admin)) == 2
    assert browse("/accounts?kind=ghost", by=admin).status == 400
    assert browse("/accounts.csv?kind=ghost", by=admin).status == 400


def read_csv(path: str, by) -> list[list[str]]:
    client = Client()
    client.force_login(by)
    sent: Any = client.get(path)
    return list(csv.reader(b"".join(sent.streaming_content).decode("utf-8-sig").splitlines()))
