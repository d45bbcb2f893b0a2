"""The board over the API: the same services, the same refusals, as problems."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken
from rest_framework.test import APIClient

from governance.board import services
from governance.board.models import Case
from governance.board.states import SeatKind, Vote
from governance.people.models import Role
from ground import clock
from tests import factories

pytestmark = pytest.mark.django_db


def as_(user) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {AuthToken.objects.create(user=user)[1]}")
    return client


@pytest.fixture
def case(by):
    factories.a_board()
    return factories.an_open_case()


@pytest.fixture
def member(case):
    return factories.a_board()[SeatKind.LEGAL]


def test_without_a_token_nothing_is_told(case):
    """Issue 3, 8: every address of the board needs an account."""
    for path in ("cases", f"cases/{case.pk}", "waivers", "pilots", "suspensions"):
        assert APIClient().get(f"/api/v1/{path}").status_code == 401


def test_a_case_is_listed_read_discussed_voted_on_and_decided(case, member):
    """Issue 3, 8: REST for all of it."""
    client = as_(member)
    listed = client.get("/api/v1/cases", {"needs_my_vote": True, "state": "open"}).json()["results"]
    assert [each["id"] for each in listed] == [str(case.pk)]
    address = f"/api/v1/cases/{case.pk}"
    assert client.post(f"{address}/comments", {"text": "Who reads it?"}, format="json").status_code == 201
    condition = {"kind": "grains", "value": {"grains": ["team"]}}
    assert client.post(f"{address}/conditions", condition, format="json").status_code == 201
    told = client.get(address).json()
    assert told["conditions"][0]["value"] == {"grains": ["team"]} and told["heard"] == []
    needed = (
        "This charter is rated 0 of 4 for invasiveness, so at least 2 of every 3 votes cast must be for it."
    )
    assert told["needed"] == {"level": 0, "share": "2/3", "must_vote": [], "text": needed}
    assert client.get(f"{address}/ballots").json()["code"] == "votes_are_blind"
    ballot = {"seat": "legal", "vote": "veto", "reason": "No basis."}
    assert client.post(f"{address}/ballots", ballot, format="json").status_code == 201
    again = client.post(f"{address}/ballots", ballot, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_voted")
    for seat in set(SeatKind) - {SeatKind.LEGAL}:
        services.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, by=factories.a_board()[seat])
    outsider = as_(factories.an_account("outsider"))
    assert outsider.get(address).json()["outcome"]["approved"] is False
    assert {"seat": "legal", "vote": "veto", "reason": "No basis."}.items() <= next(
        each for each in outsider.get(f"{address}/ballots").json() if each["seat"] == "legal"
    ).items()


def test_who_handles_a_case_is_named_and_released(case, member):
    """Issue 3, 8: REST for all of it; the handler reads and closes, and is told which field is wrong."""
    handler, address = factories.an_account("preparer"), f"/api/v1/cases/{case.pk}"
    client, theirs = as_(member), as_(handler)
    assert theirs.get(address).status_code == 403
    for name, code in (("nobody-here", "does_not_exist"), ("owner", "own_proposal")):
        wrong = client.put(f"{address}/handler", {"handler": name}, format="json")
        assert (wrong.status_code, wrong.json()["field"], wrong.json()["code"]) == (400, "handler", code)
    named = client.put(f"{address}/handler", {"handler": "preparer"}, format="json")
    assert (named.status_code, named.json()["handler"]) == (200, "preparer")
    mine = theirs.get("/api/v1/cases", {"handled_by_me": True}).json()["results"]
    assert [each["id"] for each in mine] == [str(case.pk)]
    early = theirs.post(f"{address}/close")
    assert (early.status_code, early.json()["code"]) == (409, "no_quorum")
    assert theirs.put(f"{address}/handler", {"handler": "preparer"}, format="json").status_code == 403
    assert theirs.delete(f"{address}/handler").status_code == 204
    assert theirs.get(address).status_code == 403


def test_who_may_not_is_told_why_in_a_problem(case):
    """Issue 3, Bad input: superusers get nothing more at this door either."""
    root = as_(factories.an_account("root", is_superuser=True, is_staff=True))
    address = f"/api/v1/cases/{case.pk}"
    assert root.get(address).status_code == 403
    assert root.get("/api/v1/cases").json()["results"] == []
    vote = root.post(f"{address}/ballots", {"seat": "legal", "vote": "approve"}, format="json")
    assert (vote.status_code, vote.json()["code"]) == (403, "not_on_this_seat")
    suspend = {"metric": case.charter_version.metric.slug, "seat": "legal", "reason": "Now."}
    assert root.post("/api/v1/suspensions", suspend, format="json").status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("cases", {"kind": "coup", "subject": "x", "question": "y"}, "kind"),
        ("cases", {"kind": "edge_case", "subject": "x", "question": "y", "state": "approved"}, "state"),
        ("cases", {"kind": "suspension", "subject": "x", "question": "y"}, "kind"),
        ("suspensions", {"metric": "nothing", "seat": "legal", "reason": "x"}, "metric"),
        ("waivers", {"rule_id": "AR26", "starts_on": "soon", "ends_on": "later", "reason": "x"}, "starts_on"),
        ("pilots", {"cohort": "team:x"}, "charter_version"),
        ("ballots", {"cases": ["x"], "seat": "legal", "vote": "approve"}, "cases"),
    ],
)
def test_bad_bodies_are_problems_that_name_the_field(member, path, body, field):
    """Issue 3, Bad input: unknown keys and wrong words never get further than the door."""
    reply = as_(member).post(f"/api/v1/{path}", body, format="json")
    assert reply.status_code == 400 and reply.json()["field"] == field
    assert Case.objects.count() == 1


def test_a_never_waivable_rule_is_refused_at_the_door(member):
    """S64: the board is not even asked."""
    today = clock.today()
    body = {"rule_id": "AR01", "decision": "retrospective", "starts_on": str(today), "reason": "x"}
    body["ends_on"] = str(today.replace(year=today.year + 1, day=1))
    reply = as_(member).post("/api/v1/waivers", body, format="json")
    assert (reply.status_code, reply.json()["code"]) == (400, "never_waivable")


def test_seats_and_terms_are_read_by_all_and_filled_by_administrators(case, member):
    """S48, issue 3 item 8: members, alternates and terms over the API; nobody puts themself on a seat."""
    admin = factories.an_account("admin")
    factories.a_role(admin, Role.ADMIN)
    client, path = as_(admin), "/api/v1/terms"
    body = {"seat": "legal", "user": "owner", "valid_from": "2026-01-01", "alternate": True}
    made = client.post(path, body, format="json")
    assert (made.status_code, made.json()["valid_to"]) == (201, None)
    seats = {each["seat"]: each for each in as_(factories.an_account()).get("/api/v1/seats").json()}
    assert (seats["legal"]["member"], seats["legal"]["alternates"]) == ("board-legal", ["owner"])
    listed = client.get(path, {"seat": "legal", "user": "owner", "today": True}).json()["results"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    end = f"{path}/{made.json()['id']}/end"
    assert client.post(end, {"valid_to": "2025-01-01"}, format="json").json()["field"] == "valid_to"
    assert client.post(end, {"valid_to": "2026-02-01"}, format="json").json()["valid_to"] == "2026-02-01"
    for wrong, field in (
        ({"seat": "king"}, "seat"),
        ({"user": "nobody-here"}, "user"),
        ({"note": "x"}, "note"),
    ):
        assert client.post(path, {**body, **wrong}, format="json").json()["field"] == field
    assert client.post(path, {**body, "user": "admin"}, format="json").status_code == 403
    for user in (member, factories.an_account("root", is_superuser=True)):
        assert as_(user).post(path, body, format="json").status_code == 403


def test_lists_of_the_board_cost_a_pinned_number_of_statements(case, member):
    """DESIGN, Style: pinned query counts, whoever handles the cases and however many there are."""
    client, costs = as_(member), []
    for slug in ("pr-age", "pr-size"):
        other = factories.an_open_case(slug)
        services.name_handler(case=other, handler=factories.an_account(f"of-{slug}"), by=member)
        client.get("/api/v1/cases")
        costs.append([])
        for path in ("cases", "terms", "seats"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/api/v1/{path}").status_code == 200
            costs[-1].append(len(captured))
    assert costs[0] == costs[1] == [3, 2, 2]


def test_all_of_ones_notices_are_read_at_once(case, member):
    """Issue 3, 8: what the page does, over the API."""
    client = as_(member)
    assert client.get("/api/v1/notices", {"read": False}).json()["results"]
    assert client.post("/api/v1/notices/read").status_code == 204
    assert client.get("/api/v1/notices", {"read": False}).json()["results"] == []


def test_settings_are_read_and_changed_by_a_case(member):
    """S7, issue 3, 8: REST for all of it; what cannot be is refused with the setting named, and nothing is opened."""
    client = as_(member)
    now = {each["key"]: each for each in client.get("/api/v1/settings").json()}
    assert now["minimum_group"]["value"] == 5 and now["minimum_group"]["label"] == "Smallest group of people"
    asked = {"kind": "settings", "subject": "Larger groups", "question": "Five is few."}
    for settings, field in (
        ({"minimum_group": "six"}, "minimum_group"),
        ({"minimum_groups": 6}, "minimum_groups"),
        ({}, "settings"),
    ):
        refused = client.post("/api/v1/cases", {**asked, "settings": settings}, format="json")
        assert (refused.status_code, refused.json()["field"]) == (400, field)
    elsewhere = {**asked, "kind": "edge_case", "settings": {"minimum_group": 6}}
    assert client.post("/api/v1/cases", elsewhere, format="json").json()["field"] == "settings"
    assert not Case.objects.filter(kind="settings").exists()
    changes = {"minimum_group": 6, "staffing.evidence_needed": 1}
    opened = client.post("/api/v1/cases", {**asked, "settings": changes}, format="json").json()
    former = {"minimum_group": 5, "staffing.evidence_needed": 0}
    assert opened["settings"] == {"changes": changes, "former": former}
    second = client.post("/api/v1/cases", {**asked, "settings": {"minimum_group": 7}}, format="json")
    assert second.status_code == 400 and "Another change" in second.json()["detail"]


def test_who_may_propose_a_change_of_settings(case):
    """S7: the board and administrators put it; nobody else, and the proposer's own seat has no vote on it."""
    asked = {"kind": "settings", "subject": "S", "question": "Q", "settings": {"looks_a_day": 5}}
    stranger = as_(factories.an_account("stranger"))
    assert stranger.post("/api/v1/cases", asked, format="json").status_code == 403
    board = factories.a_board()
    key = as_(board[SeatKind.HR]).post("/api/v1/cases", asked, format="json").json()["id"]
    ballot = {"seat": "hr", "vote": "approve"}
    refused = as_(board[SeatKind.HR]).post(f"/api/v1/cases/{key}/ballots", ballot, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "own_proposal")
    assert stranger.get(f"/api/v1/cases/{key}").status_code in (403, 404)
