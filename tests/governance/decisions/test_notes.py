"""Context notes: who may propose, confirm and turn down, what is told to whom, and what cannot be one."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from audits.ledger.models import Entry
from audits.ledger.states import Visibility
from charter.registry.models import Metric
from charter.rules.vocabulary import ContextKind
from governance.board.states import CaseKind, SeatKind, Vote
from governance.decisions import permissions
from governance.decisions.models import ContextNote
from governance.decisions.services import confirm_note, propose_note, turn_down_note
from governance.decisions.states import ABOUT, Effect
from governance.notices.models import Notice
from governance.people.models import GrantedRole, Person, Team
from ground import clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted, TooMuch
from tests import factories
from tests.governance.decisions.test_values import hr

JANUARY = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}
FEBRUARY = {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 3, 1)}


def a_note(
    by=None, *, kind=ContextKind.MIGRATION, says="Moved to the new build farm.", **fields
) -> ContextNote:
    """A note of payments unless it is about a person, proposed by the system account unless somebody is named."""
    whose = {} if "person" in fields else {"team": Team.objects.get(slug="payments")}
    given = {**JANUARY, **whose, **fields}
    return propose_note(kind=kind, says=says, by=by or factories.system(), **given)


# Who may

PROPOSES_OF_TEAM = {"concerned", "colleague", "superior", "manager", "lead", "hr", "admin", "metric owner"}
PROPOSES_OF_PERSON = {"concerned", "superior", "manager", "lead", "hr"}
CONFIRMS_OF_TEAM = {"manager", "lead", "hr"}
CONFIRMS_OF_PERSON = {"superior", "manager", "lead", "hr"}
EVERYBODY = [
    "concerned", "colleague", "superior", "manager", "lead", "other manager", "hr", "admin", "metric owner", "owner",
    "auditor", "stranger", "superuser", "closed hr",
]  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_propose(around_payments, who):
    """Issue 4, item 3: a truth table; the person concerned may speak for themself, a colleague not for them."""
    may = permissions.can_propose_note
    assert may(around_payments[who], team=Team.objects.get(slug="payments")) == (who in PROPOSES_OF_TEAM)
    assert may(around_payments[who], person=around_payments["concerned"].person) == (
        who in PROPOSES_OF_PERSON
    )


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_confirm(around_payments, who):
    """Issue 4, item 3: the team's manager or lead, HR, and the owner of a metric that the note names."""
    of_team, of_person = a_note(), a_note(person=around_payments["concerned"].person)
    of_metric = a_note(metric=Metric.objects.get(slug="lead-time-for-changes"))
    may = permissions.can_confirm_note
    assert may(around_payments[who], of_team) == (who in CONFIRMS_OF_TEAM)
    assert may(around_payments[who], of_person) == (who in CONFIRMS_OF_PERSON)
    assert may(around_payments[who], of_metric) == (who in CONFIRMS_OF_TEAM | {"owner"})


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_turn_down(around_payments, who):
    """Issue 4, item 3: who could confirm it, its proposer and the person concerned; once confirmed, HR alone."""
    note = a_note(around_payments["colleague"])
    of_person = a_note(person=around_payments["concerned"].person)
    may = permissions.can_turn_down_note
    assert may(around_payments[who], note) == (who in CONFIRMS_OF_TEAM | {"colleague"})
    assert may(around_payments[who], of_person) == (who in CONFIRMS_OF_PERSON | {"concerned"})
    confirmed = confirm_note(note=note, by=around_payments["manager"])
    assert may(around_payments[who], confirmed) == (who == "hr")


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_may_see(around_payments, who):
    """S80, privacy: a team's notes stand beside its values for all; a person's are for few, why they are away for fewer."""
    team = a_note()
    leave = a_note(
        kind=ContextKind.PARENTAL_LEAVE, person=around_payments["concerned"].person, says="A child."
    )
    permissions.check_can_see_note(around_payments[who], team)
    if who in CONFIRMS_OF_PERSON | {"concerned", "auditor"}:
        permissions.check_can_see_note(around_payments[who], leave)
    else:
        with pytest.raises(NotFound):
            permissions.check_can_see_note(around_payments[who], leave)
    assert permissions.sees_details(around_payments[who])(leave) == (who in {"concerned", "hr"})


