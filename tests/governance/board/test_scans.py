"""The board's clock: reminders, ends of terms, checks and the yearly review, each once, also late."""

from datetime import UTC, datetime, timedelta

import pytest

from audits.ledger.models import Entry
from charter.registry import rulebooks
from charter.registry.models import RulebookVersion
from charter.registry.states import RulebookState
from governance.board import scans, services
from governance.board.models import Case
from governance.board.proposals import propose_rules
from governance.board.states import CaseKind, SeatKind, Vote
from governance.notices.models import Notice
from governance.people.models import GrantedRole
from ground import calendar, clock
from tests import factories
from tests.charter.rules.rulebooks import files_with, policy

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


def test_seats_are_reminded_once_a_step_and_only_while_unheard(case, by):
    """Issue 3, 3 and 8: deadlines have reminders; nobody is told the same twice."""
    board = factories.a_board()
    services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=board[SeatKind.HR])
    reminded = []
    for left in (
        timedelta(days=4),
        timedelta(days=3),
        timedelta(days=2),
        timedelta(hours=20),
        timedelta(hours=2),
    ):
        with clock.stopped_at(case.closes_at - left):
            reminded.append(scans.BOARD_CLOCK.once(by=by)["seats reminded"])
    assert reminded == [0, 5, 0, 5, 0]
    assert not Notice.objects.filter(once__contains="reminder", to=board[SeatKind.HR]).exists()


def test_a_worker_that_slept_a_week_decides_and_does_not_remind_of_the_past(case, by):
    """Issue 3, 6: late, it catches up; twice, it does nothing."""
    factories.a_board()
    with clock.stopped_at(case.closes_at + timedelta(days=7)):
        done = scans.BOARD_CLOCK.once(by=by)
        assert (done["cases decided"], done["seats reminded"]) == (1, 0)
        entries = Entry.objects.count()
        assert not any(scans.BOARD_CLOCK.once(by=by).values())
        assert Entry.objects.count() == entries


def test_a_case_that_was_heard_but_not_closed_is_closed(case, by):
    """Issue 3, 6: a process killed between the last vote and its closing leaves nothing undone."""
    board = factories.a_board()
    from governance.board.services import cases

    for seat, user in board.items():
        cases._cast(case, seat, Vote.APPROVE, user, "")
    assert scans.BOARD_CLOCK.once(by=by)["cases decided"] == 1
    assert Case.objects.get(pk=case.pk).outcome.approved


def test_the_end_of_a_term_is_told_before_and_the_vacancy_after(by):
    """Issue 3, 6: terms run out by themselves; members and administrators hear of it once."""
    admin = factories.an_account("admin")
    factories.a_role(admin, GrantedRole.ADMIN)
    member = factories.a_board()[SeatKind.HR]
    factories.the_rules()
    factories.a_programme()
    ends = calendar.today() + timedelta(days=40)
    services.end_term(term=member.terms.get(), valid_to=ends, by=by)
    told = []
    for day in (
        calendar.today(),
        ends - timedelta(days=30),
        ends - timedelta(days=1),
        ends,
        ends + timedelta(days=7),
    ):
        with clock.stopped_at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC)):
            done = scans.BOARD_CLOCK.once(by=by)
            told.append(done["ends of terms told"] + done["vacancies told"])
    assert told == [0, 1, 0, 1, 0]
    assert (
        Notice.objects.filter(kind="board.term", to=member).count() == 2
    )  # when it was said, and before it ends
    assert Notice.objects.filter(kind="board.term", to=admin).count() == 1


def test_consequences_come_before_the_board_once(version, by):
    """S51: each approved metric gets its check, 90 days after it came into force."""
    with clock.stopped_at(version.activated_at + timedelta(days=89)):
        assert scans.BOARD_CLOCK.once(by=by)["consequences put to the board"] == 0
    with clock.stopped_at(version.activated_at + timedelta(days=97)):
        assert scans.BOARD_CLOCK.once(by=by)["consequences put to the board"] == 1
        assert scans.BOARD_CLOCK.once(by=by)["consequences put to the board"] == 0
    assert Case.objects.get(kind=CaseKind.UNINTENDED_CONSEQUENCES).charter_version_id == version.pk


def test_the_system_is_reviewed_yearly(by):
    """S100: a required item, a year after the programme began and each year again."""
    begun = factories.a_programme().approved_at
    opened = []
    for days in (364, 366, 370, 740):
        with clock.stopped_at(begun + timedelta(days=days)):
            opened.append(scans.BOARD_CLOCK.once(by=by)["yearly reviews opened"])
    assert opened == [0, 1, 0, 1]


def test_waivers_end_in_the_ledger_too(by):
    """Issue 3, 6: every effect is in the ledger, once."""
    factories.the_rules()
    factories.a_programme()
    today = calendar.today()
    details: dict[str, object] = {"rule_id": "AR26", "decision": "legal_request", "reason": "A court asks."}
    details |= {"starts_on": today, "ends_on": today + timedelta(days=10)}
    case = services.open_case(
        kind=CaseKind.WAIVER, subject="Export", question="May it?", details=details, by=by
    )
    factories.a_decided_case(case)
    with clock.stopped_at(clock.now() + timedelta(days=17)):
        assert scans.BOARD_CLOCK.once(by=by)["waivers ended"] == 1
        assert scans.BOARD_CLOCK.once(by=by)["waivers ended"] == 0
    assert Entry.objects.filter(kind="board.waiver.ended").count() == 1


def test_rules_that_take_long_to_try_are_put_in_force_by_the_clock(case, by, monkeypatch):
    """Issue 16: not in the request of whoever votes last; the minutes say so, and nothing else comes into force meanwhile."""
    monkeypatch.setattr(rulebooks, "MOST_AT_ONCE", -1)
    proposed = propose_rules(files=files_with(policy("when { context.export }")), by=by)
    before = factories.the_rules().pk
    factories.a_decided_case(proposed)
    version = RulebookVersion.objects.get(pk=proposed.rulebook_version_id)
    assert version.state == RulebookState.PROPOSED and factories.the_rules().pk == before
    assert "as soon as the examples" in Case.objects.get(pk=proposed.pk).outcome.minutes
    assert scans.BOARD_CLOCK.once(by=by)["rulebooks put in force"] == 1
    assert factories.the_rules().pk == version.pk
    assert scans.BOARD_CLOCK.once(by=by)["rulebooks put in force"] == 0
