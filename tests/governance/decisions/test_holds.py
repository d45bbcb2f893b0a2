"""Holds: who may place and release them, what they keep out and when, and that nobody learns why."""

import json
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from audits.ledger.models import Entry, Payload
from audits.ledger.states import Visibility
from charter.registry.models import Metric
from governance.board.states import SeatKind
from governance.decisions import permissions, queries
from governance.decisions.events import HoldPlaced, HoldReleased
from governance.decisions.models import DecisionRecord, Hold
from governance.decisions.services import place_hold, release_hold
from governance.decisions.states import HoldCause
from governance.people.models import Cohort, GrantedRole, Person
from ground.errors import BadInput, Conflict, NotPermitted, TooMuch
from tests import factories, snapshots
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.governance.decisions.test_answer import ask

JANUARY = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 2, 1)}
FEBRUARY = {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 3, 1)}
PERSONAL_EVIDENCE = [
    {"kind": kind, "ref": ref} for (kind, _person), ref in factories.EVIDENCE_OF_PERSONS.items()
]
CALIBRATION = {
    "decision": "calibration_input",
    "view": "performance",
    "metrics": [DELIVERY, HEALTH],
    "grain": "team",
    "cohorts": ["team:payments"],
    "window": {"from": "2026-01-01", "to": "2026-04-01"},
    "period": "month",
    "evidence": [
        {"kind": "design_review", "ref": factories.DESIGN_REVIEW},
        {"kind": "mentoring", "ref": factories.MENTORING},
    ],
    "accountable": "manager",
}
RETROSPECTIVE = {**CALIBRATION, "decision": "retrospective"}


def a_hold(metric=DELIVERY, *, by=None, cause=HoldCause.DATA_QUALITY, reason="Counted twice.", **fields):
    return place_hold(
        metric=Metric.objects.get(slug=metric),
        cause=cause,
        reason=reason,
        by=by or factories.system(),
        **{**JANUARY, **fields},
    )


def rules_of(given) -> set[str]:
    return {match.id for match in given.verdict.rules}


def payments() -> Cohort:
    return Cohort.objects.get(slug="team:payments")


# What a hold does


def test_calibration_is_permitted_where_nothing_stands_against_it(judged):
    """The ground for all that follows: without a hold the values leave."""
    given = ask(judged["manager"], CALIBRATION)
    assert given.verdict.permits and [row.value for row in given.rows] == [20.0, None, 20.0] * 2


@pytest.mark.parametrize("whose", ["all", "cohort"])
@pytest.mark.parametrize("cause", HoldCause)
def test_a_hold_keeps_values_out_of_decisions_about_people_at_once(judged, whose, cause):
    """Issue 4, item 3, AR21: at the very next question, whatever its cause; and they are back when it is released."""
    hold = a_hold(cause=cause, cohort=payments() if whose == "cohort" else None)
    refused = ask(judged["manager"], CALIBRATION)
    assert rules_of(refused) == {"AR21"} and refused.rows == ()
    release_hold(hold=hold, why="Recounted.", by=factories.system())
    assert ask(judged["manager"], CALIBRATION).verdict.permits


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"metric": "lead-time-for-changes"},
        {"starts_on": date(2025, 12, 1), "ends_on": date(2026, 1, 1)},
        {"starts_on": date(2026, 4, 1), "ends_on": date(2026, 5, 1)},
    ],
)
def test_a_hold_on_something_else_keeps_nothing_out(judged, elsewhere):
    """AR21: of this metric and of these months; windows are half-open."""
    a_hold(**elsewhere)
    assert ask(judged["manager"], CALIBRATION).verdict.permits


def test_a_hold_on_another_cohort_or_on_a_person_keeps_no_team_out(judged):
    """AR21: a person's contested value is not the team's."""
    a_hold(cohort=Cohort.objects.get(slug="team:search"))
    a_hold(person=Person.objects.get(external_id="payments-1"))
    assert ask(judged["manager"], CALIBRATION).verdict.permits


