"""Who may vote: one row a kind of account, one column a state of the case."""

from datetime import timedelta

import pytest

from governance.board import permissions, services
from governance.board.models import Case, Seat
from governance.board.states import SeatKind, Vote
from governance.people.models import AccountKind, GrantedRole
from ground import calendar, clock
from ground.errors import BadInput, Conflict, DomainError, NotPermitted
from tests import factories, snapshots

pytestmark = pytest.mark.django_db

LEGAL = SeatKind.LEGAL


@snapshots.fixture
def house(founded):
    """A board, an open case about the owner's metric, and an account of every kind that might try to vote."""
    by = factories.system()
    board = factories.a_board()
    today = calendar.today()
    accounts = {
        "member": board[LEGAL],
        "alternate": factories.an_account("alternate"),
        "former": factories.an_account("former"),
        "future": factories.an_account("future"),
        "other seat": board[SeatKind.HR],
        "owner": factories.an_account("owner"),
        "nobody": factories.an_account("nobody"),
        "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
        "administrator": factories.an_account("administrator"),
        "system": by,
    }
    factories.a_role(accounts["administrator"], GrantedRole.ADMIN)

    def alternate(name, since=None, until=None):
        factories.an_alternate(LEGAL, accounts[name], since=since, until=until)

    alternate("alternate")
    alternate("owner")
    alternate("former", until=today)
    alternate("future", today + timedelta(days=1))
    return accounts, factories.an_open_case(owner=accounts["owner"])


def _why_not(user, case) -> str | None:
    """The code of the refusal; None where the account may vote for the legal seat."""
    case = Case.objects.get(pk=case.pk)
    seat = Seat.objects.get(kind=LEGAL)
    try:
        permissions.check_can_vote(user, case, seat)
    except DomainError as error:
        assert not permissions.can_vote(user, case, seat)
        return error.code
    assert permissions.can_vote(user, case, seat)
    return None


STRANGERS = ("former", "future", "other seat", "nobody", "superuser", "administrator", "system")


def test_who_may_vote_on_an_open_case(house):
    """S48 and design, board: member and alternate of the seat today; nobody on their own proposal, superusers included."""
    accounts, case = house
    said = {name: _why_not(user, case) for name, user in accounts.items()}
    assert said == {
        "member": None,
        "alternate": None,
        "owner": "own_proposal",
        **dict.fromkeys(STRANGERS, "not_on_this_seat"),
    }


def test_nobody_votes_after_the_time_is_over(house):
    """Design, board: a case has an end, to the moment."""
    accounts, case = house
    with clock.stopped_at(case.closes_at - timedelta(microseconds=1)):
        assert _why_not(accounts["member"], case) is None
    with clock.stopped_at(case.closes_at):
        assert {_why_not(user, case) for user in accounts.values()} == {"voting_over"}


def test_nobody_votes_on_a_closed_case(house):
    """Design, board: what is decided is decided."""
    accounts, case = house
    factories.a_decided_case(case)
    assert {_why_not(user, case) for user in accounts.values()} == {"case_closed"}


def test_a_seat_votes_once(house):
    """Design, board: a seat that its alternate spoke for has spoken."""
    accounts, case = house
    services.cast_ballot(case=case, seat_kind=LEGAL, vote=Vote.ABSTAIN, by=accounts["alternate"])
    assert _why_not(accounts["member"], case) == "already_voted"
    with pytest.raises(Conflict):
        services.cast_ballot(case=case, seat_kind=LEGAL, vote=Vote.APPROVE, by=accounts["member"])


def test_an_account_votes_once_though_it_may_speak_for_two_seats(house, by):
    """Design, board: one voice an account."""
    accounts, case = house
    factories.an_alternate(SeatKind.HR, accounts["member"])
    services.cast_ballot(case=case, seat_kind=SeatKind.HR, vote=Vote.APPROVE, by=accounts["member"])
    assert _why_not(accounts["member"], case) == "already_voted"


