"""Pages of what bears on values: a team's context, one note, and values under review."""

from datetime import date

import pytest

from charter.rules.vocabulary import ContextKind
from governance.board.states import SeatKind
from governance.decisions.models import ContextNote, Hold
from governance.decisions.states import HoldCause
from governance.people.models import Cohort, GrantedRole, Person
from tests import factories
from tests.governance.decisions.test_holds import a_hold
from tests.governance.decisions.test_values import a_note

A_NOTE = {
    "whose": "team",
    "kind": "migration",
    "service": "",
    "metric": "",
    "starts_on": "2026-01-10",
    "last_day": "2026-01-19",
    "says": "To the new build farm.",
}
A_HOLD = {
    "whose": "cohort",
    "cohort": "team:payments",
    "starts_on": "2026-01-01",
    "last_day": "2026-01-31",
    "cause": "data_quality",
    "reason": "Counted twice.",
}
PLACE = "/metrics/lead-time-for-changes/hold"


# Notes


def test_a_note_goes_from_who_knows_to_who_confirms(browse, house):
    """Issue 4, item 3: proposed on the team's page, found waiting by its manager, confirmed, and beside the value."""
    assert browse("/teams/payments/context", by=house.employee).says("No notes yet", "Add a note")
    assert browse("/context/new?team=payments", by=house.employee, data=A_NOTE).status == 302
    note = ContextNote.objects.get()
    assert (note.team.slug, note.ends_on, note.proposed_by) == ("payments", date(2026, 1, 20), house.employee)
    assert browse("/").says("1 context note waits for you")
    assert browse("/context").says("Waiting for you", "Migration, Payments")
    page = browse(f"/context/{note.pk}")
    assert page.says("To the new build farm.", "10 January 2026 to 19 January 2026", "Confirm it")
    assert browse(f"/context/{note.pk}/confirm", data={}).status == 302
    assert browse(f"/context/{note.pk}", by=house.stranger).says("Confirmed", "Confirmed by Manager")
    assert not browse("/").says("context note waits")


def test_a_note_is_turned_down_with_its_reason(browse, house):
    """Issue 4, item 3: without one it is asked for again, beside its field."""
    note = a_note(confirmed=False)
    page = browse(f"/context/{note.pk}/turn-down", data={"why": ""})
    assert page.status == 400 and page.says("There is a problem", "Say why it does not stand")
    assert browse(f"/context/{note.pk}/turn-down", data={"why": "It was in May."}).status == 302
    assert browse(f"/context/{note.pk}").says("Turned down by Manager", "It was in May.")


def test_hr_finds_every_note_that_waits(browse, house):
    """Issue 4, item 3: what home counts is on the page that it leads to."""
    browse("/context/new?team=payments", by=house.employee, data=A_NOTE)
    hr = factories.an_account("an-hr")
    factories.a_role(hr, GrantedRole.HR)
    assert browse("/", by=hr).says("1 context note waits for you")
    assert browse("/context", by=hr).says("Waiting for you", "Migration, Payments")


def test_a_note_of_ones_own_can_be_taken_back_and_not_confirmed(browse, house):
    """Issue 4, item 3, bad input: the door offers neither, and the service refuses."""
    browse("/context/new?team=payments", data=A_NOTE)
    note = ContextNote.objects.get()
    page = browse(f"/context/{note.pk}")
    assert page.says("Take it back") and not page.says("Confirm it")
    refused = browse(f"/context/{note.pk}/confirm", data={})
    assert refused.status == 403 and refused.says("Nobody confirms a note of their own")


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"kind": ""}, "kind", "Choose what kind of thing it was"),
        ({"says": ""}, "says", "Say what was going on"),
        ({"starts_on": "soon"}, "starts_on", "enter a day such as"),
        ({"last_day": "2026-01-01"}, "last_day", "must end after it begins"),
        ({"last_day": "9999-12-31"}, "last_day", "enter a day such as"),
        ({"kind": "stretch", "last_day": "2026-12-31"}, "last_day", "A stretch period has an end in sight"),
        ({"kind": "parental_leave"}, "kind", "own affair"),
        ({"whose": "person", "person": ""}, "person", "Say who it is about"),
        ({"whose": "person", "person": "search-1"}, "person", "A note about a person comes from that person"),
        ({"whose": "person", "person": "nobody"}, "person", "A note about a person comes from that person"),
    ],
)
def test_what_cannot_be_a_note_is_said_beside_its_field(browse, changes, field, said):
    """Issue 4, bad input."""
    page = browse("/context/new?team=payments", data=A_NOTE | changes)
    assert page.status in (400, 403) and said in " ".join(page.response.context["form"].errors[field])
    assert not ContextNote.objects.exists()