def test_other_uses_get_the_value_and_read_that_it_is_under_review(house):
    """Issue 4, item 3: everywhere else a contested value says so, with its number."""
    a_hold("lead-time-for-changes", cohort=payments())
    january, february, march = ask(house.manager).rows
    assert (january.value, [note.kind for note in january.context]) == (20.0, ["under_review"])
    assert january.context[0].label == "Under review"
    assert february.context == march.context == []


def test_a_withheld_month_can_be_under_review_too(house):
    """Issue 4, item 3: withheld and contested are told apart, and can both be so."""
    a_hold("lead-time-for-changes", **FEBRUARY)
    february = ask(house.manager).rows[1]
    assert february.withheld == "too_few" and february.context[0].kind == "under_review"


# That nobody learns why


def told(given) -> str:
    """All that an asker is told but what is never twice the same."""
    decision = DecisionRecord.objects.get(pk=given.id)
    return repr((given.verdict, given.rows, given.charters, decision.facts[0]["values"], decision.matches))


@pytest.mark.parametrize("question", [CALIBRATION, RETROSPECTIVE])
def test_every_hold_reads_the_same(judged, question):
    """DESIGN, Board and appeals: whether it comes from data quality, an administrator or an appeal."""
    seen = set()
    for cause in HoldCause:
        hold = a_hold(cause=cause, reason=f"Because of {cause}.")
        seen.add(told(ask(judged["manager"], question)))
        release_hold(hold=hold, why="Done.", by=factories.system())
    (said,) = seen
    assert not [word for word in ("quality", "administrator", "Because") if word in said]


def test_two_holds_on_one_value_read_as_one(judged):
    """DESIGN, Board and appeals: how many stand behind it would tell of a second cause."""
    first = a_hold(cohort=payments())
    once = told(ask(judged["manager"], CALIBRATION))
    a_hold(cohort=payments(), cause=HoldCause.APPEAL)
    assert told(ask(judged["manager"], CALIBRATION)) == once
    release_hold(hold=first, why="Recounted.", by=factories.system())
    assert told(ask(judged["manager"], CALIBRATION)) == once


def test_the_log_has_each_hold_for_those_who_may_read_it(judged):
    """DESIGN, Ledger: restricted, with cause, reason and who."""
    hold = a_hold(by=judged["auditor"], reason="Counted twice.")
    release_hold(hold=hold, why="Recounted.", by=judged["auditor"])
    placed, released = Entry.objects.filter(kind__startswith="decisions.hold").order_by("at", "kind")
    assert {placed.visibility, released.visibility} == {Visibility.RESTRICTED}
    body = json.loads(bytes(Payload.objects.get(entry__kind="decisions.hold.placed").body))
    assert (body["cause"], body["metric"], body["by"]) == ("data_quality", DELIVERY, judged["auditor"].actor)


def test_the_key_of_a_hold_does_not_tell_when_it_was_placed(judged):
    """DESIGN, ground rules: UUIDv4 where an id must not tell time; lists are not in order of placing."""
    hold = a_hold()
    assert hold.pk.version == 4
    assert not {"placed_at", "-placed_at"} & set(Hold._meta.ordering)


# Who may

PLACES = {
    "owner": {HoldCause.DATA_QUALITY},
    "hr": {HoldCause.DATA_QUALITY, HoldCause.ADMINISTRATOR},
    "auditor": {HoldCause.DATA_QUALITY},
    "seat": {HoldCause.DATA_QUALITY, HoldCause.ADMINISTRATOR},
    "admin": {HoldCause.DATA_QUALITY, HoldCause.ADMINISTRATOR},
    "another owner": set(),
    "manager": set(),
    "employee": set(),
    "former hr": set(),
    "closed admin": set(),
    "superuser": set(),
    "system": set(HoldCause),
}