@pytest.mark.parametrize("proposer", sorted(CONFIRMS_OF_TEAM))
def test_nobody_confirms_their_own_note(around_payments, proposer):
    """Issue 4, item 3, bad input: whoever proposed it waits for somebody else, whatever their role."""
    note = a_note(around_payments[proposer])
    with pytest.raises(NotPermitted) as refused:
        confirm_note(note=note, by=around_payments[proposer])
    assert (refused.value.code, refused.value.field) == ("own_note", "confirmed_by")
    assert confirm_note(note=note, by=around_payments["hr" if proposer != "hr" else "manager"]).confirmed_at


def test_nobody_confirms_a_note_about_themself(around_payments):
    """Issue 4, item 3, bad input: not even where somebody else proposed it and they lead themselves."""
    factories.a_role(around_payments["concerned"], GrantedRole.HR)
    note = a_note(around_payments["superior"], person=around_payments["concerned"].person)
    with pytest.raises(NotPermitted) as refused:
        confirm_note(note=note, by=around_payments["concerned"])
    assert refused.value.code == "own_note"


# How it is settled


def test_a_note_is_settled_once(around_payments):
    """Issue 4, item 3: confirmed or turned down, with who and when; the table says what can follow."""
    note = confirm_note(note=a_note(), by=around_payments["manager"])
    assert (note.state, note.confirmed_by) == ("confirmed", around_payments["manager"])
    with pytest.raises(Conflict):
        confirm_note(note=note, by=around_payments["hr"])
    other = turn_down_note(note=a_note(**FEBRUARY), why="It was in May.", by=around_payments["manager"])
    assert (other.state, other.turned_down_because) == ("turned_down", "It was in May.")
    for act in (confirm_note, lambda **given: turn_down_note(why="Again.", **given)):
        with pytest.raises(Conflict):
            act(note=other, by=around_payments["hr"])


def test_what_is_turned_down_says_why(around_payments):
    """Issue 4, bad input."""
    with pytest.raises(BadInput) as refused:
        turn_down_note(note=a_note(), why="  ", by=around_payments["manager"])
    assert refused.value.field == "why"


def test_the_log_has_each_step(around_payments):
    """DESIGN, Ledger: a team's notes are open, a person's restricted."""
    confirm_note(note=a_note(), by=around_payments["manager"])
    turn_down_note(
        note=a_note(person=around_payments["concerned"].person), why="No.", by=around_payments["hr"]
    )
    found = Entry.objects.filter(kind__startswith="decisions.note").values_list("kind", "visibility")
    assert sorted(found) == [
        ("decisions.note.confirmed", Visibility.OPEN),
        ("decisions.note.proposed", Visibility.OPEN),
        ("decisions.note.proposed", Visibility.RESTRICTED),
        ("decisions.note.turned_down", Visibility.RESTRICTED),
    ]


def notices(kind: str = "") -> dict[str, str]:
    """Who was told what."""
    found = Notice.objects.filter(kind="decisions.note", subject__contains=kind)
    return {each.to.username: each.subject for each in found.select_related("to")}


def test_whoever_can_confirm_a_note_is_told(around_payments):
    """Issue 4, item 3: notices to whoever can confirm, but not to whoever proposed it."""
    a_note(around_payments["manager"])
    assert notices().keys() == {"lead"}
    a_note(
        around_payments["concerned"],
        kind=ContextKind.LEAVE,
        person=around_payments["concerned"].person,
        says="Ill.",
    )
    assert notices("Context applies").keys() == {"superior", "manager", "lead"}
    assert not any("Leave" in said for said in notices().values())


def test_where_nobody_else_can_hr_is_asked(around_payments):
    """Issue 4, item 3: no note waits for nobody."""
    alone = factories.an_account("alone", person=factories.a_person("alone"))
    a_note(alone, person=alone.person)
    assert notices().keys() == {"hr"}


