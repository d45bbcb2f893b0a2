"""Changing one's password: what it asks for, what it ends, and what is told of it."""

import json

import pytest
from django.test import Client

from audits.ledger.models import Payload
from governance.people import services
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]

NEW = "wholly other battery staple"
FORM = {"current": factories.PASSWORD, "password": NEW, "again": NEW}


@pytest.fixture
def ana():
    return services.open_account(
        username="ana", name="Ana", password=factories.PASSWORD, by=factories.system()
    )


def entered(password: str = factories.PASSWORD) -> Client:
    client = Client()
    client.post("/sign-in", {"username": "ana", "password": password})
    return client


def is_in(client: Client) -> bool:
    return client.get("/tokens").status_code == 200


def test_it_is_changed_by_oneself_and_other_sessions_end(ana):
    """Issue 9: employees could not change their password; whoever else had a session keeps it no longer."""
    here, elsewhere = entered(), entered()
    assert is_in(elsewhere)
    assert here.post("/password", FORM).status_code == 302
    assert is_in(here) and not is_in(elsewhere)
    assert not is_in(entered()) and is_in(entered(NEW))


def test_the_log_has_that_and_not_what(ana):
    """Issue 9: on the log, without secrets."""
    entered().post("/password", FORM)
    told = [bytes(each.body) for each in Payload.objects.filter(entry__kind="people.password.changed")]
    assert [json.loads(each) for each in told] == [{"user": str(ana.pk), "by": ana.actor}]
    assert not [each for each in Payload.objects.all() if NEW.encode() in bytes(each.body)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"current": "a guess of somebody"}, "current"),
        ({"current": ""}, "current"),
        ({"again": "something else"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "password1234", "again": "password1234"}, "password"),
        ({"password": "x" * 1001, "again": "x" * 1001}, "password"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(ana, wrong, field):
    """Bad input: Django's validators, and nothing changed."""
    here = entered()
    refused = here.post("/password", {**FORM, **wrong})
    assert refused.status_code == 400 and field in refused.context["form"].errors
    ana.refresh_from_db()
    assert ana.check_password(factories.PASSWORD) and is_in(here)


def test_guessing_it_here_is_locked_as_at_the_door(ana):
    """Issue 9: an unlocked screen gives no more tries than signing in does."""
    here = entered()
    tries = [
        here.post("/password", {**FORM, "current": f"guess {number}"}).status_code for number in range(6)
    ]
    assert tries[:4] == [400] * 4 and tries[-1] == 429
    assert here.post("/password", FORM).status_code == 429
    ana.refresh_from_db()
    assert ana.check_password(factories.PASSWORD)


def test_it_is_no_page_without_signing_in(client):
    """Permissions."""
    assert client.get("/password").status_code == 302
    assert client.post("/password", FORM).status_code == 302