@snapshots.fixture
def actors(with_judged):
    """One account of each kind."""
    made = {
        "owner": Metric.objects.get(slug=DELIVERY).owner,
        "seat": factories.a_board()[SeatKind.WORKER_REP],
        "manager": with_judged["manager"],
        "employee": with_judged["employee"],
        "superuser": factories.an_account("root", is_superuser=True),
        "system": factories.system(),
    }
    for name, role in (
        ("hr", GrantedRole.HR), ("auditor", GrantedRole.AUDITOR), ("admin", GrantedRole.ADMIN), ("another owner", GrantedRole.METRIC_OWNER),
        ("former hr", GrantedRole.HR), ("closed admin", GrantedRole.ADMIN),
    ):  # fmt: skip
        made[name] = factories.an_account(f"some-{name}".replace(" ", "-"))
        until = {"valid_to": date(2026, 4, 1)} if name.startswith("former") else {}
        factories.a_role(made[name], role, **until)
    factories.change(made["closed admin"], is_active=False)
    return made


@pytest.mark.parametrize("who", PLACES)
def test_who_may_place_which_hold(actors, who):
    """Issue 4, item 3: a truth table. An appeal's hold is the system account's alone, so that no record names who appealed."""
    metric = Metric.objects.get(slug=DELIVERY)
    assert set(permissions.may_hold_for(actors[who], metric)) == PLACES[who]
    for cause in set(HoldCause) - PLACES[who]:
        with pytest.raises(NotPermitted) as refused:
            a_hold(cause=cause, by=actors[who])
        assert refused.value.field == "cause"
    assert not Hold.objects.exists()


REACHES = {"hr", "auditor", "admin", "system"}


@pytest.mark.parametrize("who", PLACES)
def test_whose_values_an_account_may_hold(actors, who):
    """Issue 9: HR, auditors and administrators anybody's; others their own and those of whom they lead."""
    colleague = Person.objects.get(external_id="search-1")
    if who in REACHES:
        permissions.check_can_hold_person(actors[who], colleague)
    else:
        with pytest.raises(NotPermitted) as refused:
            permissions.check_can_hold_person(actors[who], colleague)
        assert refused.value.field == "person"


RELEASES = {
    "owner": {"owner"},
    "hr": {"hr"},
    "auditor": {"owner", "hr", "auditor", "seat", "admin"},
    "seat": {"seat"},
    "admin": {"admin"},
    "manager": set(),
    "superuser": set(),
    "system": {"owner", "hr", "auditor", "seat", "admin", "system"},
}


@pytest.mark.parametrize("who", RELEASES)
def test_who_may_release_whose_hold(actors, who):
    """Issue 4, item 3: whoever placed it, or an auditor; who else is refused reads the same of every hold."""
    said = set()
    for placer in ("owner", "hr", "auditor", "seat", "admin", "system"):
        cause = HoldCause.APPEAL if placer == "system" else HoldCause.DATA_QUALITY
        hold = a_hold(cause=cause, by=actors[placer])
        assert permissions.can_release_hold(actors[who], hold) == (placer in RELEASES[who]), placer
        if placer not in RELEASES[who]:
            with pytest.raises(NotPermitted) as refused:
                release_hold(hold=hold, why="Done.", by=actors[who])
            said.add(refused.value.detail)
    assert len(said) <= 1


SEES = {"auditor", "seat", "system"}


@pytest.mark.parametrize("who", PLACES)
def test_who_may_see_the_list(actors, who):
    """Issue 4, item 3: auditors and the board; why, only auditors and whoever placed it."""
    hold = a_hold()
    if who in SEES:
        permissions.check_can_see_holds(actors[who])
    else:
        with pytest.raises(NotPermitted):
            permissions.check_can_see_holds(actors[who])
    assert permissions.sees_cause(actors[who])(hold) == (who in {"auditor", "system"})


NEED_NAMES = {"concerned", "superior", "manager", "lead", "hr", "auditor"}


