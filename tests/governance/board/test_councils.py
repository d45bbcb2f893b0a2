"""Councils by territory: each holds a seat over its people, and a case hears those whose people it touches (issue 15)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from governance.board import councils, permissions, queries, services
from governance.board.models import Case, Seat
from governance.board.states import NOTICE_DAYS, CaseKind, CaseState, SeatKind, Vote
from ground import calendar, clock
from ground.errors import BadInput, Conflict, NotPermitted
from tests import factories, snapshots
from tests.governance.board.test_ties import find_constraint

pytestmark = [pytest.mark.django_db]

BERLIN, LYON = "council-berlin", "council-lyon"


def later(days: int = NOTICE_DAYS):
    """Noon, so many days from now."""
    day = calendar.today() + timedelta(days=days)
    return clock.stopped_at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def ask_for(council: str = "berlin", *places: str, **fields: object) -> Case:
    details = {"council": council, "name": f"Works council {council.title()}", "territory": places, **fields}
    return services.open_case(
        kind=CaseKind.COUNCIL, subject="A council", question="Does it hold a seat?", details=details,
        by=factories.system(),
    )  # fmt: skip


def a_question(**fields: object) -> Case:
    return services.open_case(
        kind=fields.pop("kind", CaseKind.EDGE_CASE),
        subject="x",
        question="Is it so?",
        by=factories.system(),
        **fields,
    )


def seat_one(council: str, user) -> None:
    """The board confirms the council's first member."""
    seat = councils.find_seat(f"council-{council}")
    admin = factories.an_administrator(f"admin-{council}")
    term = services.fill_seat(
        seat_kind=seat, user=user, valid_from=calendar.today() + timedelta(days=NOTICE_DAYS), by=admin
    )
    for kind in (SeatKind.HR, SeatKind.LEGAL, SeatKind.SECURITY, SeatKind.PRODUCT):
        term.refresh_from_db()
        if term.confirmed_at is None:
            services.confirm_member(
                term=term, by=term.seat.__class__.objects.get(kind=kind).terms.get(alternate=False).user
            )


@snapshots.fixture
def house(founded) -> dict[str, object]:
    """A board at work, people in two places, and a council that the board has given a seat over one of them."""
    factories.a_board()
    for number, place in enumerate(("Berlin", "Lyon")):
        person = factories.a_person(f"p{number}")
        factories.change(person, location=place)
    factories.a_decided_case(ask_for("berlin", "Berlin"))
    return {"council": factories.an_account("council-member"), "other": factories.an_account("other")}


def sit(house, council: str = "berlin", who: str = "council") -> None:
    seat_one(council, house[who])


def test_a_council_that_the_board_has_passed_holds_a_seat_over_its_people(house):
    """Issue 15: it is heard once its first member sits, with a ballot of its own, and the case waits for it."""
    assert a_question().asked == []
    sit(house)
    with later():
        case = a_question()
        assert case.asked == [BERLIN]
        factories.votes(case)
        case.refresh_from_db()
        assert case.state == CaseState.OPEN
        services.cast_ballot(
            case=case, seat_kind=councils.find_seat(BERLIN), vote=Vote.APPROVE, by=house["council"]
        )
        case.refresh_from_db()
        assert (case.state, case.outcome.votes) == (CaseState.APPROVED, 7)


def test_a_council_vetoes_as_the_worker_representation_does(house):
    """Issue 15: within the same field, and a veto stops the case."""
    sit(house)
    with later():
        case = a_question()
        seat = councils.find_seat(BERLIN)
        assert permissions.can_veto(seat, case)
        assert not permissions.can_veto(seat, Case(kind=CaseKind.SEAT))
        services.cast_ballot(
            case=case, seat_kind=seat, vote=Vote.VETO, reason="Not here.", by=house["council"]
        )
        factories.votes(case)
        case.refresh_from_db()
        assert case.state == CaseState.REJECTED
        assert "Works council Berlin" in case.outcome.minutes


def test_a_council_that_abstains_passes_nothing_that_the_worker_representation_must_vote_on(house, settings):
    """Issue 15 and S108: it must vote where that seat must; code and database count alike."""
    sit(house)
    with later():
        case = factories.an_open_case()
        factories.change(case.charter_version, document=_invasive(case))
        seat = councils.find_seat(BERLIN)
        services.cast_ballot(case=case, seat_kind=seat, vote=Vote.ABSTAIN, by=house["council"])
        factories.votes(case)
        case.refresh_from_db()
        assert case.state == CaseState.REJECTED
        assert "Works council Berlin" in case.outcome.minutes


