"""Who sits on the board: proposed, told to all of it, confirmed by it, and never in the past (issue 9)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from audits.ledger.models import Entry
from governance.board import permissions, queries, services
from governance.board.models import Case, Seat, Term, TermConfirmation
from governance.board.states import NOTICE_DAYS, CaseKind, SeatKind, Vote
from governance.notices.models import Notice
from governance.people.models import GrantedRole
from ground import calendar, clock
from ground.errors import BadInput, Conflict, DomainError, NotPermitted
from ground.ids import new_id
from tests import factories, on_the_log, snapshots
from tests.governance.board.test_ties import find_constraint

pytestmark = [pytest.mark.django_db]

HR, LEGAL, SECURITY = SeatKind.HR, SeatKind.LEGAL, SeatKind.SECURITY
SOON = timedelta(days=NOTICE_DAYS)


@snapshots.fixture
def house(founded) -> dict[str, object]:
    """A board at work, and everybody who might try to put somebody on it."""
    board = factories.a_board()
    admin = factories.an_account("administrator")
    factories.a_role(admin, GrantedRole.ADMIN)
    return {
        **{SeatKind(seat).value: member for seat, member in board.items()},
        "administrator": admin,
        "superuser": factories.an_account("root", is_superuser=True, is_staff=True),
        "owner": factories.an_account("owner"),
        "candidate": factories.an_account("candidate"),
        "system": factories.system(),
    }


def later(days: int = NOTICE_DAYS):
    """Noon, so many days from now."""
    day = calendar.today() + timedelta(days=days)
    return clock.stopped_at(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def why_not(check, *given, **named) -> str | None:
    try:
        check(*given, **named)
    except DomainError as error:
        return error.code
    return None


def a_question() -> Case:
    return services.open_case(
        kind=CaseKind.EDGE_CASE, subject="x", question="Is it so?", by=factories.system()
    )


def vacate(house, seat: SeatKind) -> None:
    """Its member leaves at once."""
    member = house[seat.value]
    services.end_term(term=member.terms.get(alternate=False), valid_to=calendar.today(), by=member)


def propose(house, seat: SeatKind = LEGAL, **fields) -> Term:
    given = {"user": house["candidate"], "valid_from": calendar.today() + SOON, "by": house["administrator"]}
    return services.fill_seat(seat_kind=seat, **{**given, **fields})


@pytest.mark.parametrize(
    ("who", "as_member", "as_alternate"),
    [
        ("administrator", None, "not_its_member"),
        ("system", None, "not_its_member"),
        ("hr", "not_permitted", None),
        ("legal", "not_permitted", "not_its_member"),
        ("superuser", "not_permitted", "not_its_member"),
        ("owner", "not_permitted", "not_its_member"),
        ("candidate", "not_permitted", "not_its_member"),
    ],
)
def test_who_proposes_members_and_who_names_alternates(house, who, as_member, as_alternate):
    """Issue 9: an administrator proposes members; alternates are named by the member of their seat."""
    check = permissions.check_can_fill_seat
    assert why_not(check, house[who], house["candidate"], HR, alternate=False) == as_member
    assert why_not(check, house[who], house["candidate"], HR, alternate=True) == as_alternate


def test_an_administrator_makes_no_board_of_friends(house):
    """Issue 9: the attack itself: five alternates from today or before, who vote before the members."""
    case = a_question()
    friends = [factories.an_account(f"friend-{number}") for number in range(5)]
    for day in (calendar.today(), calendar.today() - timedelta(days=400), calendar.today() + SOON):
        for seat, friend in zip(SeatKind, friends, strict=False):
            with pytest.raises(NotPermitted):
                propose(house, seat, user=friend, valid_from=day, alternate=True)
            with pytest.raises(BadInput):  # no seat is vacant
                propose(house, seat, user=friend, valid_from=day)
    for seat, friend in zip(SeatKind, friends, strict=False):
        with pytest.raises(NotPermitted):
            services.cast_ballot(case=case, seat_kind=seat, vote=Vote.APPROVE, by=friend)


def test_nobody_sits_in_the_past_or_without_notice(house):
    """Issue 9: three days lie between the notice to the whole board and the first day."""
    for days in (-1, 0, NOTICE_DAYS - 1):
        with pytest.raises(BadInput) as refused:
            propose(
                house, HR, valid_from=calendar.today() + timedelta(days=days), alternate=True, by=house["hr"]
            )
        assert refused.value.code == "too_early"
    propose(house, HR, alternate=True, by=house["hr"])
    told = Notice.objects.filter(kind="board.term")
    assert {notice.to.username for notice in told} == {
        "candidate", *(f"board-{seat.value.replace('_', '-')}" for seat in SeatKind if seat != HR)
    }  # fmt: skip


def test_who_is_new_votes_on_what_was_opened_since(house):
    """Issue 9: nobody is brought in for a case that is open; not when their term has begun either."""
    before = a_question()
    propose(house, HR, alternate=True, by=house["hr"])
    since, user, seat = a_question(), house["candidate"], Seat.objects.get(kind=HR)
    assert why_not(permissions.check_can_vote, user, since, seat) == "not_on_this_seat"
    with later():
        assert why_not(permissions.check_can_vote, user, before, seat) == "announced_after"
        assert list(queries.list_cases_to_vote_on(user)) == [since]
        assert user not in queries.list_unheard_holders(before, calendar.today())
        services.cast_ballot(case=since, seat_kind=HR, vote=Vote.APPROVE, by=user)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("hr", None),
        ("engineering", None),
        ("legal", "not_another_member"),
        ("administrator", "not_another_member"),
        ("candidate", "not_another_member"),
        ("superuser", "not_another_member"),
        ("owner", "not_another_member"),
        ("system", "not_another_member"),
    ],
)
def test_who_confirms_a_member(house, who, code):
    """Issue 9: members of the other seats; not who was on it, not who proposed them, no administrator."""
    vacate(house, LEGAL)
    term = propose(house)
    assert why_not(permissions.check_can_confirm, house[who], term) == code
    assert permissions.can_confirm(house[who], term) == (code is None)


def test_a_member_sits_once_more_than_half_have_confirmed(house):
    """Issue 9: an administrator fills vacant seats only, and the board confirms."""
    vacate(house, LEGAL)
    term = propose(house)
    for number, seat in enumerate((HR, SECURITY, SeatKind.PRODUCT), start=1):
        assert Term.objects.get(pk=term.pk).confirmed_at is None
        with later():
            assert LEGAL in queries.list_vacant_seats(calendar.today())
        services.confirm_member(term=term, by=house[seat.value])
        assert Entry.objects.filter(kind="board.seat.confirmed").count() == number
    with pytest.raises(Conflict):
        services.confirm_member(term=term, by=house["engineering"])
    with later():
        assert permissions.holds_seat(house["candidate"], LEGAL)
        assert queries.list_vacant_seats(calendar.today()) == ()
        propose(house, LEGAL, user=house["owner"], alternate=True, by=house["candidate"])


def test_one_voice_a_member(house):
    """Issue 9: nobody confirms twice; of two who are proposed the first that is confirmed sits."""
    vacate(house, LEGAL)
    first, second = propose(house), propose(house, user=house["owner"])
    services.confirm_member(term=first, by=house["hr"])
    with pytest.raises(BadInput):
        services.confirm_member(term=first, by=house["hr"])
    for seat in (SECURITY, SeatKind.PRODUCT):
        services.confirm_member(term=first, by=house[seat.value])
        services.confirm_member(term=second, by=house[seat.value])
    with pytest.raises(BadInput, match="has a member"):
        services.confirm_member(term=second, by=house["hr"])


@pytest.mark.parametrize(
    ("who", "at_once", "after_notice"),
    [
        ("legal", None, None),
        ("administrator", "too_early", None),
        ("system", "too_early", None),
        ("hr", "not_permitted", "not_permitted"),
        ("superuser", "not_permitted", "not_permitted"),
        ("candidate", "not_permitted", "not_permitted"),
    ],
)
def test_who_ends_a_term(house, who, at_once, after_notice):
    """Issue 9: one's own at once; another's an administrator, with notice to the board; none in the past."""
    term, today = house["legal"].terms.get(), calendar.today()
    check = permissions.check_can_end_term
    assert why_not(check, house[who], term, today) == at_once
    assert why_not(check, house[who], term, today + SOON) == after_notice
    assert why_not(check, house[who], term, today - timedelta(days=1)) is not None


def test_until_a_programme_is_in_force_nobody_is_put_on_a_seat(by):
    """Issue 9: the first board comes by the founding alone, whoever asks."""
    user = factories.an_account()
    with pytest.raises(Conflict) as refused:
        services.fill_seat(seat_kind=HR, user=user, valid_from=calendar.today() + SOON, by=by)
    assert refused.value.code == "programme_not_founded"
    with pytest.raises(NotPermitted):
        services.fill_seat(seat_kind=HR, user=user, valid_from=calendar.today() + SOON, alternate=True, by=by)


def by_a_case(house, user, *, alternate: bool = True, seat: SeatKind = HR, said=None) -> Case:
    """The case that would put an account on a seat, decided by the board; whoever sits there may stand back."""
    case = services.open_case(
        kind=CaseKind.SEAT,
        subject="Who sits",
        question="As nobody else does.",
        details={"seat": seat, "user": user, "alternate": alternate},
        by=house["administrator"],
    )
    factories.votes(case, said)
    return Case.objects.get(pk=case.pk)


def by_the_member(house, user) -> Term:
    return propose(house, HR, user=user, alternate=True, by=house["hr"])


def by_the_others(house, user) -> Term:
    """A vacant seat, proposed by an administrator and confirmed by the others."""
    vacate(house, HR)
    term = propose(house, HR, user=user)
    for seat in (LEGAL, SECURITY, SeatKind.PRODUCT):
        services.confirm_member(term=term, by=house[seat.value])
    return term


@pytest.mark.parametrize("named", [by_the_member, by_a_case, by_the_others])
@pytest.mark.parametrize(
    ("days", "opened", "code"),
    [
        (0, "before", "not_on_this_seat"),
        (0, "since", "not_on_this_seat"),
        (NOTICE_DAYS - 1, "before", "not_on_this_seat"),
        (NOTICE_DAYS - 1, "since", "not_on_this_seat"),
        (NOTICE_DAYS, "before", "announced_after"),
        (NOTICE_DAYS, "since", None),
    ],
)
def test_who_is_named_votes_when_on_which_case(house, named, days, opened, code):
    """Issue 9: whoever named them: after three days, on what was opened since; never ahead of the members."""
    before = a_question()
    named(house, house["candidate"])
    case = {"before": before, "since": a_question()}[opened]
    with later(days) if days else clock.stopped_at(clock.now()):
        refusal = why_not(permissions.check_can_vote, house["candidate"], case, Seat.objects.get(kind=HR))
    assert refusal == code


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("administrator", None),
        ("system", None),
        ("legal", None),
        ("hr", None),
        ("superuser", "not_permitted"),
        ("owner", "not_permitted"),
        ("candidate", "not_permitted"),
    ],
)
def test_who_puts_to_the_board_who_is_to_sit(house, who, code):
    """Issue 9: alternates are named by their seat's member or by a case."""
    assert why_not(permissions.check_can_name_by_case, house[who]) == code
    opened = why_not(
        services.open_case,
        kind=CaseKind.SEAT,
        subject="x",
        question="x",
        details={"seat": HR, "user": house["owner" if who == "candidate" else "candidate"]},
        by=house[who],
    )
    assert opened == code