def test_who_may_know_whose_values_are_held(around_payments):
    """Issue 9: the person, whoever they report to, HR and auditors; neither the metric's owner nor the board."""
    hold = a_hold("lead-time-for-changes", person=around_payments["concerned"].person)
    of_all = a_hold("lead-time-for-changes")
    knowing = {name: queries.knows_person_of(user) for name, user in around_payments.items()}
    assert {name for name, knows in knowing.items() if knows(hold)} == NEED_NAMES
    assert all(knows(of_all) for knows in knowing.values())
    assert not queries.knows_person_of(factories.a_board()[SeatKind.LEGAL])(hold)


@pytest.mark.parametrize("event", [HoldPlaced, HoldReleased])
def test_what_the_log_says_of_a_hold_names_nobody(event):
    """Issue 9: whose values they are is kept for who may read restricted entries; the sentence does not say it."""
    assert event.visibility is Visibility.RESTRICTED and "person" not in str(event.sentence)


# Bad input


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 1)}, "ends_on"),
        ({"reason": "   "}, "reason"),
    ],
)
def test_what_cannot_be_a_hold_is_refused_with_its_field(judged, fields, field):
    """Issue 4, bad input."""
    with pytest.raises(BadInput) as refused:
        a_hold(**fields)
    assert refused.value.field == field and not Hold.objects.exists()


def test_nobody_holds_the_same_values_twice(judged):
    """Issue 4, bad input: overlapping windows. Of one's own alone: anybody else's would tell of its cause."""
    a_hold(by=judged["auditor"])
    with pytest.raises(BadInput) as refused:
        a_hold(by=judged["auditor"], starts_on=date(2026, 1, 15))
    assert refused.value.field == "starts_on"
    a_hold(by=factories.system())
    a_hold(by=judged["auditor"], **FEBRUARY)
    for _ in range(2):
        a_hold(cause=HoldCause.APPEAL)  # two people may contest one value
    assert Hold.objects.count() == 5


def test_a_hold_is_on_a_cohort_or_on_a_person(judged):
    """Issue 4, bad input."""
    with pytest.raises(BadInput):
        a_hold(cohort=payments(), person=Person.objects.first())


def test_a_hold_ends_once_and_says_why(judged):
    """Issue 4, bad input: released twice, or for no reason."""
    hold = a_hold()
    with pytest.raises(BadInput) as refused:
        release_hold(hold=hold, why=" ", by=factories.system())
    assert refused.value.field == "why"
    release_hold(hold=hold, why="Recounted.", by=factories.system())
    with pytest.raises(Conflict):
        release_hold(hold=hold, why="Again.", by=factories.system())


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM decisions_hold",
        "UPDATE decisions_hold SET cause = 'data_quality'",
        "UPDATE decisions_hold SET starts_on = starts_on - 1",
        "DELETE FROM decisions_contextnote",
        "UPDATE decisions_contextnote SET says = ''",
        "UPDATE decisions_contextnote SET proposed_by_id = NULL",
        "DELETE FROM decisions_protection",
        "UPDATE decisions_protection SET ends_on = starts_on",
    ],
)
@pytest.mark.django_db
def test_the_database_keeps_what_was_said(statement):
    """DESIGN, ground rules: the runtime role settles holds and notes, and rewrites none."""
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_hold_lies_within_the_programmes_life_and_an_account_places_so_many_a_day(
    around_payments, settings
):
    """Issue 9: windows and days are limited for holds as for notes."""
    settings.HOLDS_A_DAY = 1
    metric = Metric.objects.get(slug="lead-time-for-changes")
    asked = {"metric": metric, "cause": HoldCause.DATA_QUALITY, "reason": "x", "by": around_payments["owner"]}
    with pytest.raises(BadInput) as outside:
        place_hold(starts_on=date(1, 1, 1), ends_on=date(9999, 12, 31), **asked)
    assert (outside.value.field, outside.value.code) == ("starts_on", "window_outside")
    place_hold(starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1), **asked)
    with pytest.raises(TooMuch):
        place_hold(starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1), **asked)
