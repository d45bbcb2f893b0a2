"""Appeals by name: filed with what they hold, handled by the independent, decided with reasons, looked at again by others."""

from datetime import date, timedelta

import pytest
from msgspec import structs

from audits.ledger.models import Entry
from audits.ledger.states import Visibility
from governance.appeals import permissions, queries, scans, services
from governance.appeals.models import Appeal, AppealHandler, AppealMessage, Clock
from governance.appeals.states import AboutKind, AppealKind, AppealState, ClockKind, HoldChoice
from governance.appeals.words import AppealAbout, ContextSaid
from governance.board.states import SeatKind
from governance.decisions import services as decisions
from governance.decisions.models import ContextNote, DecisionRecord, Hold
from governance.decisions.states import HoldCause
from governance.notices.models import Notice
from governance.people.models import GrantedRole, Person, ReportingLine, RoleGrant
from governance.training import services as training
from ground import clock
from ground.errors import BadInput, Conflict, NotFound, NotPermitted, TooMuch
from tests import factories, on_the_log
from tests.governance.appeals.conftest import VALUE, decide
from tests.governance.decisions.conftest import NOON
from tests.governance.decisions.people import DELIVERY
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_holds import CALIBRATION, RETROSPECTIVE, rules_of

pytestmark = pytest.mark.django_db


def reload(appeal: Appeal) -> Appeal:
    return Appeal.objects.get(pk=appeal.pk)


def later(days: int):
    return clock.stopped_at(NOON + timedelta(days=days))


# Filing


def test_filing_holds_exactly_what_was_chosen_and_starts_the_clocks(desk, file):
    """S79; DESIGN, Board and appeals: 2, 5 and 10 working days from Tuesday 14 April, and the hold falls at once."""
    appeal = file()
    assert queries.read_due(appeal) == {
        ClockKind.ACKNOWLEDGE: date(2026, 4, 16),
        ClockKind.INDEPENDENCE: date(2026, 4, 21),
        ClockKind.OUTCOME: date(2026, 4, 28),
    }
    hold = Hold.objects.get()
    assert (hold.metric.slug, hold.cohort.slug, hold.person) == (
        "lead-time-for-changes",
        "team:payments",
        None,
    )
    assert (hold.starts_on, hold.ends_on, hold.cause) == (
        date(2026, 3, 1),
        date(2026, 4, 1),
        HoldCause.APPEAL,
    )
    assert hold.placed_by == factories.system()
    assert Entry.objects.get(kind="appeals.filed").visibility == Visibility.RESTRICTED


def test_a_consequential_decision_meets_the_hold_at_once(desk, file):
    """AR21, S79: the very next question is refused, and permitted again once the appeal was withdrawn."""
    january = AppealAbout(
        kind=AboutKind.VALUE,
        metrics=(DELIVERY,),
        cohorts=("team:payments",),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 2, 1),
    )
    before = rules_of(ask(desk.manager, CALIBRATION))
    appeal = file(about=january)
    assert rules_of(ask(desk.manager, CALIBRATION)) == before | {"AR21"}
    services.withdraw_appeal(appeal=appeal, by=desk.employee)
    assert rules_of(ask(desk.manager, CALIBRATION)) == before


def test_a_hold_on_use_shows_nowhere_and_meets_the_decision_about_people(desk, file):
    """DESIGN, Board and appeals: only when a consequential decision is about to use it."""
    january = AppealAbout(
        kind=AboutKind.VALUE,
        metrics=(DELIVERY,),
        cohorts=("team:payments",),
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 2, 1),
    )
    plain = ask(desk.manager, RETROSPECTIVE)
    file(about=january, hold=HoldChoice.ON_USE)
    assert [row.context for row in ask(desk.manager, RETROSPECTIVE).rows] == [
        row.context for row in plain.rows
    ]
    assert "AR21" in rules_of(ask(desk.manager, CALIBRATION))


def test_from_a_receipt_the_values_are_those_asked(desk, file):
    """S80; issue 12, 3: filed from a question in one's own log; somebody else's cannot be quoted."""
    about = AppealAbout(kind=AboutKind.RECEIPT, entry=ask(desk.manager).receipt.id)
    with pytest.raises(BadInput, match="no receipt"):
        file(
            by=factories.an_account("elsewhere", person=Person.objects.get(external_id="search-1")),
            about=about,
        )
    appeal = file(by=desk.manager, about=about)
    told = queries.read_words(appeal).about
    assert (told.metrics, told.cohorts) == (("lead-time-for-changes",), ("team:payments",))
    assert (Hold.objects.get().starts_on, Hold.objects.get().ends_on) == (told.starts_on, told.ends_on)