def test_a_case_names_an_alternate_and_the_board_is_told(house):
    """Issue 9: by the board's vote and with its notice; neither who asks nor who is named has a voice in it."""
    case = by_a_case(house, house["candidate"])
    term = house["candidate"].terms.get()
    assert (term.alternate, term.valid_from, term.case) == (True, calendar.today() + SOON, case)
    assert "is alternate on the seat" in case.outcome.minutes
    told = Notice.objects.filter(kind="board.term").values_list("to__username", flat=True)
    assert {"candidate", "board-legal", "board-hr"} <= set(told)
    own = services.open_case(
        kind=CaseKind.SEAT, subject="x", question="x", details={"seat": LEGAL, "user": house["hr"]}, by=house["legal"]
    )  # fmt: skip
    for seat in (HR, LEGAL):
        seated = Seat.objects.get(kind=seat)
        assert why_not(permissions.check_can_vote, house[seat.value], own, seated) == "own_proposal"


def test_a_case_that_is_turned_down_seats_nobody(house):
    """Issue 9: nor does one about a seat whose member stays."""
    by_a_case(house, house["candidate"], said={HR: Vote.REJECT, LEGAL: Vote.REJECT, SECURITY: Vote.REJECT})
    assert not house["candidate"].terms.exists()
    with pytest.raises(BadInput, match="has a member"):
        by_a_case(house, house["candidate"], alternate=False)


