"""Saved views in the API: the same services as the pages, and requests that the line takes."""

import json
from uuid import UUID

import pytest

from tests import factories
from tests.governance.decisions.conftest import governed, house, stopped

__all__ = ["governed", "house", "stopped"]

KEPT = {
    "slug": "team-flow",
    "name": "Team flow",
    "purpose": "To find where work gets stuck.",
    "class": "diagnostic",
    "decision": "retrospective",
    "grain": "team",
    "metrics": ["lead-time-for-changes"],
    "cohorts": ["team:payments"],
}
SPRING = "from=2026-01-01&to=2026-04-01"


@pytest.fixture
def call(client, house):
    """Send a request as an account; gives the status and the body."""
    tokens: dict[UUID, str] = {}

    def _call(method: str, path: str, body=None, by=house.manager):
        token = tokens.setdefault(by.pk, factories.a_token(by))
        given = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        response = getattr(client, method)(
            f"/api/v1/{path}", headers={"authorization": f"Token {token}"}, **given
        )
        return response.status_code, response.json() if response.content else None

    return _call


def test_a_view_is_kept_read_and_asked_of(call, house):
    """Issue 4, Views: its requests go to /queries as they come."""
    status, made = call("post", "views", KEPT)
    assert (status, made["class"], [each["metric"] for each in made["metrics"]]) == (
        201,
        "diagnostic",
        ["lead-time-for-changes"],
    )
    assert {each["metric"] for each in made["prohibited"]} == {"lead-time-for-changes"}
    assert [each["slug"] for each in call("get", "views", by=house.stranger)[1]["results"]] == ["team-flow"]
    status, told = call("get", f"views/team-flow/requests?{SPRING}")
    assert status == 200
    status, answered = call("post", "queries", told)
    assert [each["verdict"] for each in answered["answers"]] == ["permit"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"decision": "gossip"}, "decision"),
        ({"metrics": ["no-such"]}, "metrics"),
        ({"metrics": []}, "metrics"),
        ({"class": "both"}, "class"),
        ({"class": "performance"}, "grain"),
        ({"cohorts": ["team:nowhere"]}, "cohorts"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_names_the_field(call, changes, field):
    """Bad input: 400 with a problem that names it; nothing is kept."""
    status, problem = call("post", "views", {**KEPT, **changes})
    assert (status, problem["field"].split(".")[0].split("[")[0]) == (400, field)
    assert call("get", "views")[1]["results"] == []


def test_who_may_not_is_told(call, house):
    """S42: the same permissions as on the pages."""
    assert call("post", "views", KEPT, by=house.stranger)[0] == 403
    call("post", "views", KEPT)
    assert call("get", f"views/team-flow/requests?{SPRING}", by=house.stranger)[0] == 403
    assert call("delete", "views/team-flow", by=house.stranger)[0] == 403
    assert call("get", "views/no-such")[0] == 404
    assert call("get", "views/team-flow/requests?from=soon&to=2026-04-01")[1]["field"] == "from"


def test_changes_go_to_the_board(call, house):
    """S45, S47: what is proposed waits under its case."""
    call("post", "views", KEPT)
    status, told = call("post", "views/team-flow/metrics", {"metric": "commit-count", "why": "To compare."})
    assert status == 201
    assert [each["metric"] for each in told["metrics"]] == ["lead-time-for-changes"]
    assert told["waiting"][0]["metric"] == "commit-count" and told["waiting"][0]["case"]
    assert call("post", "views/team-flow/class", {"class": "performance", "why": "To rate."})[0] == 400
    assert call("delete", "views/team-flow/metrics/lead-time-for-changes")[0] == 409
    assert (
        call("post", "views/team-flow/expectations", {"role_family": "backend", "text": "Helps."})[0] == 201
    )
    assert call("delete", "views/team-flow")[0] == 204
    assert call("get", "views/team-flow")[0] == 404