def _invasive(case: Case) -> dict[str, object]:
    document = case.charter_version.document
    return {**document, "harms": {**document["harms"], "invasiveness": 4}}


def test_a_case_that_touches_none_of_its_people_is_not_its_to_vote_on(house):
    """Issue 15: it sees what everybody on the board sees, is not waited for, and its ballot is refused, by the database as well."""
    sit(house)
    with later():
        case = a_question(kind=CaseKind.AGREEMENT, places=["Lyon"])
        assert case.asked == []
        permissions.check_can_see_case(house["council"], case)
        assert not list(queries.list_cases_to_vote_on(house["council"]))
        with pytest.raises(NotPermitted) as refused:
            services.cast_ballot(
                case=case, seat_kind=councils.find_seat(BERLIN), vote=Vote.APPROVE, by=house["council"]
            )
        assert refused.value.code == "not_on_this_seat"
        with pytest.raises(DatabaseError) as stopped, transaction.atomic():
            case.ballots.create(seat=Seat.objects.get(kind=BERLIN), user=house["council"], sealed=b"x")
        assert find_constraint(stopped.value) == "ballot_by_who_holds_the_seat"
        factories.votes(case)
        case.refresh_from_db()
        assert case.state == CaseState.APPROVED


def test_no_case_for_everybody_is_opened_past_a_council(house):
    """Issue 15: whatever the code above does, the database asks every council whose people a case may touch."""
    sit(house)
    with later():
        now = clock.now()
        with pytest.raises(DatabaseError) as stopped, transaction.atomic():
            Case.objects.create(
                kind=CaseKind.EDGE_CASE, subject="x", question="y", opened_at=now, opened_by=factories.system(),
                closes_at=now + timedelta(days=14),
            )  # fmt: skip
        assert find_constraint(stopped.value) == "case_asks_the_councils"


def test_a_seat_that_fell_vacant_is_still_heard(house):
    """Issue 15: nobody is voted past a council by ending its member's term."""
    sit(house)
    with later():
        own = house["council"].terms.get()
        services.end_term(term=own, valid_to=calendar.today() + timedelta(days=1), by=house["council"])
    with later(NOTICE_DAYS + 1):
        assert a_question().asked == [BERLIN]
        assert BERLIN in queries.list_vacant_seats(calendar.today())


def test_a_council_where_nobody_works_is_not_asked(house):
    """Issue 15: a case touches none of its people where there are none."""
    sit(house)
    with later():
        for person in factories.Person.objects.filter(location="Berlin"):
            factories.change(person, location="Lyon")
        assert a_question().asked == []


def test_a_seat_that_the_board_ends_is_heard_no_longer(house):
    """Issue 15: an open case that asked it still does, so it is sat on until that is over, and is asked of no other."""
    sit(house)
    with later():
        before, end = a_question(), ask_for("berlin", ends=True)
        council = councils.find_seat(BERLIN)
        services.cast_ballot(case=end, seat_kind=council, vote=Vote.APPROVE, by=house["council"])
        factories.votes(end)
        assert (before.asked, a_question().asked) == ([BERLIN], [])
        assert councils.list_councils() == ()
    with later(NOTICE_DAYS + 1):
        services.cast_ballot(case=before, seat_kind=council, vote=Vote.APPROVE, by=house["council"])
        factories.votes(before)
        before.refresh_from_db()
        assert before.state == CaseState.APPROVED
    with clock.stopped_at(before.closes_at + timedelta(days=2)):
        assert not permissions.sits(house["council"])
        with pytest.raises(BadInput, match="has ended the seat"):
            ask_for("berlin", "Berlin")


def test_nobody_is_confirmed_on_a_seat_that_was_ended_meanwhile(house):
    """Issue 15: who was proposed before it ended is confirmed no more."""
    proposed = services.fill_seat(
        seat_kind=councils.find_seat(BERLIN), user=house["council"],
        valid_from=calendar.today() + timedelta(days=NOTICE_DAYS), by=factories.an_administrator(),
    )  # fmt: skip
    factories.votes(ask_for("berlin", ends=True))
    with pytest.raises(BadInput, match="has ended it"):
        services.confirm_member(
            term=proposed, by=Seat.objects.get(kind=SeatKind.HR).terms.get(alternate=False).user
        )