def test_a_case_lets_a_member_follow_on_one_whose_term_ends(house):
    """Issue 9: a successor is confirmed before the seat is vacant."""
    ends = calendar.today() + timedelta(days=30)
    services.end_term(term=house["hr"].terms.get(), valid_to=ends, by=house["hr"])
    by_a_case(house, house["candidate"], alternate=False)
    assert (house["candidate"].terms.get().valid_from, house["candidate"].terms.get().alternate) == (
        ends,
        False,
    )


def test_who_is_proposed_may_decline(house):
    """Issue 9: nobody sits against their will, and nobody declines for another."""
    vacate(house, LEGAL)
    term = propose(house)
    assert why_not(services.decline_seat, term=term, by=house["administrator"]) == "not_yours"
    services.decline_seat(term=term, by=house["candidate"])
    assert why_not(services.confirm_member, term=term, by=house["hr"]) == "nothing_to_confirm"
    for seat in (HR, SECURITY, SeatKind.PRODUCT):
        run("INSERT INTO board_termconfirmation (id, term_id, user_id, at) VALUES (%s, %s, %s, now())", new_id(), term.pk, house[seat.value].pk)  # fmt: skip
    on_the_log.tell_of(*TermConfirmation.objects.filter(term=term))
    with pytest.raises(DatabaseError) as refused:
        run("UPDATE board_term SET confirmed_at = %s WHERE id = %s", clock.now(), term.pk)
    assert find_constraint(refused.value) == "term_confirmed_by_the_board"