def test_a_superuser_on_the_board_votes_on_others_proposals_only(by):
    """Design, board: nobody votes on their own proposal, superusers included."""
    root = factories.an_account("root", is_superuser=True)
    factories.a_term(LEGAL, root)
    assert _why_not(root, factories.an_open_case("pr-age")) is None
    assert _why_not(root, factories.an_open_case("pr-size", owner=root)) == "own_proposal"


def test_an_account_out_of_use_does_not_vote(house):
    """Design, ground rules: an account that is closed can do nothing."""
    accounts, case = house
    accounts["member"].is_active = False
    assert _why_not(accounts["member"], case) == "not_on_this_seat"


def test_the_owner_may_recuse_the_seat(house):
    """Design, board: recusal is what one's own proposal leaves open, and it needs a reason."""
    accounts, case = house
    with pytest.raises(NotPermitted):
        services.cast_ballot(case=case, seat_kind=LEGAL, vote=Vote.ABSTAIN, by=accounts["owner"])
    with pytest.raises(BadInput, match="Say why"):
        services.cast_ballot(case=case, seat_kind=LEGAL, vote=Vote.RECUSE, reason="  ", by=accounts["owner"])
    services.cast_ballot(
        case=case, seat_kind=LEGAL, vote=Vote.RECUSE, reason="It is mine.", by=accounts["owner"]
    )


@pytest.mark.parametrize("seat", SeatKind)
def test_four_seats_have_a_veto(house, seat):
    """Design, board: legal, security, hr and worker_rep may veto, with a reason."""
    _accounts, case = house
    board = factories.a_board()
    has_one = seat in {SeatKind.LEGAL, SeatKind.SECURITY, SeatKind.HR, SeatKind.WORKER_REP}
    if not has_one:
        with pytest.raises(NotPermitted, match="has no veto"):
            services.cast_ballot(case=case, seat_kind=seat, vote=Vote.VETO, reason="No.", by=board[seat])
        return
    with pytest.raises(BadInput, match="Say why"):
        services.cast_ballot(case=case, seat_kind=seat, vote=Vote.VETO, by=board[seat])
    services.cast_ballot(case=case, seat_kind=seat, vote=Vote.VETO, reason="No.", by=board[seat])


@pytest.mark.parametrize(
    ("name", "may_open", "may_close"),
    [
        ("member", True, True),
        ("alternate", True, True),
        ("owner", True, True),
        ("administrator", True, True),
        ("system", True, True),
        ("former", False, False),
        ("nobody", False, False),
        ("superuser", False, False),
    ],
)
def test_who_may_open_and_close(house, name, may_open, may_close):
    """Design, board: the board, whoever proposes the matter, and administrators open; votes decide, not who closes."""
    accounts, case = house
    for may, check in (
        (may_open, lambda user: permissions.check_can_open_case(user, case)),
        (may_close, lambda user: permissions.check_can_close_case(user, case)),
    ):
        if may:
            check(accounts[name])
        else:
            with pytest.raises(NotPermitted):
                check(accounts[name])


def test_a_metric_s_owner_may_open_but_not_close(by):
    """Design, board: whoever proposes it puts it to the board, which then has it."""
    owner = factories.an_account("owner")
    case = services.open_case(charter_version=factories.a_submitted_charter(owner=owner), by=owner)
    with pytest.raises(NotPermitted):
        services.close_case(case=case, by=owner)


def test_who_can_be_put_on_a_seat(by):
    """Design, board: a person's account in use, by an administrator other than itself."""
    factories.a_programme()
    machine = factories.an_account("bot", kind=AccountKind.MACHINE)
    admin, gone = factories.an_account("admin"), factories.an_account("gone")
    factories.a_role(admin, GrantedRole.ADMIN)
    gone.is_active = False
    for user, actor, refusal in [
        (machine, by, BadInput),
        (gone, by, BadInput),
        (admin, admin, NotPermitted),
        (factories.an_account(), factories.an_account(is_superuser=True), NotPermitted),
    ]:
        with pytest.raises(refusal):
            services.fill_seat(seat_kind=LEGAL, user=user, valid_from=calendar.today(), by=actor)
