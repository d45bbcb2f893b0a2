"""The board over the API: the same services, the same refusals, as problems."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from governance.board import services
from governance.board.models import Case, Invitation
from governance.board.states import SeatKind, Vote
from governance.people.models import AccountKind, GrantedRole
from ground import calendar
from tests import factories, on_the_log
from tests.governance.board.test_founding import begun

__all__ = ["begun"]

pytestmark = [pytest.mark.django_db]


def as_(user) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {factories.a_token(user)}")
    return client


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
    for name, code in (("nobody-here", "invalid"), ("owner", "own_proposal")):
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


def accounts_of_each_kind():
    """User names of one in use, one out of use, a machine's, and one that nobody has."""
    factories.an_account("in-use")
    factories.change(factories.an_account("out-of-use"), is_active=False)
    factories.an_account("robot", kind=AccountKind.MACHINE)
    return ["in-use", "out-of-use", "robot", "nobody-here"]


def test_who_may_not_name_a_handler_learns_of_no_account(case, member):
    """Issue 9: the permission comes before the account, when a case is opened and later."""
    names, outsider = accounts_of_each_kind(), as_(factories.an_account("outsider"))
    owner, asks = (
        as_(case.charter_version.metric.owner),
        {"kind": "edge_case", "subject": "x", "question": "Is it so?"},
    )
    told = [
        (
            outsider.post("/api/v1/cases", {**asks, "handler": name}, format="json"),
            owner.put(f"/api/v1/cases/{case.pk}/handler", {"handler": name}, format="json"),
        )
        for name in names
    ]
    for said in zip(*told, strict=True):
        assert {each.status_code for each in said} == {403} and len({each.content for each in said}) == 1


def test_an_account_that_cannot_handle_a_case_reads_like_none(case, member):
    """Issue 9: those who may name somebody are answered in one form."""
    address = f"/api/v1/cases/{case.pk}/handler"
    said = [
        as_(member).put(address, {"handler": name}, format="json") for name in accounts_of_each_kind()[1:]
    ]
    assert {each.status_code for each in said} == {400} and len({each.content for each in said}) == 1


def test_who_may_not_fill_a_seat_learns_of_no_account(case, member):
    """Issue 9: the permission comes before the account, for members and alternates."""
    names, client = accounts_of_each_kind(), as_(factories.an_account("outsider"))
    for alternate in (False, True):
        body = {
            "seat": "legal",
            "valid_from": str(calendar.today() + timedelta(days=3)),
            "alternate": alternate,
        }
        said = [client.post("/api/v1/terms", {**body, "user": name}, format="json") for name in names]
        assert {each.status_code for each in said} == {403} and len({each.content for each in said}) == 1
    said = [as_(member).post("/api/v1/terms", {**body, "user": name}, format="json") for name in names[1:]]
    assert {each.status_code for each in said} == {400} and len({each.content for each in said}) == 1


def test_who_may_not_put_a_seat_to_the_board_learns_of_no_account(case, member):
    """Issue 9: the same for a case about a seat; whoever may is answered in one form of all that are none."""
    names, body = accounts_of_each_kind(), {"kind": "seat", "subject": "x", "question": "Why not?"}
    for client, asked, code in (
        (as_(factories.an_account("outsider")), names, 403),
        (as_(member), names[1:], 400),
    ):
        said = [
            client.post("/api/v1/cases", {**body, "seat": {"seat": "hr", "user": name}}, format="json")
            for name in asked
        ]
        assert {each.status_code for each in said} == {code} and len({each.content for each in said}) == 1
    opened = as_(member).post(
        "/api/v1/cases", {**body, "seat": {"seat": "hr", "user": "in-use"}}, format="json"
    )
    assert (opened.status_code, opened.json()["seat"]["alternate"]) == (201, True)


def test_who_is_not_invited_learns_of_no_invitation(case):
    """Issue 9: nor of an account, by inviting without being the founder."""
    in_use = factories.an_account("in-use")
    with factories.past_trigger("board_invitation", "invited_before_the_founding"):
        theirs = Invitation.objects.create(
            seat=factories.a_seat(SeatKind.HR),
            user=in_use,
            invited_by=factories.system(),
        )
        on_the_log.tell_of(theirs)
    outsider = as_(factories.an_account("outsider"))
    assert outsider.get("/api/v1/invitations").json()["results"] == []
    unknown = f"/api/v1/invitations/{uuid4()}/accept"
    said = [outsider.post(path) for path in (unknown, f"/api/v1/invitations/{theirs.pk}/accept")]
    assert {each.status_code for each in said} == {404} and len({each.json()["detail"] for each in said}) == 1
    said = [
        outsider.post("/api/v1/invitations", {"seat": "hr", "user": name}, format="json")
        for name in (*accounts_of_each_kind(), "")
    ]
    assert {each.status_code for each in said} == {403} and len({each.content for each in said}) == 1