def test_an_overlap_is_said_beside_its_first_day(browse):
    """Issue 4, bad input: overlapping windows."""
    browse("/context/new?team=payments", data=A_NOTE)
    page = browse("/context/new?team=payments", data=A_NOTE)
    assert page.status == 400 and "starts_on" in page.response.context["form"].errors


def test_somebody_speaks_for_themself(browse, house):
    """S80, S81: one's own leave, which others read as being away."""
    leave = A_NOTE | {"whose": "self", "kind": "parental_leave", "says": "A child was born."}
    assert browse("/context/new", by=house.employee, data=leave).status == 302
    note = ContextNote.objects.get()
    assert browse("/context", by=house.employee).says("Parental leave", "A child was born.")
    mine, theirs = browse(f"/context/{note.pk}", by=house.employee), browse(f"/context/{note.pk}")
    assert mine.says("A child was born.") and not mine.says("Confirm it")
    assert theirs.says("Context applies", "told to nobody but the person and HR", "Confirm it")
    for words in ("Parental", "child"):
        assert words not in theirs.html and words not in browse("/teams/payments/context").html
        assert words not in browse("/context").html
    assert browse("/teams/payments/context").says("Context applies")
    assert browse(f"/context/{note.pk}", by=house.stranger).status == 404


@pytest.mark.parametrize("kind", ["leave", "parental_leave", "rest_after_intensity", "caregiving"])
def test_no_reason_is_asked_of_what_is_a_person_s_own_affair(browse, house, kind):
    """Issue 12, 2: leave without a reason; no private kind can be told from another by anybody else."""
    note = A_NOTE | {"whose": "self", "kind": kind, "says": ""}
    assert browse("/context/new", by=house.employee, data=note).status == 302
    made = ContextNote.objects.get()
    assert made.says and made.private
    theirs = browse(f"/context/{made.pk}")
    assert theirs.says("Context applies", "It leaves these periods out of decisions about people.")
    assert str(made.about.label) not in theirs.text and f'"{kind}"' not in theirs.html


@pytest.mark.parametrize(
    "changes", [{"whose": "team", "kind": "leave"}, {"whose": "self", "kind": "mentoring"}]
)
def test_what_others_read_has_to_be_said(browse, house, changes):
    """Issue 12, 2: only of private kinds nothing is asked."""
    page = browse("/context/new?team=payments", by=house.employee, data=A_NOTE | changes | {"says": " "})
    assert page.status == 400 and page.says("Say what was going on")


def test_a_confirmed_note_about_oneself_can_be_contested(browse, house):
    """Issue 12, 2: contested by the person it is about."""
    about_me = A_NOTE | {"whose": "self", "kind": "mentoring"}
    browse("/context/new", by=house.employee, data=about_me)
    note = ContextNote.objects.get()
    browse(f"/context/{note.pk}/confirm", data={})
    assert browse(f"/context/{note.pk}", by=house.employee).says("Was it not so?", "Contest this note")


def test_a_stranger_has_nobody_to_speak_of(browse, house):
    """Issue 4, item 3: neither a team nor a person of theirs."""
    page = browse("/context/new?team=payments", by=house.stranger)
    assert page.status == 403 and page.says("You can speak of your own teams and of yourself.")
    assert not browse("/teams/payments/context", by=house.stranger).says("Add a note")


def test_another_team_is_found_by_its_name(browse):
    """Issue 4, item 3: a team's notes are open to everybody."""
    response = browse("/context?team=search").response
    assert (response.status_code, response["Location"]) == (302, "/teams/search/context")
    assert browse("/context?team=nowhere").status == browse("/teams/nowhere/context").status == 404


# Values under review


