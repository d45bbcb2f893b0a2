"""Holds and context notes in the API: what goes in, what comes out, and to whom."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charter.rules.vocabulary import ContextKind
from governance.board.states import SeatKind
from governance.decisions.models import ContextNote, Hold
from governance.people.models import GrantedRole, Person, Team
from tests import factories
from tests.governance.decisions.test_notes import a_note

HOLDS, NOTES = "/api/v1/holds", "/api/v1/context-notes"
A_HOLD = {
    "metric": "lead-time-for-changes",
    "cohort": "team:payments",
    "starts_on": "2026-01-01",
    "ends_on": "2026-02-01",
    "cause": "data_quality",
    "reason": "Counted twice.",
}
A_NOTE = {
    "kind": "migration",
    "team": "payments",
    "starts_on": "2026-01-01",
    "ends_on": "2026-02-01",
    "says": "To the new build farm.",
}


@pytest.fixture
def call(house, client):
    """Ask the API as an account; gives status and body."""
    tokens = {}

    def _call(by, path, body=None):
        if by not in tokens:
            tokens[by] = factories.a_token(by)
        headers = {"HTTP_AUTHORIZATION": f"Token {tokens[by]}"}
        if body is None:
            response = client.get(path, **headers)
        else:
            response = client.post(path, json.dumps(body), content_type="application/json", **headers)
        return response.status_code, json.loads(response.content)

    return _call


def test_a_hold_is_placed_listed_and_released(call, house):
    """Issue 4, item 3: REST."""
    status, placed = call(house.auditor, HOLDS, A_HOLD)
    assert status == 201 and placed["under_review"] and placed["cause"] == "data_quality"
    status, listed = call(house.auditor, f"{HOLDS}?under_review=true&metric=lead-time-for-changes")
    assert [each["id"] for each in listed["results"]] == [placed["id"]]
    status, ended = call(house.auditor, f"{HOLDS}/{placed['id']}/release", {"why": "Recounted."})
    assert status == 200 and not ended["under_review"]
    assert call(house.auditor, f"{HOLDS}?under_review=true")[1]["results"] == []


def test_the_board_sees_what_is_under_review_and_not_why(call, house):
    """DESIGN, Board and appeals: cause, reason, who and when are for auditors and whoever placed it."""
    call(house.auditor, HOLDS, A_HOLD)
    seat = factories.a_board()[SeatKind.LEGAL]
    call(seat, HOLDS, {**A_HOLD, "reason": "Ours."})
    (_, told) = call(seat, HOLDS)
    known = {each["reason"]: each for each in told["results"]}
    assert known.keys() == {None, "Ours."}
    assert {known[None][name] for name in ("cause", "placed_at", "placed_by")} == {None}


@pytest.mark.parametrize("who", ["manager", "employee", "stranger"])
def test_nobody_else_sees_a_hold(call, house, who):
    """Issue 4, item 3: nobody else sees more than “under review”."""
    _, placed = call(house.auditor, HOLDS, A_HOLD)
    assert call(getattr(house, who), HOLDS)[1]["results"] == []
    assert call(getattr(house, who), f"{HOLDS}/{placed['id']}/release", {"why": "x"})[0] == 404
    assert call(getattr(house, who), HOLDS, A_HOLD)[0] == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"metric": "no-such"}, "metric"),
        ({"cohort": "team:no-such"}, "cohort"),
        ({"person": "no-such", "cohort": None}, "person"),
        ({"ends_on": "2026-01-01"}, "ends_on"),
        ({"ends_on": "9999-99-99"}, "ends_on"),
        ({"cause": "appeal!"}, "cause"),
        ({"reason": ""}, "reason"),
        ({"favourite": 1}, "favourite"),
    ],
)
def test_what_cannot_be_a_hold_names_its_field(call, house, changes, field):
    """Issue 4, bad input."""
    status, problem = call(house.auditor, HOLDS, {**A_HOLD, **changes})
    assert (status, problem["field"]) == (400, field) and not Hold.objects.exists()


def test_an_appeals_hold_is_nobodys_to_place_here(call, house):
    """Issue 4, item 3: the system account places it, so that no record names who appealed."""
    status, problem = call(house.auditor, HOLDS, {**A_HOLD, "cause": "appeal"})
    assert (status, problem["field"]) == (403, "cause")


@pytest.mark.parametrize("who", ["stranger", "manager", "owner"])
def test_what_one_may_not_hold_reads_like_what_is_not_there(call, house, who):
    """Issue 9: the metric and the cohort were judged before the right: permission comes first, with one answer."""
    by = factories.an_account("other-owner") if who == "owner" else getattr(house, who)
    if who == "owner":  # of another metric
        factories.a_submitted_charter("pr-size", owner=by)
    words = [
        {"metric": "no-such"},
        {"cohort": "team:no-such"},
        {"metric": "no-such", "cohort": "team:no-such"},
    ]
    told = [call(by, HOLDS, {**A_HOLD, **each}) for each in ({}, *words)]
    assert told[0][0] == 403 and told == [told[0]] * 4
    if who != "owner":
        ill: list[dict[str, Any]] = [
            {"ends_on": "9999-99-99"},
            {"cause": "appeal!"},
            {"reason": ""},
            {"favourite": 1},
            {"metric": 7},
        ]
        assert [call(by, HOLDS, {**A_HOLD, **each}) for each in ill] == [told[0]] * 5


def of_person(name):
    return {**A_HOLD, "cohort": None, "person": name}


def note_on(name):
    return {**A_NOTE, "team": None, "person": name}


@pytest.mark.parametrize("who", ["owner", "seat", "stranger", "manager"])
@pytest.mark.parametrize(("path", "about"), [(HOLDS, of_person), (NOTES, note_on)], ids=["hold", "note"])
def test_a_person_out_of_reach_reads_like_one_who_is_not_there(call, house, path, about, who):
    """Issue 9: nobody learns who works here by holds and notes; body, code and statements are the same."""
    by = {
        "owner": house.lead_time.metric.owner,
        "seat": factories.a_board()[SeatKind.LEGAL],
        "stranger": house.stranger,
        "manager": house.manager,
    }[who]
    call(by, path)
    told, cost = [], []
    for name in ("search-1", "nobody"):
        with CaptureQueriesContext(connection) as asked:
            told.append(call(by, path, about(name)))
        cost.append(len(asked))
    assert told[0] == told[1] and told[0][0] == 403 and cost[0] == cost[1]
    refused_before = path == HOLDS and who in ("stranger", "manager")
    assert told[0][1]["field"] == ("cause" if refused_before else "person")
    assert not Hold.objects.exists() and not ContextNote.objects.exists()


def test_hr_is_told_that_there_is_nobody_of_a_name(call, around_payments):
    """Issue 9: HR may speak of anybody, so that to HR a name that is misspelt is one, in holds and in notes."""
    for path, about in ((HOLDS, of_person), (NOTES, note_on)):
        status, problem = call(around_payments["hr"], path, about("nobody"))
        assert (status, problem["field"], problem["code"]) == (400, "person", "does_not_exist")


def test_an_owner_holds_the_values_of_those_they_lead(call, house):
    """Issue 9: of a person within reach, and of nobody else."""
    owner = house.lead_time.metric.owner
    factories.a_role(owner, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    status, placed = call(owner, HOLDS, of_person("payments-2"))
    assert (status, placed["person"]) == (201, "payments-2")
    assert call(owner, HOLDS, of_person("search-1")) == call(owner, HOLDS, of_person("nobody"))


def test_a_hold_names_its_person_to_those_alone_whose_role_needs_it(call, house):
    """Issue 9: to the board and whoever else placed it, it is of one person."""
    admin, seat = factories.an_account("an-admin"), factories.a_board()[SeatKind.LEGAL]
    factories.a_role(admin, GrantedRole.ADMIN)
    status, placed = call(admin, HOLDS, of_person("payments-2"))
    assert (status, placed["person"], placed["whose"]) == (201, None, "person")
    for by, person in ((admin, None), (seat, None), (house.auditor, "payments-2")):
        (told,) = call(by, HOLDS)[1]["results"]
        assert (told["person"], told["whose"]) == (person, "person")
    factories.a_role(seat, GrantedRole.MANAGER, team=Team.objects.get(slug="payments"))
    assert call(seat, HOLDS)[1]["results"][0]["person"] == "payments-2"
    (ended,) = [call(admin, f"{HOLDS}/{placed['id']}/release", {"why": "Done."})[1]]
    assert (ended["person"], ended["whose"]) == (None, "person")
    assert call(house.auditor, HOLDS, A_HOLD)[1]["whose"] == "cohort"


def test_a_note_is_proposed_and_confirmed(call, house):
    """Issue 4, item 3: REST; by somebody of the team, confirmed by its manager."""
    status, made = call(house.employee, NOTES, A_NOTE)
    assert status == 201 and (made["state"], made["effect"]) == ("proposed", "annotate")
    assert call(house.employee, f"{NOTES}/{made['id']}/confirm", {})[0] == 403
    status, confirmed = call(house.manager, f"{NOTES}/{made['id']}/confirm", {})
    assert (status, confirmed["state"], confirmed["confirmed_by"]) == (200, "confirmed", "manager")
    assert call(house.manager, f"{NOTES}/{made['id']}/confirm", {})[0] == 409
    both = call(
        house.stranger, f"{NOTES}?team=payments&state=confirmed&state=proposed&kind=migration&kind=on_call"
    )[1]
    assert {each["kind"] for each in both["results"]} <= {"migration", "on_call"} and both["results"]
    found = call(house.stranger, f"{NOTES}?team=payments&state=confirmed&touches_from=2026-01-31")[1]
    assert [each["says"] for each in found["results"]] == ["To the new build farm."]


def test_a_note_is_turned_down_with_why(call, house):
    """Issue 4, item 3."""
    _, made = call(house.employee, NOTES, A_NOTE)
    assert call(house.manager, f"{NOTES}/{made['id']}/turn-down", {"why": " "})[0] == 400
    status, told = call(house.manager, f"{NOTES}/{made['id']}/turn-down", {"why": "It was in May."})
    assert (status, told["state"], told["turned_down_because"]) == (200, "turned_down", "It was in May.")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "holiday"}, "kind"),
        ({"team": "no-such"}, "team"),
        ({"team": None}, "team"),
        ({"metric": "no-such"}, "metric"),
        ({"starts_on": "2026-02-30"}, "starts_on"),
        ({"ends_on": "2025-01-01"}, "ends_on"),
        ({"says": ""}, "says"),
        ({"kind": "stretch", "ends_on": None}, "ends_on"),
    ],
)
def test_what_cannot_be_a_note_names_its_field(call, house, changes, field):
    """Issue 4, bad input; S124: a stretch cannot be open-ended."""
    status, problem = call(house.manager, NOTES, {**A_NOTE, **changes})
    assert (status, problem["field"]) == (400, field) and not ContextNote.objects.exists()


def test_why_somebody_is_away_is_told_by_its_group(call, around_payments):
    """S80, privacy: whoever may confirm it sees group and days; the kind is the person's own affair."""
    leave = a_note(
        kind=ContextKind.PARENTAL_LEAVE, person=around_payments["concerned"].person, says="A child."
    )
    for who in ("superior", "auditor"):
        told = call(around_payments[who], f"{NOTES}/{leave.pk}")[1]
        assert (told["kind"], told["group"], told["says"]) == (None, "context_applies", "")
    for who in ("concerned", "hr"):
        told = call(around_payments[who], f"{NOTES}/{leave.pk}")[1]
        assert (told["kind"], told["says"]) == ("parental_leave", "A child.")
    assert call(around_payments["colleague"], f"{NOTES}/{leave.pk}")[0] == 404
    assert call(around_payments["superior"], f"{NOTES}?kind=parental_leave")[0] == 400


