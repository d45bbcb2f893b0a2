"""Training in the API: one's own state without any score, and counts for those who may see them."""

import pytest

from governance.people.models import GrantedRole
from governance.training import services
from tests import factories
from tests.governance.training.test_queries import a_manager

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


@pytest.fixture
def get(client):
    def _get(path, by):
        token = factories.a_token(by)
        response = client.get(f"/api/v1/{path}", headers={"authorization": f"Token {token}"})
        return response.status_code, response.json()

    return _get


@pytest.mark.stands_on()
def test_ones_own_state_is_told_without_a_score(get):
    """Issue 4, 5: rules, contract, course, and until when; nothing of attempts."""
    ana = factories.an_account("ana")
    assert get("training", ana) == (
        200,
        {
            "rules": None,
            "contract": None,
            "course": None,
            "attested": None,
            "acknowledged": False,
            "trained": False,
        },
    )
    end = factories.an_attestation(ana).valid_until
    factories.answers(services.begin(by=ana), wrong=12)
    services.acknowledge(rulebook_version=factories.the_rules(), by=ana)
    _status, told = get("training", ana)
    assert (told["acknowledged"], told["trained"]) == (True, True)
    assert told["attested"]["until"] == end.isoformat()
    assert set(told["course"]) == {"number", "title", "pass_percent", "months"}
    assert set(told["attested"]) == {"course", "attested_at", "until"}


def test_others_are_counted_and_never_named(get):
    """S54: an administrator learns how many, of five managers or more; others learn nothing."""
    factories.the_course()
    admin, stranger = factories.an_account("an-admin"), factories.an_account("stranger")
    factories.a_role(admin, GrantedRole.ADMIN)
    assert get("training/managers", stranger)[0] == 403
    assert get("training/managers", admin) == (200, {"managers": None, "ready": None})
    for number in range(5):
        a_manager(f"m{number}")
    assert get("training/managers", admin) == (200, {"managers": 5, "ready": 0})


def test_the_rules_are_acknowledged_over_the_api(get, client):
    """AR24, S54: those in force, by their number; earlier ones count for nothing."""
    ana, rules = factories.an_account("ana"), factories.the_rules()

    def say(**said):
        token = factories.a_token(ana)
        return client.post(
            "/api/v1/rules/acknowledgements",
            said,
            content_type="application/json",
            headers={"authorization": f"Token {token}"},
        )

    assert get("rules/acknowledgements", ana) == (200, [])
    assert say(number="one").json()["field"] == "number"
    assert say(number=rules.number + 1).status_code == 404
    assert say(number=rules.number).status_code == say(number=rules.number).status_code == 201
    _status, told = get("rules/acknowledgements", ana)
    assert [each["number"] for each in told] == [rules.number]
    assert get("training", ana)[1]["acknowledged"] is True
    assert get("rules/acknowledgements", factories.an_account("another"))[1] == []