def test_from_a_look_at_one_s_team_the_manager_s_use_is_contested(desk, file):
    """Issue 12, Done when: an employee files from "who looked"; what is held is of their own groups alone."""
    given = ask(desk.manager, cohorts=["team:payments"])
    appeal = file(about=AppealAbout(kind=AboutKind.RECEIPT, entry=given.receipt.id))
    assert permissions.read_parties(appeal).contested == desk.manager.pk
    assert {hold.cohort.slug for hold in Hold.objects.all()} == {"team:payments"}


@pytest.mark.parametrize("kind", [AppealKind.NAMED, AppealKind.CONFIDENTIAL])
def test_whoever_reads_decisions_in_pseudonyms_puts_no_name_to_one_by_an_appeal(
    call, browse, desk, file, kind
):
    """Issue 13, 8: an auditor reads a name once a reason for it stands on the log, and not by contesting the use."""
    factories.change(desk.auditor, person=Person.objects.get(external_id="search-1"))
    entry = ask(desk.manager).receipt.id
    about = AppealAbout(kind=AboutKind.RECEIPT, entry=entry)
    appeal = file(by=desk.auditor, about=about, kind=kind, hold=HoldChoice.NONE)
    assert permissions.read_parties(appeal).contested is None
    _status, told = call(desk.auditor, f"/api/v1/appeals/{appeal.pk}")
    assert told["contested"] is None
    assert not browse(f"/appeals/{appeal.pk}", by=desk.auditor).says(desk.manager.name)
    decision = DecisionRecord.objects.get(entry=entry)
    decisions.ask_for_names(decision=decision, reason="To ask why.", by=desk.auditor)
    named = file(by=desk.auditor, about=about, kind=kind, hold=HoldChoice.NONE)
    assert permissions.read_parties(named).contested == desk.manager.pk


def test_an_auditor_contests_the_use_of_values_that_they_are_in_as_others_do(desk, file):
    """S80: to whom a look is told with who looked, it is theirs to contest by name, whatever else they may read."""
    factories.change(desk.auditor, person=Person.objects.get(external_id="payments-4"))
    entry = ask(desk.manager, cohorts=["team:payments"]).receipt.id
    appeal = file(by=desk.auditor, about=AppealAbout(kind=AboutKind.RECEIPT, entry=entry))
    assert permissions.read_parties(appeal).contested == desk.manager.pk


def test_from_a_colleague_s_look_nobody_s_use_is_contested(desk, file):
    """Issue 12, attack: "a colleague in the same group" stays that."""
    colleague = factories.an_account("colleague", person=Person.objects.get(external_id="payments-5"))
    training.acknowledge(rulebook_version=factories.the_rules(), by=colleague)
    given = ask(colleague)
    assert given.verdict.permits
    appeal = file(about=AppealAbout(kind=AboutKind.RECEIPT, entry=given.receipt.id))
    assert permissions.read_parties(appeal).contested is None


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"statement": " "}, "statement"),
        ({"wanted": ""}, "wanted"),
        ({"statement": "x" * 10_001}, "statement"),
        ({"about": AppealAbout(kind=AboutKind.RULE, rule="AR99")}, "about"),
        ({"about": AppealAbout(kind=AboutKind.CHARTER, metrics=("no-such",))}, "about"),
        ({"about": AppealAbout()}, "hold"),
        ({"about": AppealAbout(kind=AboutKind.RECEIPT)}, "about"),
        ({"context": [ContextSaid("holiday-on-mars", date(2026, 3, 1), date(2026, 3, 2), "x")]}, "context"),
        ({"context": [ContextSaid("on_call", date(2026, 3, 2), date(2026, 3, 2), "x")]}, "context"),
    ],
)
def test_what_cannot_be_filed_names_its_field_and_holds_nothing(desk, file, over, field):
    """Issue 12, bad input: refused with a sentence, nothing half done."""
    with pytest.raises(BadInput) as refused:
        file(**over)
    assert refused.value.field == field
    assert not Appeal.objects.exists() and not Hold.objects.exists()


@pytest.mark.parametrize(
    "over",
    [{"metrics": ("no-such",)}, {"cohorts": ("team:search",)}, {"cohorts": (), "person": "payments-7"}],
)
def test_a_value_that_is_not_there_or_not_ones_own_reads_the_same(desk, file, over):
    """Issue 12, bad input: filing against a value that does not exist."""
    with pytest.raises(BadInput, match="no such value that includes you") as refused:
        file(about=structs.replace(VALUE, **over))
    assert (refused.value.field, refused.value.code) == ("about", "no_value")