@pytest.mark.parametrize(
    "who", ["concerned", "colleague", "superior", "manager", "lead", "hr", "auditor", "stranger"]
)
def test_the_list_holds_what_one_may_see(call, around_payments, who):
    """Privacy: list and permission say the same of each note."""
    from governance.decisions import permissions
    from governance.decisions.queries import list_visible_notes
    from ground.errors import NotFound

    made = [
        a_note(),
        a_note(kind=ContextKind.LEAVE, person=around_payments["concerned"].person),
        a_note(kind=ContextKind.LEAVE, person=Person.objects.get(external_id="search-1")),
    ]

    def sees(note) -> bool:
        try:
            permissions.check_can_see_note(around_payments[who], note)
        except NotFound:
            return False
        return True

    assert set(list_visible_notes(around_payments[who])) == {note for note in made if sees(note)}


@pytest.mark.parametrize("path", [HOLDS, NOTES])
def test_lists_cost_the_same_however_long(call, house, path):
    """DESIGN, Style: every list has a pinned query count."""
    factories.a_role(house.manager, GrantedRole.HR)
    counts = []
    for month in range(1, 4):
        days = {"starts_on": f"2025-0{month}-01", "ends_on": f"2025-0{month}-20"}
        call(house.auditor, HOLDS, {**A_HOLD, **days})
        call(house.manager, NOTES, {**A_NOTE, **days})
        call(house.manager, NOTES, {**A_NOTE, "kind": "leave", "team": None, "person": "payments-2", **days})
        call(house.auditor, path)
        with CaptureQueriesContext(connection) as captured:
            call(house.auditor, path)
        counts.append(len(captured))
    assert len(set(counts)) == 1 and counts[0] <= 8, counts


def test_what_the_api_answers_is_kept_by_no_cache(house, client):
    """Issue 9, second attack: pages were private, the API's answers said nothing; refusals and errors count as answers."""
    token = factories.a_token(house.manager)
    for path, headers in ((HOLDS, {"authorization": f"Token {token}"}), (HOLDS, {}), ("/api/v1/no-such", {})):
        reply = client.get(path, headers=headers)
        assert {"private", "no-store"} <= set(reply["Cache-Control"].split(", ")), path
        assert "Authorization" in reply["Vary"]
