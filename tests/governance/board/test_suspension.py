"""Emergency suspension: who may, in which state, and how it ends."""

from datetime import timedelta

import pytest

from audits.ledger.models import Entry
from charter.registry.models import CharterVersion
from charter.registry.states import Standing
from governance.board import queries, scans, services
from governance.board.models import Case, Suspension
from governance.board.states import CaseKind, CaseState, SeatKind, Vote
from governance.people.models import Role
from ground import clock
from ground.errors import BadInput, Conflict, HouseError, NotPermitted
from tests import factories

pytestmark = pytest.mark.django_db


def suspend(version, seat=SeatKind.SECURITY, reason="It leaks names."):
    return services.suspend(version=version, seat_kind=seat, reason=reason, by=factories.a_board()[seat])


def standing(version) -> str:
    return CharterVersion.objects.get(pk=version.pk).standing


@pytest.mark.parametrize("seat", SeatKind)
def test_any_seat_suspends_at_once_and_that_is_put_to_the_board(by, seat):
    """Design, board: any seat, at once; the case ends when ratification is due."""
    version = factories.an_active_charter()
    found = suspend(version, seat)
    assert standing(version) == Standing.SUSPENDED
    assert found.ratify_by - found.at == timedelta(days=10)
    assert (found.case.kind, found.case.closes_at) == (CaseKind.SUSPENSION, found.ratify_by)


def test_nobody_else_suspends(by):
    """Design, board: the system, administrators, owners, superusers and former members do not; the ledger has each try."""
    version = factories.an_active_charter()
    admin, former = factories.an_account("admin"), factories.an_account("former")
    factories.a_role(admin, Role.ADMIN)
    factories.a_board()
    services.fill_seat(
        seat_kind=SeatKind.HR,
        user=former,
        valid_from=factories.LONG_AGO,
        valid_to=clock.today(),
        alternate=True,
        by=by,
    )
    root = factories.an_account("root", is_superuser=True)
    tries = [by, admin, former, root, version.metric.owner, factories.a_board()[SeatKind.LEGAL]]
    for user in tries:
        with pytest.raises(NotPermitted):
            services.suspend(version=version, seat_kind=SeatKind.HR, reason="Now.", by=user)
    assert standing(version) == Standing.ACTIVE
    assert Entry.objects.filter(kind="board.suspension.refused").count() == len(tries)


def test_what_can_be_suspended(by):
    """Issue 3, Bad input: a transition not in the table is reached by no door: only what is in force is suspended."""
    version = factories.an_active_charter()
    allowed = set()
    for state in Standing:
        if state not in (Standing.ACTIVE, Standing.PILOT):  # those need their passed case
            CharterVersion.objects.filter(pk=version.pk).update(standing=state)
            with pytest.raises(Conflict):
                suspend(version)
    CharterVersion.objects.filter(pk=version.pk).update(standing=Standing.PILOT)
    with pytest.raises(Conflict) as refused:
        suspend(version)
    assert refused.value.code == "end_the_pilot"
    CharterVersion.objects.filter(pk=version.pk).update(standing=Standing.ACTIVE)
    suspend(version)
    allowed.add(standing(version))
    assert allowed == {Standing.SUSPENDED} and Suspension.objects.count() == 1


def test_a_suspension_needs_a_reason(by):
    """Design, board: what is done at once is explained at once; nothing happens without."""
    version = factories.an_active_charter()
    with pytest.raises(BadInput):
        suspend(version, reason="  ")
    assert standing(version) == Standing.ACTIVE


def test_ratified_it_stays_until_a_case_brings_it_back(by):
    """Design, board: the board ratifies; coming back is a case like any other."""
    version = factories.an_active_charter()
    found = suspend(version)
    factories.a_decided_case(found.case, {SeatKind.SECURITY: Vote.RECUSE})
    found.refresh_from_db()
    assert found.ratified_at and not found.lapsed_at and standing(version) == Standing.SUSPENDED
    with clock.stopped_at(found.ratify_by + timedelta(days=1)):
        scans.keep_clock(by=by)
        assert standing(version) == Standing.SUSPENDED
    again = CharterVersion.objects.get(pk=version.pk)
    factories.a_decided_case(services.open_case(charter_version=again, by=by))
    assert standing(version) == Standing.ACTIVE
    assert CharterVersion.objects.get(pk=version.pk).expires_at == version.expires_at


def test_who_suspended_does_not_ratify(by):
    """Design, board: nobody votes on their own proposal."""
    found = suspend(factories.an_active_charter())
    with pytest.raises(NotPermitted) as refused:
        services.cast_ballot(
            case=found.case,
            seat_kind=SeatKind.SECURITY,
            vote=Vote.APPROVE,
            by=factories.a_board()[SeatKind.SECURITY],
        )
    assert refused.value.code == "own_proposal"


def test_rejected_it_lapses(by):
    """Design, board: a board that does not agree ends it at once."""
    version = factories.an_active_charter()
    found = suspend(version)
    factories.a_decided_case(found.case, {SeatKind.SECURITY: Vote.RECUSE, SeatKind.HR: Vote.VETO})
    assert Suspension.objects.get().lapsed_at and standing(version) == Standing.ACTIVE


def test_unratified_it_lapses_after_ten_days_and_late_workers_catch_up(by):
    """Issue 3, 6: correct to the moment, after a week of a worker's sleep, and not twice."""
    version = factories.an_active_charter()
    found = suspend(version)
    with clock.stopped_at(found.ratify_by - timedelta(seconds=1)):
        scans.keep_clock(by=by)
        assert standing(version) == Standing.SUSPENDED
    with clock.stopped_at(found.ratify_by + timedelta(days=7)):
        assert scans.keep_clock(by=by)["cases decided"] == 1
        assert standing(version) == Standing.ACTIVE
        entries = Entry.objects.count()
        assert scans.keep_clock(by=by)["cases decided"] == 0
        assert Entry.objects.count() == entries
    assert Case.objects.get(pk=found.case_id).state == CaseState.REJECTED


def test_what_ran_out_meanwhile_does_not_come_back(by):
    """Issue 3, 6: a lapse brings nothing back whose time is over."""
    version = factories.an_active_charter()
    found = suspend(version)
    with clock.stopped_at(version.expires_at + timedelta(days=1)):
        services.close_case(case=found.case, by=by)
    assert standing(version) == Standing.EXPIRED


def test_not_twice_at_a_time(by):
    """Database: one suspension of a version is open at a time."""
    version = factories.an_active_charter()
    suspend(version)
    with pytest.raises(HouseError):
        suspend(version, SeatKind.HR)
    assert queries.suspensions().count() == 1
