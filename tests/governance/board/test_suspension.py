"""Emergency suspension: who may, in which state, and how it ends."""

from datetime import timedelta

import pytest

from audits.ledger.models import Entry
from charter.registry.models import CharterVersion, ClockSuspension
from charter.registry.reminders import SuspendedFor
from charter.registry.states import StandingChoices
from governance.board import permissions, queries, scans, services
from governance.board.models import Case, Suspension
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.people.models import GrantedRole
from ground import calendar, clock
from ground.errors import BadInput, Conflict, DomainError, NotPermitted
from tests import factories, on_the_log, snapshots

pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("founded")]


def suspend(version, seat=SeatKind.SECURITY, reason="It leaks names."):
    return services.suspend(version=version, seat_kind=seat, reason=reason, by=factories.a_board()[seat])


def standing(version) -> str:
    return CharterVersion.objects.get(pk=version.pk).standing


@pytest.mark.parametrize("seat", SeatKind)
def test_any_seat_suspends_at_once_and_that_is_put_to_the_board(version, seat):
    """Design, board: any seat, at once; the case ends when ratification is due."""
    found = suspend(version, seat)
    assert standing(version) == StandingChoices.SUSPENDED
    assert found.ratify_by - found.at == timedelta(days=10)
    assert (found.case.kind, found.case.closes_at) == (CaseKind.SUSPENSION, found.ratify_by)


def test_nobody_else_suspends(version, by):
    """Design, board: the system, administrators, owners, superusers and former members do not; the ledger has each try."""
    admin, former = factories.an_account("admin"), factories.an_account("former")
    factories.a_role(admin, GrantedRole.ADMIN)
    factories.a_board()
    factories.an_alternate(SeatKind.HR, former, until=calendar.today())
    root = factories.an_account("root", is_superuser=True)
    tries = [by, admin, former, root, version.metric.owner, factories.a_board()[SeatKind.LEGAL]]
    for user in tries:
        with pytest.raises(NotPermitted):
            services.suspend(version=version, seat_kind=SeatKind.HR, reason="Now.", by=user)
    assert standing(version) == StandingChoices.ACTIVE
    assert Entry.objects.filter(kind="board.suspension.refused").count() == len(tries)


def test_what_can_be_suspended(version):
    """Issue 3, Bad input: a transition not in the table is reached by no door: only what is in force is suspended."""
    of_standing = {StandingChoices.PILOT: "end_the_pilot"}
    for state in set(StandingChoices) - {StandingChoices.ACTIVE}:
        version.standing = state
        with pytest.raises(Conflict) as refused:
            permissions.check_can_suspend(factories.a_board()[SeatKind.HR], version, SeatKind.HR)
        assert refused.value.code == of_standing.get(state, "no_such_transition")
    suspend(version)
    assert standing(version) == StandingChoices.SUSPENDED and Suspension.objects.count() == 1
    with pytest.raises(Conflict):
        suspend(version)


def test_a_suspension_needs_a_reason(version):
    """Design, board: what is done at once is explained at once; nothing happens without."""
    with pytest.raises(BadInput):
        suspend(version, reason="  ")
    assert standing(version) == StandingChoices.ACTIVE


def test_ratified_it_stays_until_a_case_brings_it_back(version, by):
    """Design, board: the board ratifies; coming back is a case like any other."""
    found = suspend(version)
    factories.a_decided_case(found.case, {SeatKind.SECURITY: Vote.RECUSE})
    found.refresh_from_db()
    assert found.ratified_at and not found.lapsed_at and standing(version) == StandingChoices.SUSPENDED
    with clock.stopped_at(found.ratify_by + timedelta(days=1)):
        scans.BOARD_CLOCK.once(by=by)
        assert standing(version) == StandingChoices.SUSPENDED
    again = CharterVersion.objects.get(pk=version.pk)
    with pytest.raises(BadInput, match="what has changed"):
        services.open_case(charter_version=again, question=" ", by=by)
    factories.a_decided_case(services.open_case(charter_version=again, question="Names are gone.", by=by))
    assert standing(version) == StandingChoices.ACTIVE
    assert CharterVersion.objects.get(pk=version.pk).expires_at == version.expires_at


def test_who_suspended_does_not_ratify(version):
    """Design, board: nobody votes on their own proposal."""
    found = suspend(version)
    with pytest.raises(NotPermitted) as refused:
        services.cast_ballot(
            case=found.case,
            seat_kind=SeatKind.SECURITY,
            vote=Vote.APPROVE,
            by=factories.a_board()[SeatKind.SECURITY],
        )
    assert refused.value.code == "own_proposal"


def test_rejected_it_lapses(version):
    """Design, board: a board that does not agree ends it at once."""
    found = suspend(version)
    factories.a_decided_case(found.case, {SeatKind.SECURITY: Vote.RECUSE, SeatKind.HR: Vote.VETO})
    assert Suspension.objects.get().lapsed_at and standing(version) == StandingChoices.ACTIVE


def test_unratified_it_lapses_after_ten_days_and_late_workers_catch_up(version, by):
    """Issue 3, 6: correct to the moment, after a week of a worker's sleep, and not twice."""
    found = suspend(version)
    with clock.stopped_at(found.ratify_by - timedelta(seconds=1)):
        scans.BOARD_CLOCK.once(by=by)
        assert standing(version) == StandingChoices.SUSPENDED
    with clock.stopped_at(found.ratify_by + timedelta(days=7)):
        assert scans.BOARD_CLOCK.once(by=by)["cases decided"] == 1
        assert standing(version) == StandingChoices.ACTIVE
        entries = Entry.objects.count()
        assert scans.BOARD_CLOCK.once(by=by)["cases decided"] == 0
        assert Entry.objects.count() == entries
    assert Case.objects.get(pk=found.case_id).state == CaseState.REJECTED


