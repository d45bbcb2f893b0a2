"""Issue 15, item 2: founding over the API: the steps, and a file checked and applied in its founder's name."""

import json

from django.test import Client

from charter.programme.models import Programme
from governance.people.scopes import Scope
from tests import factories
from tests.governance.founding.conftest import FILE
from tests.governance.founding.test_applying import _file_without_folders


def call(path, by, body=None, scope=Scope.WRITE):
    headers = {"authorization": f"Token {factories.a_token(by, scope)}"}
    if body is None:
        return Client().get(f"/api/v1/{path}", headers=headers)
    return Client().post(
        f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
    )


def test_the_steps_are_an_administrators(by):
    """In order, each with its state and its page."""
    assert call("founding-steps", factories.an_account("somebody")).status_code == 403
    steps = call("founding-steps", factories.an_administrator("ada")).json()
    assert [step["key"] for step in steps][:2] == ["programme", "organisation"]
    assert {step["state"] for step in steps} == {"now", "later"} and steps[0]["url"] == "/board"


def test_a_file_is_checked_and_nothing_is_written(by):
    """A fault is a problem with its line; folders are for the command."""
    ada = factories.an_administrator("ada")
    assert call("programme-file/check", ada, {"file": _file_without_folders()}).json() == {"applicable": True}
    refused = call("programme-file/check", ada, {"file": FILE})
    assert refused.status_code == 400
    told = refused.json()
    assert told["code"] == "programme_file_refused" and "line 5, organisation" in told["detail"]
    assert call("programme-file/check", ada, {"file": "name: [", "more": 1}).status_code == 400
    assert call("programme-file/check", factories.an_account("x"), {"file": "a"}).status_code == 403
    assert not Programme.objects.exists()


def test_its_founder_applies_it(by):
    """Applied in the founder's name alone, and by a token that may write."""
    ada, body = factories.an_administrator("ada"), {"file": _file_without_folders()}
    assert call("programme-file/apply", factories.an_administrator("eve"), body).status_code == 403
    assert call("programme-file/apply", ada, body, scope=Scope.READ).status_code == 403
    done = {step["key"]: step for step in call("programme-file/apply", ada, body).json()}
    assert done["programme"]["changed"] and done["charters"]["waits"]
    assert Programme.objects.get().established_by == ada
