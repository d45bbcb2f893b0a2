"""The pages of the board's seats: founded, read by everybody, changed by who may, one thing a page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from governance.board import services
from governance.board.models import Case, Invitation
from governance.board.states import NOTICE_DAYS, CaseKind, SeatKind, Vote
from governance.people.models import User
from ground import calendar
from tests import factories
from tests.governance.board.test_founding import begun
from tests.governance.board.test_seats import house, propose, vacate

__all__ = ["begun", "house"]

pytestmark = pytest.mark.django_db
LEGAL, HR = SeatKind.LEGAL, SeatKind.HR


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_a_programme_is_begun_and_founded_on_its_pages(by):
    """Issue 9: from nothing to a board at work, each by their own sign-in, and home says what comes next."""
    founder, other = factories.an_administrator("founder"), factories.an_account("other")
    home = text(as_(founder).get("/"))
    assert "Begin the programme" in home and "Begin the programme" not in text(as_(other).get("/"))
    given = {"name": "Clear View", "purpose": "To help.", "time_zone": "Europe/Berlin"}
    assert as_(founder).post("/board/begin", {**given, "time_zone": "Mars"}).status_code == 400
    assert as_(founder).post("/board/begin", given).status_code == 302
    factories.the_contract()
    factories.the_course()
    members = {seat: factories.an_account(f"first-{seat.value}") for seat in SeatKind}
    for seat, user in members.items():
        invited = as_(founder).post(reverse("board-invite", args=[seat.value]), {"user": user.username})
        assert invited.status_code == 302
        page = reverse("board-invitation", args=[Invitation.objects.get(user=user).pk])
        if seat == LEGAL:
            assert "You are invited to the seat “Legal”" in text(as_(user).get("/"))
            assert "Accept the seat" in text(as_(user).get(page))
            assert as_(other).get(page).status_code == 404
            assert as_(other).post(f"{page}/accept").status_code == 404
            assert as_(founder).post(f"{page}/accept").status_code == 403
        assert as_(user).post(f"{page}/accept").status_code == 302
    assert members[LEGAL].name not in text(as_(other).get("/board"))
    wrong = as_(founder).post("/board/found", {"data_from": "2025-01-01", "because": ""})
    assert wrong.status_code == 400
    put = as_(founder).post("/board/found", {"data_from": "2025-01-01", "because": "To see a season."})
    case = Case.objects.get()
    assert put["Location"] == reverse("case", args=[case.pk])
    assert as_(other).get(put["Location"]).status_code == 403
    assert "Vote on the founding" in text(as_(members[LEGAL]).get("/"))
    assert "Your ballot" in text(as_(members[LEGAL]).get(put["Location"]))
    for seat, user in members.items():
        said = as_(user).post(put["Location"] + "/ballot", {"seat": seat.value, "vote": "approve"})
        assert said.status_code == 302
    programme = Programme.objects.get()
    assert (programme.state, str(programme.data_from)) == (ProgrammeState.ACTIVE, "2025-01-01")
    board = text(as_(other).get("/board"))
    assert all(user.name in board for user in members.values()) and "By the founding" in board
    assert "2025-01-01" in text(as_(other).get(put["Location"]))


def test_an_invitation_is_withdrawn_or_declined(begun):
    """Issue 9: by the founder or by whoever is invited; a seat has one at a time."""
    founder, candidate = as_(begun["founder"]), as_(begun["candidate"])
    for client in (founder, candidate):
        founder.post("/board/legal/invite", {"user": "candidate"})
        again = founder.post("/board/legal/invite", {"user": "somebody"})
        assert again.status_code == 400 and "invited to this seat already" in text(again)
        standing = Invitation.objects.get(ended_at__isnull=True)
        assert client.post(reverse("board-invitation-end", args=[standing.pk])).status_code == 302
    assert not Invitation.objects.filter(ended_at__isnull=True).exists()
    assert founder.post("/board/legal/invite", {"user": "founder"}).status_code == 403
    assert founder.get("/board/king/invite").status_code == 404
    early = founder.get("/board/found")
    assert early.status_code == 409 and "Nobody has accepted these seats yet" in text(early)


def test_who_sits_where_is_read_by_everybody(house):
    """Issue 9: since when, until when, by whom, and what is under way."""
    services.end_term(
        term=house["product"].terms.get(), valid_to=calendar.today() + timedelta(days=9), by=house["product"]
    )
    vacate(house, LEGAL)
    term = propose(house)
    services.confirm_member(term=term, by=house["hr"])
    propose(house, HR, user=house["owner"], alternate=True, by=house["hr"])
    page = text(as_(factories.an_account("anybody")).get("/board"))
    for said in (
        "Vacant today",
        "To be confirmed",
        "confirmed by Board-Hr",
        "Announced",
        "Named by Board-Hr",
    ):
        assert said in page
    assert "Name an alternate" not in page and "Propose a member" not in page
    assert "Name an alternate" in text(as_(house["hr"]).get("/board"))
    assert "Propose a member" in text(as_(house["administrator"]).get("/board"))


def test_a_vacant_seat_is_filled_on_pages(house):
    """Issue 9: proposed by an administrator, told, confirmed by the others from home on, and ended."""
    vacate(house, LEGAL)
    first = calendar.today() + timedelta(days=NOTICE_DAYS)
    early = as_(house["administrator"]).post(
        "/board/legal/member", {"user": "candidate", "valid_from": calendar.today()}
    )
    assert early.status_code == 400 and "days before somebody sits" in text(early)
    as_(house["administrator"]).post("/board/legal/member", {"user": "candidate", "valid_from": first})
    term = house["candidate"].terms.get()
    page = reverse("board-term", args=[term.pk])
    assert "Confirm Candidate" in text(as_(house["hr"]).get("/"))
    assert "Decline the seat" in text(as_(house["candidate"]).get(page))
    for seat in ("hr", "security", "product"):
        assert as_(house[seat]).post(f"{page}/confirm").status_code == 302
    assert "Confirm Candidate" not in text(as_(house["hr"]).get("/"))
    ended = as_(house["candidate"]).post(f"{page}/end", {"last_day": first + timedelta(days=5)})
    assert ended.status_code == 302
    term.refresh_from_db()
    assert term.valid_to == first + timedelta(days=6)
    assert as_(house["hr"]).get(f"{page}/confirm").status_code == 409
    assert as_(house["owner"]).get(f"{page}/end").status_code == 403


def test_an_alternate_is_named_by_the_member_and_by_a_case(house):
    """Issue 9: on a page each; the case tells whom it seats."""
    first = calendar.today() + timedelta(days=NOTICE_DAYS)
    assert (
        as_(house["hr"]).post("/board/hr/alternate", {"user": "candidate", "valid_from": first}).status_code
        == 302
    )
    assert as_(house["hr"]).get("/board/legal/alternate").status_code == 403
    put = as_(house["administrator"]).post(
        "/board/legal/case", {"user": "owner", "alternate": "yes", "question": "Nobody else is there."}
    )
    case = Case.objects.get(kind=CaseKind.SEAT)
    assert put["Location"] == reverse("case", args=[case.pk])
    assert "Alternate" in text(as_(house["legal"]).get(put["Location"])) and "Owner" in text(
        as_(house["legal"]).get(put["Location"])
    )
    for seat in SeatKind:
        services.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, by=house[seat.value])
    assert house["owner"].terms.get().alternate
    assert "By a case of the board" in text(as_(house["owner"]).get("/board"))


def test_pages_of_seats_tell_of_no_account(house):
    """Issue 9: who may not name anybody is refused before anybody is looked up."""
    for page in ("legal/alternate", "legal/member", "legal/case", "legal/invite"):
        said = [
            as_(house["owner"]).post(f"/board/{page}", {"user": name}) for name in ("candidate", "nobody")
        ]
        assert {each.status_code for each in said} == {403}, page


def test_the_page_costs_the_same_however_many_sit(house):
    """Conventions: lists are pinned."""
    client = as_(house["owner"])
    client.get("/board")
    with CaptureQueriesContext(connection) as one:
        client.get("/board")
    for number in range(4):
        propose(house, HR, user=factories.an_account(f"alternate-{number}"), alternate=True, by=house["hr"])
    with CaptureQueriesContext(connection) as more:
        client.get("/board")
    assert len(more) == len(one) < 20
