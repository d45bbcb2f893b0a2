"""Calibration in the API (issue 17, 5 and 6): the same answers as its services, bad bodies by name."""

import pytest
from rest_framework.test import APIClient

from governance.calibration.states import RoundState
from tests.governance.calibration.conftest import FAMILY, ask_unseen, item_of, propose_all, the_round, write
from tests.governance.calibration.conftest import audit as run_audit
from tests.governance.decisions.people import DELIVERY

API = "/api/v1/calibration"
NEW = {
    "name": "Summer", "decision": "calibration_input", "cohort": "org:all", "from": "2026-01-01", "to": "2026-04-01",
    "opens_on": "2026-04-20", "metrics": [DELIVERY],
}  # fmt: skip
LEVEL = {"name": "One", "means": "What it means.", "examples": ["An example."]}


def call(user, address, body=None):
    client = APIClient()
    client.force_authenticate(user, token="any")
    answer = client.get(API + address) if body is None else client.post(API + address, body, format="json")
    return answer.status_code, answer.json()


def test_the_whole_way_over_the_api(accounts):
    """A note, a proposal, the session, handing in, publishing and one's own outcome."""
    hr, manager = accounts["hr"], accounts["manager"]
    item = item_of("payments-2")
    record = write(item, by=manager)
    ask_unseen(item, by=manager)
    status, pack = call(
        manager, f"/packs/{item.pk}/notes", {"kind": "learned", "text": "To run an incident."}
    )
    assert status == 201 and pack["evidence"] == [str(record.pk)] and "burst_only" in pack["flags"]
    said = {"level": 3, "reasons": "As in the example.", "evidence": [str(record.pk)]}
    status, pack = call(manager, f"/packs/{item.pk}/proposals", said)
    assert status == 201 and pack["proposals"][0]["name"] == "Leading"
    assert call(accounts["rated"], f"/packs/{item.pk}")[1]["proposals"] == []
    propose_all(lambda _at: 2)
    session = call(hr, f"/rounds/{the_round().pk}")[1]["session"]
    assert len(session["people"]) == 17 and session["pairs"][0]["similarity"] == 1.0
    assert "session" not in call(accounts["stranger"], f"/rounds/{the_round().pk}")[1]
    assert call(hr, f"/rounds/{the_round().pk}/state", {"state": "audited"})[1]["state"] == "audited"
    run_audit(accounts)
    call(hr, f"/rounds/{the_round().pk}/state", {"state": "published"})
    assert the_round().state == RoundState.PUBLISHED
    status, own = call(accounts["rated"], f"/outcomes/{item.pk}/acknowledge", {})
    assert status == 200 and own["proposals"][0]["level"] == 3 and own["acknowledged_at"]
    assert call(hr, f"/outcomes/{item.pk}")[0] == 404


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"quota": 0.2}, "quota"),
        ({"distribution": {"3": 0.1}}, "distribution"),
        ({"says": "At most two people may get the third level."}, "says"),
        ({"name": "Top 10% of engineers"}, "name"),
        ({"to": "2026-01-01"}, "ends_on"),
        ({"to": "2026-04-02"}, "ends_on"),
        ({"opens_on": "2026-04-15"}, "opens_on"),
        ({"metrics": ["no-such"]}, "metrics"),
        ({"metrics": ["commit-count"]}, "metrics"),  # S57: activity decides about nobody
        ({"metrics": [DELIVERY, DELIVERY]}, "metrics"),
        ({"cohort": "team:nowhere"}, "cohort"),
        ({"decision": "retrospective"}, "decision"),
        ({"favourable_from": 1}, "favourable_from"),
    ],
)
def test_a_round_that_cannot_be_names_its_field(accounts, over, field):
    """AR17 and bad input: a quota is refused as a field and as a text."""
    status, problem = call(accounts["hr"], "/rounds", {**NEW, **over})
    assert (status, problem["field"]) == (400, field), problem


@pytest.mark.parametrize(
    ("levels", "field"),
    [
        ([LEVEL, {**LEVEL, "name": "Two"}], "levels"),
        ([LEVEL, LEVEL, {**LEVEL, "name": "Three"}], "levels"),
        ([LEVEL, {**LEVEL, "name": "Two", "examples": []}, {**LEVEL, "name": "Three"}], "examples_2"),
        ([LEVEL, {**LEVEL, "name": "Two"}, {**LEVEL, "name": "Three", "means": "The top 10 % of people."}], "means_3"),
    ],
)  # fmt: skip
def test_a_rubric_has_three_levels_with_an_example_each(accounts, levels, field):
    """S91, AR17."""
    status, problem = call(accounts["hr"], "/rubrics", {"role_family": FAMILY, "levels": levels})
    assert (status, problem["field"]) == (400, field), problem