def test_who_proposed_and_who_is_concerned_are_told_how_it_ended(around_payments):
    """Issue 4, item 3."""
    note = a_note(around_payments["superior"], person=around_payments["concerned"].person)
    confirm_note(note=note, by=around_payments["hr"])
    assert notices("was confirmed").keys() == {"superior", "concerned"}


# What cannot be one


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"says": " \n "}, "says"),
        ({"says": "x" * 301}, "says"),
        ({"kind": ContextKind.PARENTAL_LEAVE}, "kind"),
        ({"kind": ContextKind.STRETCH, "ends_on": date(2026, 4, 4)}, "ends_on"),
        ({"team": None}, "team"),
        ({"service": "x" * 101}, "service"),
    ],
)
def test_what_cannot_be_a_note_is_refused_with_its_field(house, fields, field):
    """Issue 4, bad input; S124: a stretch has an end in sight."""
    with pytest.raises(BadInput) as refused:
        a_note(**fields)
    assert refused.value.field == field and not ContextNote.objects.exists()


def test_there_is_one_note_of_a_kind_for_a_time(around_payments):
    """Issue 4, bad input: overlapping windows; one that was turned down makes room."""
    first = a_note()
    with pytest.raises(BadInput) as refused:
        a_note(starts_on=date(2026, 1, 31), ends_on=date(2026, 3, 1))
    assert refused.value.field == "starts_on"
    a_note(kind=ContextKind.FREEZE)
    a_note(service="checkout")
    a_note(**FEBRUARY)
    turn_down_note(note=first, why="No.", by=around_payments["hr"])
    assert a_note().pk != first.pk


def test_a_stretch_overlaps_no_other(house):
    """S124: overlapping it is one stretch said twice; with a day's rest between it is another."""
    a_note(kind=ContextKind.STRETCH)
    with pytest.raises(BadInput) as refused:
        a_note(
            kind=ContextKind.STRETCH, starts_on=date(2026, 1, 20), ends_on=date(2026, 3, 1), service="other"
        )
    assert refused.value.field == "starts_on"
    rested = a_note(kind=ContextKind.STRETCH, starts_on=date(2026, 2, 2), ends_on=date(2026, 3, 1))
    assert rested.case is None


@pytest.mark.parametrize("passed", [True, False])
def test_a_stretch_that_follows_another_at_once_goes_to_the_board(house, passed):
    """S124, issue 16: it waits as a case, and is confirmed only where the board has passed it."""
    a_note(kind=ContextKind.STRETCH)
    following = {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 3, 1)}
    note = a_note(kind=ContextKind.STRETCH, **following)
    assert note.case.kind == CaseKind.EDGE_CASE and "Payments" in note.case.subject
    with pytest.raises(Conflict) as early:
        confirm_note(note=note, by=hr())
    assert early.value.code == "before_the_board"
    with pytest.raises(IntegrityError), transaction.atomic():
        ContextNote.objects.filter(pk=note.pk).update(confirmed_at=clock.now(), confirmed_by=hr())
    factories.a_decided_case(note.case, None if passed else dict.fromkeys(SeatKind, Vote.REJECT))
    note = ContextNote.objects.get(pk=note.pk)
    if passed:
        assert confirm_note(note=note, by=hr()).confirmed_at
    else:
        with pytest.raises(Conflict):
            confirm_note(note=note, by=hr())


def test_a_stretch_of_one_person_is_told_to_no_board(house):
    """S124: what strains one person is their own affair; two in a row stay refused."""
    person = Person.objects.get(external_id="payments-2")
    a_note(kind=ContextKind.STRETCH, person=person)
    with pytest.raises(BadInput):
        a_note(kind=ContextKind.STRETCH, person=person, starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))


def test_every_kind_says_what_it_means():
    """S76, S81, S123: each kind has an effect; what takes somebody away or holds all up leaves the period out."""
    assert set(ABOUT) == set(ContextKind)
    excluding = {kind for kind, about in ABOUT.items() if about.effect is Effect.EXCLUDE}
    assert excluding == {
        ContextKind.PARENTAL_LEAVE,
        ContextKind.LEAVE,
        ContextKind.ONBOARDING,
        ContextKind.REST_AFTER_INTENSITY,
        ContextKind.CAREGIVING,
        ContextKind.TOOLING_CONSTRAINT,
    }
    assert {about.effect for about in ABOUT.values()} == {Effect.EXCLUDE, Effect.ANNOTATE}


