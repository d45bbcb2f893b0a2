"""The pages of sessions and of accounts: what they cost, and what an administrator finds."""

import pytest
from django.test import Client

from governance.people.screens.accounts import MOST
from tests import factories
from tests.pages import Page


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
        assert Page(browse(f"/accounts?text={text}", by=admin).response).says("Kim Lima")
    assert browse("/accounts?text=zzzz", by=admin).says("No account is called so")
    page = browse("/accounts?text=%25", by=admin)
    assert page.says("No account is called so"), "a sign of SQL's is none here"


def test_the_list_says_that_there_are_more(admin, browse):
    """Least surprise: nobody takes the first for all."""
    for number in range(MOST):
        factories.an_account(f"zed-{number:02}")
    assert not browse("/accounts?text=zed", by=admin).says("Write more of the name")
    factories.an_account("zed-more")
    assert browse("/accounts?text=zed", by=admin).says(f"These are the first {MOST}", "zed-00")


def test_what_is_nobodys_is_not_found(admin, browse):
    """Bad input."""
    assert browse("/accounts/00000000-0000-0000-0000-000000000000", by=admin).status == 404
    assert browse("/accounts?text=" + "x" * 3000, by=admin).status == 200


def test_only_an_administrator_sees_the_link_to_it(admin, house, browse):
    """Issue 9: at the foot of each page, where one looks for it."""
    assert 'href="/accounts"' in browse("/", by=admin).html
    assert 'href="/accounts"' not in browse("/").html