def test_a_review_begins_and_ends_on_the_metrics_page(browse, house):
    """Issue 4, item 3: offered to who may, confirmed on a page that says what follows, ended with why."""
    assert browse("/metrics/lead-time-for-changes", by=house.auditor).says("Put values under review")
    assert browse(PLACE, by=house.auditor).says("no decision about people can use these values")
    assert browse(PLACE, by=house.auditor, data=A_HOLD).status == 302
    hold = Hold.objects.get()
    assert (hold.cohort.slug, hold.ends_on, hold.cause) == ("team:payments", date(2026, 2, 1), "data_quality")
    page = browse("/metrics/lead-time-for-changes", by=house.auditor)
    assert page.says("Under review", "End the review")
    assert browse("/holds", by=house.auditor).says("Lead time for changes", "Team payments", "Counted twice.")
    release = f"/holds/{hold.pk}/release"
    assert browse(release, by=house.auditor, data={"why": ""}).status == 400
    assert browse(release, by=house.auditor, data={"why": "Recounted."}).status == 302
    assert browse(release, by=house.auditor).status == 409
    assert browse("/holds?state=ended", by=house.auditor).says("Review ended")


@pytest.mark.parametrize("who", ["manager", "employee", "stranger"])
def test_nobody_else_finds_holds_anywhere(browse, house, who):
    """Issue 4, item 3: nobody else sees more than “under review” beside the value."""
    hold = a_hold("lead-time-for-changes", reason="Contested.")
    reader = getattr(house, who)
    page = browse("/metrics/lead-time-for-changes", by=reader)
    assert not page.says("Under review") and not page.says("Put values under review")
    for path in ("/holds", PLACE):
        assert browse(path, by=reader).status == 403
    assert browse(f"/holds/{hold.pk}/release", by=reader).status == 404


def test_the_board_reads_what_and_not_why(browse, house):
    """DESIGN, Board and appeals: to others every hold reads the same."""
    for month, cause in enumerate(HoldCause, start=1):
        days = {"starts_on": date(2026, month, 1), "ends_on": date(2026, month, 20)}
        a_hold("lead-time-for-changes", cause=cause, reason=f"Because {cause}.", **days)
    page = browse("/holds", by=factories.a_board()[SeatKind.LEGAL])
    assert page.text.count("Under review") >= 3 and "Because" not in page.html
    said = page.html.split("<main", 1)[1].split("</main>")[0]
    for word in ("Data quality", "Administrator", "Appeal", "End the review"):
        assert word not in said


def test_an_appeals_hold_is_offered_to_nobody(browse, house):
    """Issue 4, item 3: the system account places and ends it."""
    assert "appeal" not in browse(PLACE, by=house.auditor).html.lower().replace("appeals", "")
    hold = a_hold("lead-time-for-changes", cause=HoldCause.APPEAL)
    page = browse("/holds", by=house.auditor)
    assert page.says("Appeal") and not page.says("End the review")
    assert browse(f"/holds/{hold.pk}/release", by=house.auditor).status == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"whose": ""}, "whose"),
        ({"cohort": ""}, "cohort"),
        ({"cohort": "team:nobody"}, "cohort"),
        ({"whose": "person", "person": ""}, "person"),
        ({"whose": "person", "person": "nobody"}, "person"),
        ({"last_day": "2025-12-01"}, "last_day"),
        ({"reason": ""}, "reason"),
        ({"cause": "appeal"}, "cause"),
    ],
)
def test_what_cannot_be_a_review_is_said_beside_its_field(browse, house, changes, field):
    """Issue 4, bad input."""
    page = browse(PLACE, by=house.auditor, data=A_HOLD | changes)
    assert page.status == 400 and field in page.response.context["form"].errors
    assert not Hold.objects.exists()


def test_the_page_tells_nobody_who_works_here(browse, house):
    """Issue 9: a person out of reach and one who does not exist are answered with the same page."""
    told = []
    for name in ("payments-2", "nobody-no2"):
        page = browse(
            PLACE, by=house.lead_time.metric.owner, data=A_HOLD | {"whose": "person", "person": name}
        )
        told.append((page.status, page.text.replace(name, "")))
    assert told[0] == told[1] and told[0][0] == 403 and not Hold.objects.exists()


