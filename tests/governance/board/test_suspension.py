"""Emergency suspension: who may, in which state, and how it ends."""

from datetime import timedelta

import pytest

from audits.ledger.models import Entry
from charter.registry.models import CharterVersion, ClockSuspension
from charter.registry.reminders import SuspendedFor
from charter.registry.states import Standing
from governance.board import permissions, queries, scans, services
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
    CharterVersion.objects.filter(pk=version.pk).update(standing=Standing.PILOT, pilot_cohort="team:payments")
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
    with pytest.raises(BadInput, match="what has changed"):
        services.open_case(charter_version=again, question=" ", by=by)
    factories.a_decided_case(services.open_case(charter_version=again, question="Names are gone.", by=by))
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


# Who may ask the board to bring a suspended charter back, and in which state it can be asked.


@pytest.fixture
def ratified(by):
    """A charter whose suspension the board has ratified."""
    version = factories.an_active_charter()
    factories.a_decided_case(suspend(version).case, {SeatKind.SECURITY: Vote.RECUSE})
    return CharterVersion.objects.select_related("metric__owner").get(pk=version.pk)


def why_not(user, version) -> str | None:
    try:
        permissions.check_can_bring_back(user, version)
    except HouseError as error:
        return error.code
    return None


def test_who_may_bring_a_suspended_charter_back(ratified):
    """DESIGN, Board: whoever may put a charter to the board; being a superuser counts for nothing."""
    admin, writer = factories.an_account("admin"), factories.an_account("auditor")
    factories.a_role(admin, Role.ADMIN)
    factories.a_role(writer, Role.AUDITOR)
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


@pytest.mark.parametrize("state", Standing)
def test_in_which_state_a_charter_can_be_brought_back(ratified, state):
    """Issue 3, Bad input: a suspended one alone, by this door or any other."""
    ratified.standing = state
    expected = None if state == Standing.SUSPENDED else "no_such_transition"
    assert why_not(ratified.metric.owner, ratified) == expected


def test_what_stands_in_the_way_of_coming_back(ratified, by):
    """DESIGN, Board and Charters: an open case, a review that is due, and time that has run out."""
    owner = ratified.metric.owner
    with clock.stopped_at(ratified.expires_at):
        assert why_not(owner, ratified) == "expired"
    suspension = ClockSuspension.objects.create(
        charter_version=ratified, reason=SuspendedFor.REVIEW, suspended_by=by
    )
    assert why_not(owner, ratified) == "needs_a_review"
    suspension.ended_at, suspension.ended_by = clock.now(), by
    suspension.save(update_fields=["ended_at", "ended_by"])
    assert why_not(owner, ratified) is None
    services.open_case(charter_version=ratified, question="Names are gone.", by=owner)
    assert why_not(owner, ratified) == "case_open"
    with pytest.raises(Conflict, match="before the board already"):
        services.open_case(charter_version=ratified, question="Names are gone.", by=owner)


def test_it_is_not_asked_back_before_the_board_has_ratified(by):
    """DESIGN, Board: one matter at a time: while the board rules on the suspension, nothing else of it is put."""
    version = factories.an_active_charter()
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
    assert standing(ratified) == Standing.SUSPENDED and why_not(ratified.metric.owner, ratified) is None