INSERT = (
    "INSERT INTO board_term (id, seat_id, user_id, alternate, valid_from, announced_at, announced_by_id, confirmed_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)


def insert(house, seat: SeatKind, *, days: int, alternate: bool, named_by: str, confirmed: bool) -> None:
    now = clock.now()
    given = [
        new_id(),
        factories.a_seat(seat).pk,
        house["candidate"].pk,
        alternate,
        calendar.today() + timedelta(days=days),
    ]
    run(INSERT, *given, now, house[named_by].pk, now if confirmed else None)


def run(statement: str, *given: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"days": -1, "alternate": True, "named_by": "legal", "confirmed": True}, "term_not_in_the_past"),
        ({"days": 0, "alternate": True, "named_by": "legal", "confirmed": True}, "term_after_notice"),
        ({"days": 3, "alternate": True, "named_by": "administrator", "confirmed": True}, "term_alternate_by_its_member"),
        ({"days": 3, "alternate": True, "named_by": "hr", "confirmed": True}, "term_alternate_by_its_member"),
        ({"days": 3, "alternate": False, "named_by": "administrator", "confirmed": True}, "term_confirmed_by_the_board"),
    ],
)  # fmt: skip
def test_the_database_takes_no_such_term(house, fields, name):
    """Issue 9: nor does plain SQL of the runtime role put anybody on a seat."""
    with pytest.raises(DatabaseError) as refused:
        insert(house, LEGAL, **fields)
    assert find_constraint(refused.value) == name


def test_the_database_counts_confirmations_and_lengthens_no_term(house):
    """Issue 9: nor does it confirm somebody whom less than half confirmed, or keep anybody on beyond their day."""
    vacate(house, LEGAL)
    term = propose(house)
    confirm = "UPDATE board_term SET confirmed_at = %s WHERE id = %s"
    lengthen = (
        "UPDATE board_term SET valid_to = NULL WHERE valid_to IS NOT NULL AND %s IS NOT NULL AND seat_id = %s"
    )
    for statement, key, name in (
        (confirm, term.pk, "term_confirmed_by_the_board"),
        (lengthen, term.seat_id, "term_only_shorter"),
    ):
        for seat in (HR, SECURITY):
            if not term.confirmations.filter(user=house[seat.value]).exists():
                services.confirm_member(term=term, by=house[seat.value])
        with pytest.raises(DatabaseError) as refused:
            run(statement, clock.now(), key)
        assert find_constraint(refused.value) == name


def test_the_database_takes_no_ballot_of_who_was_announced_since(house):
    """Issue 9: nor does it count a ballot on what was open before."""
    before = a_question()
    term = propose(house, HR, alternate=True, by=house["hr"])
    cast = "INSERT INTO board_ballot (id, case_id, seat_id, user_id, vote, reason, sealed, cast_at) VALUES (%s, %s, %s, %s, '', '', 'x', %s)"
    with pytest.raises(DatabaseError) as refused, later():
        run(cast, new_id(), before.pk, term.seat_id, term.user_id, clock.now())
    assert find_constraint(refused.value) == "ballot_by_who_holds_the_seat"


def test_the_database_takes_a_term_from_its_own_case_once(house):
    """Issue 9: a case about one account on one seat seats no other, and nobody twice."""
    passed = by_a_case(house, house["candidate"])
    about_another = a_question()
    seat, now = factories.a_seat(HR), clock.now()
    insert_term = (
        "INSERT INTO board_term (id, seat_id, user_id, alternate, valid_from, announced_at, announced_by_id,"
        " confirmed_at, case_id) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
    )
    for case, user, alternate in (
        (passed, "owner", True),
        (passed, "candidate", False),
        (passed, "candidate", True),
        (about_another, "candidate", True),
    ):
        given = [
            new_id(),
            seat.pk,
            house[user].pk,
            alternate,
            calendar.today() + SOON,
            now,
            house["hr"].pk,
            now,
        ]
        with pytest.raises(DatabaseError) as refused:
            run(insert_term, *given, case.pk)
        assert find_constraint(refused.value) == "term_by_its_case"
