"""Reads of the board: blind while a case is open, few statements however long the lists."""

import pytest

from governance.board import queries, services
from governance.board.states import CaseState, SeatKind, Vote
from ground import calendar
from ground.errors import Conflict
from tests import factories

pytestmark = pytest.mark.django_db


def test_votes_are_blind_until_the_case_closes(case):
    """Design, board: nobody reads a vote of an open case, only which seats have been heard."""
    board = factories.a_board()
    services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=board[SeatKind.HR])
    assert queries.list_heard_seats(case) == {SeatKind.HR}
    assert not queries.list_closed_ballots().exists()
    with pytest.raises(Conflict) as refused:
        queries.list_ballots(case)
    assert refused.value.code == "votes_are_blind"


def test_votes_are_read_afterwards(case):
    """Design, board: reasons and dissent are then published."""
    factories.a_decided_case(case, {SeatKind.HR: Vote.REJECT})
    assert {ballot.seat.kind: ballot.vote for ballot in queries.list_ballots(case)} == {
        **dict.fromkeys(SeatKind, Vote.APPROVE),
        SeatKind.HR: Vote.REJECT,
    }


def test_seats_and_their_holders(by, django_assert_num_queries):
    """S142: whether every seat is filled can be said, in one statement."""
    today = calendar.today()
    assert queries.list_vacant_seats(today) == tuple(SeatKind)
    board = factories.a_board()
    deputy = factories.an_account("deputy")
    for seat in (SeatKind.HR, SeatKind.LEGAL):
        factories.an_alternate(seat, deputy)
    with django_assert_num_queries(1):
        seats = {holders.seat: holders for holders in queries.list_seats(today)}
    assert seats[SeatKind.HR].member == board[SeatKind.HR] and seats[SeatKind.HR].alternates == (deputy,)
    assert queries.list_vacant_seats(today) == ()
    assert queries.list_seats_of(deputy, today) == (SeatKind.HR, SeatKind.LEGAL)


def test_a_list_of_cases_is_one_statement(founded, django_assert_num_queries):
    """Design, style: every list has a pinned number of statements."""
    for slug in ("pr-age", "pr-size", "cycle-time"):
        factories.an_open_case(slug)
    factories.an_active_charter()
    with django_assert_num_queries(1):
        listed = [
            (str(case.charter_version), case.opened_by.name, getattr(case, "outcome", None))
            for case in queries.list_cases()
        ]
    assert len(listed) == 4
    assert {str(case.charter_version) for case in queries.list_cases(CaseState.APPROVED)} == {
        "deployment-frequency@1"
    }