@pytest.mark.stands_on("begun")
def test_a_programme_is_founded_over_the_api(begun):
    """Issue 9: invited, accepted, put to the vote and in force, by the same services."""
    founder = as_(begun["founder"])
    members = {seat: factories.an_account(f"first-{seat.value}") for seat in SeatKind}
    for seat, user in members.items():
        made = founder.post("/api/v1/invitations", {"seat": seat, "user": user.username}, format="json")
        assert made.status_code == 201
        accepted = as_(user).post(f"/api/v1/invitations/{made.json()['id']}/accept")
        assert accepted.json()["accepted_at"]
    assert as_(begun["somebody"]).post("/api/v1/founding", {}, format="json").status_code == 403
    case = founder.post("/api/v1/founding", {"data_from": "2025-01-01", "because": "A year."}, format="json")
    assert case.json()["founding"] == {"data_from": "2025-01-01", "because": "A year."}
    for seat, user in members.items():
        ballot = as_(user).post(
            f"/api/v1/cases/{case.json()['id']}/ballots", {"seat": seat, "vote": "approve"}, format="json"
        )
        assert ballot.status_code == 201
    held = founder.get("/api/v1/seats").json()
    assert {each["seat"]: each["member"] for each in held} == {
        seat: user.username for seat, user in members.items()
    }


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
    today = calendar.today()
    body = {"rule_id": "AR01", "decision": "retrospective", "starts_on": str(today), "reason": "x"}
    body["ends_on"] = str(today.replace(year=today.year + 1, day=1))
    reply = as_(member).post("/api/v1/waivers", body, format="json")
    assert (reply.status_code, reply.json()["code"]) == (400, "never_waivable")


def test_seats_and_terms_are_read_by_all_and_filled_by_who_may(case, member):
    """S48, issue 3 item 8, issue 9: members, alternates and terms over the API; nobody puts themself on a seat."""
    admin = factories.an_account("admin")
    factories.a_role(admin, GrantedRole.ADMIN)
    client, path, begins = as_(member), "/api/v1/terms", calendar.today() + timedelta(days=3)
    body = {"seat": "legal", "user": "owner", "valid_from": str(begins), "alternate": True}
    early = client.post(path, {**body, "valid_from": str(calendar.today())}, format="json")
    assert (early.json()["field"], early.json()["code"]) == ("valid_from", "too_early")
    made = client.post(path, body, format="json")
    assert (made.status_code, made.json()["valid_to"]) == (201, None)
    seats = {each["seat"]: each for each in as_(factories.an_account()).get("/api/v1/seats").json()}
    assert (seats["legal"]["member"], seats["legal"]["alternates"]) == ("board-legal", [])
    listed = client.get(path, {"seat": "legal", "user": "owner"}).json()["results"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    end, last = f"{path}/{made.json()['id']}/end", str(begins + timedelta(days=5))
    assert client.post(end, {"valid_to": "2025-01-01"}, format="json").json()["field"] == "valid_to"
    assert client.post(end, {"valid_to": last}, format="json").json()["valid_to"] == last
    confirm = as_(admin).post(f"{path}/{made.json()['id']}/confirm", {}, format="json")
    assert (confirm.status_code, confirm.json()["code"]) == (403, "not_another_member")
    for wrong, field in (
        ({"seat": "king"}, "seat"),
        ({"user": "nobody-here"}, "user"),
        ({"note": "x"}, "note"),
    ):
        assert client.post(path, {**body, **wrong}, format="json").json()["field"] == field
    assert client.post(path, {**body, "user": member.username}, format="json").status_code == 403
    for user in (admin, factories.an_account("root", is_superuser=True)):
        assert as_(user).post(path, body, format="json").status_code == 403


def test_lists_of_the_board_cost_a_pinned_number_of_statements(case, member):
    """DESIGN, Style: pinned query counts, whoever handles the cases and however many there are."""
    client = as_(member)
    costs: list[list[int]] = []
    for slug in ("pr-age", "pr-size"):
        other = factories.an_open_case(slug)
        services.name_handler(case=other, handler=factories.an_account(f"of-{slug}"), by=member)
        client.get("/api/v1/cases")
        costs.append([])
        for path in ("cases", "terms", "seats"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/api/v1/{path}").status_code == 200
            costs[-1].append(len(captured))
    assert costs[0] == costs[1] == [3, 2, 3]


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