def test_only_people_file_and_not_without_end(desk, file, settings):
    """Issue 12, 3: a machine files nothing; one account files so many a day."""
    with pytest.raises(NotPermitted, match="anonymously"):
        file(by=factories.system())
    settings.APPEALS_A_DAY = 1
    file()
    with pytest.raises(TooMuch):
        file()


def test_context_said_by_name_stands_beside_the_values_until_somebody_confirms_it(desk, file):
    """S80, S81: a typed time with the appeal, proposed as a note of its own."""
    file(context=[ContextSaid("on_call", date(2026, 3, 9), date(2026, 3, 21), "Twelve nights.")])
    note = ContextNote.objects.get()
    assert (note.kind, note.person, note.metric.slug) == (
        "on_call",
        desk.employee.person,
        "lead-time-for-changes",
    )


# Handling


def test_whoever_stands_in_the_line_neither_sees_nor_decides_it(desk, file):
    """S82: the decider is never in the reporting line of the appellant; to the line it is not there."""
    factories.a_role(desk.manager, GrantedRole.HR)
    appeal = file()
    with pytest.raises(NotFound):
        permissions.check_can_see(desk.manager, appeal)
    services.acknowledge_appeal(appeal=appeal, by=desk.legal)
    with pytest.raises(BadInput) as refused:
        services.assign_handler(appeal=appeal, handler=desk.manager, by=desk.legal)
    assert refused.value.code == "conflict_of_interest"


def test_the_line_of_the_filing_counts_after_somebody_was_moved_out_of_it(desk, file):
    """S82: a change of the organisation opens nothing."""
    factories.a_role(desk.manager, GrantedRole.HR)
    appeal = file()
    line = ReportingLine.objects.get(person=desk.employee.person)
    on_the_log.update(ReportingLine.objects.filter(pk=line.pk), valid_to=date(2026, 4, 15))
    on_the_log.update(RoleGrant.objects.filter(user=desk.manager), valid_to=date(2026, 4, 15))
    with later(3):
        assert not permissions.is_independent(desk.manager, appeal)


def test_the_contested_and_their_line_do_not_decide_it_either(desk, file):
    """S82: nor the person whose use is contested."""
    appeal = file(contested=desk.hr)
    services.acknowledge_appeal(appeal=appeal, by=desk.legal)
    with pytest.raises(BadInput, match="not independent"):
        services.assign_handler(appeal=appeal, handler=desk.hr, by=desk.legal)
    services.assign_handler(appeal=appeal, handler=desk.other_hr, by=desk.legal)


def test_who_is_neither_hr_nor_auditor_nor_on_the_board_handles_nothing(desk, file):
    """DESIGN, Board and appeals: handlers are those who keep such things."""
    appeal = file()
    with pytest.raises(BadInput) as refused:
        services.assign_handler(appeal=appeal, handler=desk.stranger, by=desk.legal)
    assert refused.value.code == "no_handler"


def test_a_conflict_hands_it_back_and_the_board_finds_another(desk, assigned):
    """Issue 12, 4: conflict declared."""
    services.declare_conflict(appeal=assigned, why="We are friends.", by=desk.hr)
    assert reload(assigned).state == AppealState.ACKNOWLEDGED and not AppealHandler.objects.exists()
    with pytest.raises(NotFound):
        permissions.check_can_see(desk.hr, reload(assigned))
    services.assign_handler(appeal=assigned, handler=desk.other_hr, by=desk.legal)
    assert reload(assigned).state == AppealState.ASSIGNED


def test_messages_go_between_both_sides_and_notes_among_handlers(desk, assigned):
    """Issue 12, 4: the appellant never reads what handlers note."""
    services.write_message(appeal=assigned, text="The mirror lost them.", by=desk.employee)
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        services.write_message(appeal=assigned, text="Which ones?", by=desk.hr)
    services.write_note(appeal=assigned, text="Ask the owner.", by=desk.hr)
    assert [text for _each, text in queries.list_messages(assigned, internal=False)] == [
        "The mirror lost them.",
        "Which ones?",
    ]
    assert len(queries.list_messages(assigned, internal=True)) == 3
    with pytest.raises(NotPermitted):
        services.write_message(appeal=assigned, text="x", by=desk.legal)
    assert not any(b"mirror" in bytes(each.said) for each in AppealMessage.objects.all())