def test_a_person_we_do_not_know_has_no_notes(house):
    """Issue 4, bad input: a note needs somebody to be about."""
    with pytest.raises(BadInput):
        a_note(person=Person(external_id="nobody"))


# What one person may do to others


def test_a_proposal_of_one_person_closes_no_door_to_another(around_payments):
    """Issue 9: a colleague's note over years kept the manager from proposing the real one."""
    month = {"kind": ContextKind.MIGRATION, **JANUARY}
    theirs = a_note(around_payments["colleague"], **{**month, "ends_on": date(2026, 12, 31)})
    real = a_note(around_payments["manager"], **month)
    assert confirm_note(note=real, by=around_payments["hr"]).confirmed_at
    with pytest.raises(Conflict) as refused:
        confirm_note(note=theirs, by=around_payments["hr"])
    assert refused.value.code == "confirmed_already"
    assert turn_down_note(note=theirs, why="It was January alone.", by=around_payments["hr"])


def test_what_two_people_have_said_is_not_said_again(around_payments):
    """Confirmed, it stands: another proposal for part of that time would only keep decisions waiting."""
    confirm_note(note=a_note(around_payments["manager"]), by=around_payments["hr"])
    with pytest.raises(BadInput) as refused:
        a_note(around_payments["colleague"])
    assert refused.value.field == "starts_on"


def test_a_stretch_that_one_person_proposes_keeps_nobody_from_another(around_payments):
    """Issue 9, the same kind of fault: stretches are apart where they are confirmed, and each proposer's own are."""
    a_note(around_payments["colleague"], kind=ContextKind.STRETCH)
    real = a_note(around_payments["manager"], kind=ContextKind.STRETCH, **FEBRUARY)
    assert confirm_note(note=real, by=around_payments["hr"]).confirmed_by == around_payments["hr"]


@pytest.mark.parametrize(
    ("window", "field"),
    [
        ({"starts_on": date(1, 1, 1), "ends_on": date(9999, 12, 31)}, "starts_on"),
        ({"starts_on": date(2025, 12, 31), "ends_on": date(2026, 2, 1)}, "starts_on"),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2027, 4, 16)}, "ends_on"),
    ],
)
def test_a_window_lies_within_the_programmes_life(around_payments, window, field):
    """Issue 9: a context note over 0001–9999. Values begin in January 2026; a leave may be planned for a year ahead."""
    for proposer in ("manager", "hr"):
        with pytest.raises(BadInput) as refused:
            a_note(around_payments[proposer], **window)
        assert (refused.value.field, refused.value.code) == (field, "window_outside")


def test_a_window_lies_within_a_persons_employment(around_payments):
    """Issue 9: nothing is said of a time in which somebody did not work here."""
    person = around_payments["concerned"].person
    factories.change(person, employed_from=date(2026, 1, 15), employed_to=date(2026, 3, 1))
    for window, field in ((JANUARY, "starts_on"), ({**FEBRUARY, "ends_on": date(2026, 3, 2)}, "ends_on")):
        with pytest.raises(BadInput) as refused:
            a_note(around_payments["hr"], person=person, **window)
        assert (refused.value.field, refused.value.code) == (field, "window_outside")
    assert a_note(around_payments["hr"], person=person, **FEBRUARY)


def test_an_account_proposes_so_many_notes_a_day(around_payments, settings):
    """Issue 9: what reaches others is limited an account and a day; another account's day is its own."""
    settings.NOTES_A_DAY = 2
    for service in ("a", "b"):
        a_note(around_payments["colleague"], service=service)
    with pytest.raises(TooMuch) as refused:
        a_note(around_payments["colleague"], service="c")
    assert (refused.value.status, refused.value.code) == (429, "daily_limit")
    assert int(refused.value.headers["Retry-After"]) > 86_000
    assert a_note(around_payments["manager"], service="c")
    with clock.stopped_at(clock.now() + timedelta(hours=24, seconds=1)):
        assert a_note(around_payments["colleague"], service="c")
