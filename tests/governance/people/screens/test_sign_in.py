"""Signing in and out."""

import pytest
from django.test import Client

from governance.people import services as people
from tests import factories
from tests.pages import Page

LIMIT = 5


@pytest.fixture
def manager(house):
    return people.change_password(user=house.manager, password=factories.PASSWORD, by=factories.system())


def sign_in(username="manager", password=factories.PASSWORD, client=None, **more):
    data = {"username": username, "password": password, **more}
    return (client or Client()).post("/sign-in", data)


def test_who_gives_the_right_password_comes_home(manager):
    """Issue 2, item 9: sign-in."""
    response = sign_in()
    assert (response.status_code, response["Location"]) == (302, "/")


def test_one_comes_back_to_where_one_wanted_to_go(manager):
    """Issue 2, item 9: `next` is honoured."""
    assert sign_in(next="/metrics?name=lead")["Location"] == "/metrics?name=lead"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(manager, elsewhere):
    """Issue 2, item 9: `next` is honoured inside this site only."""
    assert sign_in(next=elsewhere)["Location"] == "/"


@pytest.mark.parametrize(("username", "password"), [("manager", "wrong"), ("nobody", "wrong")])
def test_a_wrong_name_and_a_wrong_password_read_the_same(manager, username, password):
    """DESIGN: errors tell nobody which accounts exist."""
    page = Page(sign_in(username, password))
    assert page.status == 400
    assert page.says("There is a problem", "The user name and password do not match")


def test_what_is_missing_is_named_beside_its_field(manager):
    """DESIGN, Screens: an error summary, then the error beside the field."""
    page = Page(sign_in("", ""))
    assert page.says("Error: Sign in", "Enter your user name", "Enter your password")
    assert 'href="#id_username"' in page.html


def test_passwords_cannot_be_tried_at_will(manager):
    """Issue 2, item 9: after five wrong passwords even the right one is refused for a while, with what to do."""
    answers = [sign_in(password="wrong") for _ in range(LIMIT)]
    assert [answer.status_code for answer in answers] == [400] * (LIMIT - 1) + [429]
    page = Page(sign_in())
    assert (page.status, page.response["Retry-After"]) == (429, "900")
    assert page.says("Too many wrong passwords", "Wait 15 minutes", "ask an administrator")


def test_empty_forms_are_not_counted(manager):
    """Issue 2, item 9: only wrong passwords count."""
    for _ in range(LIMIT + 1):
        sign_in(password="")
    assert sign_in().status_code == 302


def test_signing_out_ends_the_session(manager):
    """Issue 2, item 9."""
    client = Client()
    sign_in(client=client)
    assert client.get("/").status_code == 200
    assert client.post("/sign-out")["Location"] == "/sign-in"
    assert client.get("/").status_code == 302