def test_the_outcome_is_put_off_once_and_says_why(desk, assigned):
    """DESIGN: outcome in ten working days, with one extension of ten."""
    services.extend_outcome(appeal=assigned, why="The mirror's log comes on Monday.", by=desk.hr)
    assert queries.read_due(reload(assigned))[ClockKind.OUTCOME] == date(2026, 5, 12)
    with pytest.raises(Conflict, match="once already"):
        services.extend_outcome(appeal=assigned, why="Again.", by=desk.hr)


def test_an_urgent_appeal_is_due_sooner(desk, file):
    """DESIGN: five working days when a review closes within fifteen."""
    appeal = file()
    services.acknowledge_appeal(appeal=appeal, review_closes=date(2026, 4, 30), by=desk.legal)
    assert queries.read_due(reload(appeal))[ClockKind.OUTCOME] == date(2026, 4, 21)
    other = file()
    services.acknowledge_appeal(appeal=other, review_closes=date(2026, 7, 1), by=desk.legal)
    assert not reload(other).urgent


def test_public_holidays_are_no_working_days(desk, file):
    """Issue 12, 4: the holiday calendar is a setting; 1 May and Easter Monday are free in Berlin."""
    factories.settings(holiday_calendar="DE-BE", appeal_outcome_days=13)
    assert queries.read_due(file())[ClockKind.OUTCOME] == date(2026, 5, 4)


@pytest.mark.parametrize("empty", ["reasons", "evidence", "remedy"])
def test_an_outcome_without_reasons_is_none(desk, assigned, empty):
    """S82: each outcome has written reasons; the form cannot be left empty."""
    with pytest.raises(BadInput) as refused:
        decide(assigned, desk.hr, **{empty: "  "})
    assert refused.value.field == empty and not assigned.outcomes.exists()


def test_a_decided_appeal_holds_until_nobody_can_ask_for_a_second_look(desk, assigned):
    """DESIGN: the hold lifts only with the final outcome; the second look is asked for within twenty working days."""
    decide(assigned, desk.hr)
    assert queries.read_due(assigned)[ClockKind.SECOND_FILING] == date(2026, 5, 12)
    with later(28):
        scans.APPEALS_CLOCK.once(by=factories.system())
    assert reload(assigned).state == AppealState.DECIDED and Hold.objects.get().released_at is None
    with later(29):
        scans.APPEALS_CLOCK.once(by=factories.system())
    assert reload(assigned).state == AppealState.CLOSED and Hold.objects.get().released_at is not None


def test_who_is_content_ends_it_at_once(desk, assigned):
    """Issue 12, 5: withdrawal or the final outcome lifts the hold."""
    decide(assigned, desk.hr)
    with pytest.raises((NotFound, NotPermitted)):
        services.accept_outcome(appeal=assigned, by=desk.manager)
    services.accept_outcome(appeal=assigned, by=desk.employee)
    assert Hold.objects.get().released_at is not None


def test_other_people_look_at_it_again(desk, assigned):
    """DESIGN: second instance by other people; whoever decided at first is refused."""
    decide(assigned, desk.hr, finding="not_upheld")
    services.ask_second_instance(appeal=assigned, why="The log shows both.", by=desk.employee)
    with pytest.raises(BadInput, match="Other people"):
        services.assign_handler(appeal=assigned, handler=desk.hr, by=desk.legal)
    services.assign_handler(appeal=assigned, handler=desk.other_hr, by=desk.legal)
    decide(assigned, desk.other_hr)
    assert assigned.state == AppealState.CLOSED
    assert [each.finding for each, _words in queries.list_outcomes(assigned)] == ["not_upheld", "upheld"]
    assert Hold.objects.get().released_at is not None


def test_a_missed_clock_is_told_to_the_board_outside_the_line_and_the_hold_stays(desk, file):
    """DESIGN: a missed clock escalates and stays frozen; a clock moved backwards tells nothing twice."""
    factories.an_alternate(SeatKind.HR, desk.manager)
    file()
    with later(3):
        scans.APPEALS_CLOCK.once(by=factories.system())
    assert Clock.objects.filter(missed_at__isnull=False).count() == 1
    told = Notice.objects.filter(kind="appeals", once__contains="missed")
    assert told.exists() and not told.filter(to=desk.manager).exists()
    count = told.count()
    with later(1):
        scans.APPEALS_CLOCK.once(by=factories.system())
    with later(4):
        scans.APPEALS_CLOCK.once(by=factories.system())
    assert told.count() == count and Hold.objects.get().released_at is None