def test_what_ran_out_meanwhile_does_not_come_back(version, by):
    """Issue 3, 6: a lapse brings nothing back whose time is over."""
    found = suspend(version)
    with clock.stopped_at(version.expires_at + timedelta(days=1)):
        services.close_case(case=found.case, by=by)
    assert standing(version) == StandingChoices.EXPIRED


def test_not_twice_at_a_time(version):
    """Database: one suspension of a version is open at a time."""
    suspend(version)
    with pytest.raises(DomainError):
        suspend(version, SeatKind.HR)
    assert queries.list_suspensions().count() == 1


# Who may ask the board to bring a suspended charter back, and in which state it can be asked.


@snapshots.fixture
def ratified(active_charter):
    """A charter whose suspension the board has ratified."""
    version = active_charter
    factories.a_decided_case(suspend(version).case, {SeatKind.SECURITY: Vote.RECUSE})
    return CharterVersion.objects.select_related("metric__owner").get(pk=version.pk)


def why_not(user, version) -> str | None:
    try:
        permissions.check_can_bring_back(user, version)
    except DomainError as error:
        return error.code
    return None


def test_who_may_bring_a_suspended_charter_back(ratified):
    """DESIGN, Board: whoever may put a charter to the board; being a superuser counts for nothing."""
    admin, writer = factories.an_account("admin"), factories.an_account("auditor")
    factories.a_role(admin, GrantedRole.ADMIN)
    factories.a_role(writer, GrantedRole.AUDITOR)
    accounts = {
        "member": factories.a_board()[SeatKind.HR],
        "who suspended it": factories.a_board()[SeatKind.SECURITY],
        "owner": ratified.metric.owner,
        "administrator": admin,
        "auditor": writer,
        "nobody": factories.an_account("nobody"),
        "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
    }
    assert {name: why_not(user, ratified) for name, user in accounts.items()} == {
        **dict.fromkeys(("member", "who suspended it", "owner", "administrator"), None),
        **dict.fromkeys(("auditor", "nobody", "superuser"), "not_permitted"),
    }


def test_words_of_ones_own_open_no_door(ratified):
    """Issue 3, Bad input: who argues for a charter is its proposer, but may not put it to the board for that."""
    for name in ("nobody", "auditor"):
        with pytest.raises(NotPermitted):
            services.open_case(charter_version=ratified, question="I like it.", by=factories.an_account(name))


@pytest.mark.parametrize("state", StandingChoices)
def test_in_which_state_a_charter_can_be_brought_back(ratified, state):
    """Issue 3, Bad input: a suspended one alone, by this door or any other."""
    ratified.standing = state
    expected = None if state == StandingChoices.SUSPENDED else "no_such_transition"
    assert why_not(ratified.metric.owner, ratified) == expected


def test_what_stands_in_the_way_of_coming_back(ratified, by):
    """DESIGN, Board and Charters: an open case, a review that is due, and time that has run out."""
    owner = ratified.metric.owner
    with clock.stopped_at(ratified.expires_at):
        assert why_not(owner, ratified) == "expired"
    suspension = ClockSuspension.objects.create(
        charter_version=ratified, reason=SuspendedFor.REVIEW, suspended_by=by
    )
    on_the_log.tell_of(suspension)
    assert why_not(owner, ratified) == "needs_a_review"
    suspension.ended_at, suspension.ended_by = clock.now(), by
    suspension.save(update_fields=["ended_at", "ended_by"])
    on_the_log.tell_of(suspension, word="update")
    assert why_not(owner, ratified) is None
    services.open_case(charter_version=ratified, question="Names are gone.", by=owner)
    assert why_not(owner, ratified) == "case_open"
    with pytest.raises(Conflict, match="before the board already"):
        services.open_case(charter_version=ratified, question="Names are gone.", by=owner)


def test_it_is_not_asked_back_before_the_board_has_ratified(version):
    """DESIGN, Board: one matter at a time: while the board rules on the suspension, nothing else of it is put."""
    suspend(version)
    assert why_not(factories.a_board()[SeatKind.HR], CharterVersion.objects.get(pk=version.pk)) == "case_open"


def test_who_brings_it_back_does_not_vote_on_it(ratified):
    """DESIGN, Board: nobody votes on their own proposal."""
    hr, legal = (factories.a_board()[seat] for seat in (SeatKind.HR, SeatKind.LEGAL))
    case = services.open_case(charter_version=ratified, question="Names are gone.", by=hr)
    with pytest.raises(NotPermitted) as refused:
        services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=hr)
    assert refused.value.code == "own_proposal"
    services.cast_ballot(case=case, seat_kind=SeatKind.LEGAL, vote=Vote.APPROVE, by=legal)


def test_rejected_it_stays_suspended_and_may_be_asked_back_again(ratified, by):
    """DESIGN, Board: a no changes nothing for good."""
    case = services.open_case(charter_version=ratified, question="Names are gone.", by=by)
    factories.a_decided_case(case, {SeatKind.HR: Vote.VETO})
    assert (
        standing(ratified) == StandingChoices.SUSPENDED and why_not(ratified.metric.owner, ratified) is None
    )