def test_pages_name_the_person_to_those_alone_whose_role_needs_it(browse, house):
    """Issue 9: on the list, the metric's page and the page that ends it, to others it is one person."""
    admin = factories.an_account("an-admin")
    factories.a_role(admin, GrantedRole.ADMIN)
    person = Person.objects.get(external_id="payments-2")
    hold = a_hold("lead-time-for-changes", person=person, by=admin)
    for path in ("/metrics/lead-time-for-changes", "/holds", f"/holds/{hold.pk}/release"):
        page = browse(path, by=admin)
        assert page.says("One person") and person.name not in page.html
    seat = browse("/holds", by=factories.a_board()[SeatKind.LEGAL])
    assert seat.says("One person") and person.name not in seat.html
    assert browse("/holds", by=house.auditor).says(person.name)


# What lists cost


@pytest.mark.parametrize(
    ("path", "most"), [("/context", 13), ("/teams/payments/context", 13), ("/holds", 12)]
)
def test_lists_cost_the_same_however_long(statements, house, path, most):
    """DESIGN, Style: every list has a pinned query count."""
    factories.a_role(house.auditor, GrantedRole.HR)
    counts = []
    for month in (1, 2, 3):
        days = {"starts_on": date(2026, month, 1), "ends_on": date(2026, month, 20)}
        a_note(confirmed=False, **days)
        a_note(ContextKind.LEAVE, person="payments-2", confirmed=False, **days)
        a_hold("lead-time-for-changes", cohort=Cohort.objects.get(slug="team:payments"), **days)
        a_hold("lead-time-for-changes", person=Person.objects.get(external_id="payments-2"), **days)
        counts.append(statements(path, by=house.auditor))
    assert len(set(counts)) == 1 and counts[0] <= most, counts


# Narrowed, and taken along


def test_what_is_under_review_is_narrowed_sorted_and_taken_along(browse, house):
    """Issue 11: by metric, days and state, as a page and as a table; why is in neither where the reader may not know it."""
    a_hold("lead-time-for-changes", reason="Contested.")
    for query, found in {
        "metric=lead": True, "metric=commit": False, "since=2026-01-01&until=2026-12-31": True, "until=2020-01-01": False,
        "state=ended": False, "sort=-metric": True,
    }.items():  # fmt: skip
        assert browse(f"/holds?{query}", by=house.auditor).says("Contested.") == found, query
        told = browse(f"/holds.csv?{query}", by=house.auditor)
        assert told.says("Contested.") == found, query
    legal = factories.a_board()[SeatKind.LEGAL]
    told = browse("/holds.csv", by=legal)
    assert told.says("Lead time for changes") and not told.says("Contested.")
    assert browse("/holds?since=soon", by=house.auditor).status == 400
    assert browse("/holds.csv?since=soon", by=house.auditor).status == 400
    assert browse("/holds.csv", by=house.stranger).status == 403


def test_notes_of_a_team_are_narrowed_and_taken_along(browse, house):
    """Issue 11: by state, kind and days; as a table with days that a spreadsheet reads."""
    a_note(confirmed=False)
    assert browse("/teams/payments/context?state=proposed", by=house.stranger).says("Migration")
    for query in ("state=confirmed", "kind=production_incident", "until=2020-01-01"):
        assert browse(f"/teams/payments/context?{query}", by=house.stranger).says("Nothing fits all of these")
    given = browse("/teams/payments/context.csv?kind=migration", by=house.stranger)
    head, line = given.html.splitlines()
    assert head.startswith("What,Of,From") and line.startswith("Migration") and "2026-" in line
    assert browse("/teams/payments/context.csv?kind=none", by=house.stranger).status == 400


def test_no_filter_tells_the_kind_of_somebodys_own_affair(browse, house):
    """S81: an auditor reads that context applies, and cannot ask for a kind to find whose it is; its person finds it."""
    person = house.employee.person
    a_note(kind=ContextKind.LEAVE, person=person.external_id, says="")
    assert browse("/teams/payments/context", by=house.auditor).says(person.name)
    for path in ("/teams/payments/context", "/teams/payments/context.csv"):
        page = browse(f"{path}?kind=leave", by=house.auditor)
        assert page.status == 400
        assert not browse(path, by=house.auditor).says("Leave")
    assert browse("/context.csv?kind=leave", by=house.employee).says("Leave")
