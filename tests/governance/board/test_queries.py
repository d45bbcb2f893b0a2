"""Reads of the board: blind while a case is open, few statements however long the lists."""

import pytest
from django.contrib.admin import site
from django.test import RequestFactory

from governance.board import queries, services
from governance.board.models import Ballot, Case
from governance.board.states import CaseState, SeatKind, Vote
from ground import clock
from ground.errors import Conflict
from tests import factories

pytestmark = pytest.mark.django_db


def test_votes_are_blind_until_the_case_closes(by):
    """Design, board: nobody reads a vote of an open case, only which seats have been heard."""
    case, board = factories.an_open_case(), factories.a_board()
    services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=board[SeatKind.HR])
    assert queries.heard(case) == {SeatKind.HR}
    assert not queries.closed_ballots().exists()
    with pytest.raises(Conflict) as refused:
        queries.ballots(case)
    assert refused.value.code == "votes_are_blind"


def test_votes_are_read_afterwards(by):
    """Design, board: reasons and dissent are then published."""
    case = factories.an_open_case()
    factories.a_decided_case(case, {SeatKind.HR: Vote.REJECT})
    assert {ballot.seat.kind: ballot.vote for ballot in queries.ballots(case)} == {
        **dict.fromkeys(SeatKind, Vote.APPROVE),
        SeatKind.HR: Vote.REJECT,
    }


def test_the_admin_shows_no_vote_of_an_open_case_and_changes_nothing(by):
    """Design, ground rules: the admin is read-only; votes are blind to administrators too."""
    case, board = factories.an_open_case(), factories.a_board()
    services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=board[SeatKind.HR])
    request = RequestFactory().get("/admin/")
    request.user = factories.an_account("root", is_superuser=True, is_staff=True)
    page = site.get_model_admin(Ballot)
    assert page.has_view_permission(request) and not page.get_queryset(request).exists()
    for page in (site.get_model_admin(model) for model in (Ballot, Case)):
        assert not page.has_add_permission(request)
        assert not page.has_change_permission(request)
        assert not page.has_delete_permission(request)


def test_seats_and_their_holders(by, django_assert_num_queries):
    """S142: whether every seat is filled can be said, in one statement."""
    today = clock.today()
    assert queries.vacant_seats(today) == tuple(SeatKind)
    board = factories.a_board()
    deputy = factories.an_account("deputy")
    for seat in (SeatKind.HR, SeatKind.LEGAL):
        services.fill_seat(seat_kind=seat, user=deputy, valid_from=factories.LONG_AGO, alternate=True, by=by)
    with django_assert_num_queries(1):
        seats = {holders.seat: holders for holders in queries.seats(today)}
    assert seats[SeatKind.HR].member == board[SeatKind.HR] and seats[SeatKind.HR].alternates == (deputy,)
    assert queries.vacant_seats(today) == ()
    assert queries.seats_of(deputy, today) == (SeatKind.HR, SeatKind.LEGAL)


def test_a_list_of_cases_is_one_statement(by, django_assert_num_queries):
    """Design, style: every list has a pinned number of statements."""
    for slug in ("pr-age", "pr-size", "cycle-time"):
        factories.an_open_case(slug)
    factories.an_active_charter()
    with django_assert_num_queries(1):
        listed = [
            (str(case.charter_version), case.opened_by.name, getattr(case, "outcome", None))
            for case in queries.cases()
        ]
    assert len(listed) == 4
    assert {str(case.charter_version) for case in queries.cases(CaseState.APPROVED)} == {
        "deployment-frequency@1"
    }
