"""What is asked of the house from outside: does it live, can it answer."""

import pytest

from tests import factories
from tests.charter.rules.upgrades import upgraded_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(by, client, monkeypatch):
    """The answer of /readyz, whatever broker this machine has."""
    monkeypatch.setattr("governance.config.health._broker_is_there", lambda: True)

    def _ready():
        response = client.get("/readyz")
        return response.status_code, response.json()

    return _ready


def test_without_rules_the_house_is_not_ready(ready):
    """DESIGN, Interfaces: 503 naming the part that is missing."""
    status, told = ready()
    assert (status, told["status"], told["parts"]["rulebook"]) == (503, "not ready", "missing")
    factories.the_rules()
    assert ready() == (
        200,
        {"status": "ready", "parts": {"database": "ok", "rulebook": "ok", "broker": "ok"}},
    )


def test_rules_of_an_earlier_version_are_told_and_the_pages_stay_open(ready, tmp_path):
    """Issue 4, item 2: taken out of service, the board could not pass new rules; so 200, and limited."""
    factories.the_rules()
    with upgraded_house(tmp_path):
        status, told = ready()
    assert (status, told["status"], told["parts"]["rulebook"]) == (200, "limited", "outdated")
    assert "board has passed new ones" in told["detail"]