def test_no_council_is_asked_for_before_the_programme_is_in_force(house, monkeypatch):
    """Issue 15: the six found it; a seventh would let no founding close, in the code or in the database."""
    monkeypatch.setattr("governance.board.council_effects.is_in_force", lambda: False)
    with pytest.raises(Conflict, match="in force"):
        ask_for("lyon", "Lyon")


def test_a_council_is_not_invited_to_found_a_programme(house, monkeypatch):
    """Issue 15: by no page, and by the API with a sentence."""
    ask_for("lyon", "Lyon")
    for check in ("check_can_invite", "check_can_invite_this"):
        monkeypatch.setattr(permissions, check, lambda *_given: None)
    seat = councils.find_seat(LYON)
    with pytest.raises(BadInput, match="six seats"):
        services.invite_member(seat_kind=seat, user=house["other"], by=factories.an_administrator())


@pytest.mark.parametrize(
    ("details", "field", "word"),
    [
        ({"territory": ["Berln"]}, "territory", "“Berlin”"),
        ({"territory": []}, "territory", "locations"),
        ({"council": "Not A Slug"}, "council", "short name"),
        ({"name": ""}, "name", "called"),
        ({"territory": [], "ends": True}, "council", "No council"),
        ({"colour": "red"}, "colour", "colour"),
        ({"council": "berlin", "name": "Another"}, "name", "Works council Berlin"),
    ],
)
def test_what_is_wrong_with_a_council_is_said_beside_it(house, details, field, word):
    """Issue 15: a territory is a location of the organisation's data; a slip of the pen is answered with the nearest."""
    with pytest.raises(BadInput) as refused:
        ask_for(**{"council": "lyon", "territory": ["Lyon"], **details})
    assert refused.value.field == field and word in refused.value.detail
    assert not Case.objects.filter(kind=CaseKind.COUNCIL, state=CaseState.OPEN).exists()


def test_nobody_is_named_for_a_council_that_has_no_seat(house):
    """Issue 15: the board gives the seat before anybody sits on it."""
    ask_for("lyon", "Lyon")
    with pytest.raises(BadInput):
        seat_one("lyon", house["other"])


def test_a_council_suspends_where_its_people_are(house, active_charter):
    """Issue 15: as the worker seat does, with its own name on the suspension."""
    sit(house)
    with later():
        made = services.suspend(
            version=active_charter,
            seat_kind=councils.find_seat(BERLIN),
            reason="It harms.",
            by=house["council"],
        )
        assert (str(made.seat), made.case.asked) == ("Works council Berlin", [BERLIN])


def test_by_page_and_by_api(house, client):
    """Issue 15: an administrator puts it to the board on a page or over the API; the page of the board shows whose people it speaks for."""
    admin = factories.an_administrator("admin")
    client.force_login(admin)
    given = {"council": "lyon", "name": "Comité Lyon", "territory": ["Lyon"], "question": "Why not?"}
    assert client.post("/board/councils/new", {**given, "territory": ["Paris"]}).status_code == 400
    assert client.post("/board/councils/new", given).status_code == 302
    case = Case.objects.get(kind=CaseKind.COUNCIL, state=CaseState.OPEN)
    assert "Comité Lyon" in client.get(f"/cases/{case.pk}").content.decode()
    factories.votes(case)
    page = client.get("/board").content.decode()
    assert "For the people of Berlin." in page and "Comité Lyon" in page
    api = Client(headers={"authorization": f"Token {factories.a_token(admin)}"})
    body = {
        "kind": "council",
        "subject": "Ends",
        "question": "Why?",
        "council": {"council": "lyon", "ends": True},
    }
    opened = api.post("/api/v1/cases", body, content_type="application/json")
    assert (opened.status_code, opened.json()["council"]["ends"]) == (201, True)
    assert LYON in [each["seat"] for each in api.get("/api/v1/seats").json()]
    wrong = {**body, "council": {"council": "paris", "name": "Paris", "territory": ["Berln"]}}
    refused = api.post("/api/v1/cases", wrong, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_place")
