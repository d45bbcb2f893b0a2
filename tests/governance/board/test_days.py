"""Issue 10, 5: days are the programme's, so that seats, roles and terms begin and end at its midnight, far east and far west."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from charter.programme.models import Programme
from governance.board import permissions, queries, services
from governance.board.models import Ballot
from governance.board.states import SeatKind, Vote
from governance.decisions import permissions as decisions
from governance.people.models import GrantedRole, Membership
from governance.people.permissions import can_administer
from ground import calendar, clock
from ground.errors import NotPermitted
from tests import factories, on_the_log, snapshots

pytestmark = [pytest.mark.django_db]

# Whose midnight of 1 June falls at what hour: a day earlier by UTC, and on the day itself.
FAR = [
    ("Pacific/Kiritimati", datetime(2026, 5, 31, 10, tzinfo=UTC)),
    ("Pacific/Pago_Pago", datetime(2026, 6, 1, 11, tzinfo=UTC)),
]
DAY = date(2026, 6, 1)
INSTANT = timedelta(microseconds=1)
far = pytest.mark.parametrize(("zone", "midnight"), FAR, ids=[zone for zone, _ in FAR])


@snapshots.fixture
def house(founded) -> dict[str, object]:
    """A board at work, an administrator and a team."""
    board = factories.a_board()
    return {
        **{SeatKind(seat).value: member for seat, member in board.items()},
        "administrator": factories.an_account("administrator"),
        "manager": factories.an_account("manager"),
        "team": factories.a_team("payments", people=1),
    }


def before_and_at(midnight: datetime, ask) -> tuple[object, object]:
    """What is so at the last instant of the day before, and at midnight."""
    with clock.stopped_at(midnight - INSTANT):
        before = ask()
    with clock.stopped_at(midnight):
        return before, ask()


@far
def test_a_day_is_the_programmes(house, zone, midnight):
    factories.move_programme(zone)
    assert before_and_at(midnight, calendar.today) == (DAY - timedelta(days=1), DAY)
    assert calendar.find_midnight(DAY) == midnight


@far
def test_roles_begin_and_end_at_its_midnight(house, zone, midnight):
    factories.move_programme(zone)
    admin = house["administrator"]
    factories.a_role(admin, GrantedRole.ADMIN, valid_to=DAY)
    factories.a_role(house["manager"], GrantedRole.MANAGER, team=house["team"], valid_from=DAY)
    assert before_and_at(midnight, lambda: can_administer(admin)) == (True, False)
    assert before_and_at(midnight, lambda: decisions.leads(house["manager"], house["team"])) == (False, True)


@far
def test_memberships_end_at_its_midnight(house, zone, midnight):
    factories.move_programme(zone)
    member = Membership.objects.get()
    account = factories.an_account("member", person=member.person)
    on_the_log.update(Membership.objects.all(), valid_to=DAY)
    assert before_and_at(midnight, lambda: decisions.is_on(account, house["team"])) == (True, False)


@far
def test_seats_end_at_its_midnight(house, zone, midnight):
    factories.move_programme(zone)
    legal = house["legal"]
    factories.change(legal.terms.get(), valid_to=DAY)
    assert before_and_at(midnight, lambda: permissions.holds_seat(legal, SeatKind.LEGAL)) == (True, False)
    assert before_and_at(midnight, lambda: SeatKind.LEGAL in queries.list_vacant_seats(calendar.today())) == (
        False,
        True,
    )


@far
def test_the_database_counts_by_the_same_midnight(house, zone, midnight):
    """A ballot of a seat that ended is refused by the service, and by the table below it."""
    factories.move_programme(zone)
    legal = house["legal"]
    term = legal.terms.get()
    with clock.stopped_at(midnight - timedelta(days=2)):
        case = factories.an_open_case()
    factories.change(term, valid_to=DAY)
    with clock.stopped_at(midnight), pytest.raises(NotPermitted):
        services.cast_ballot(case=case, seat_kind=SeatKind.LEGAL, vote=Vote.APPROVE, by=legal)
    with clock.stopped_at(midnight - INSTANT):
        services.cast_ballot(case=case, seat_kind=SeatKind.LEGAL, vote=Vote.APPROVE, by=legal)
    cast = Ballot.objects.get()
    again = Ballot(
        case=case, seat=house["hr"].terms.get().seat, user=house["hr"], sealed=cast.sealed, cast_at=midnight
    )
    factories.change(house["hr"].terms.get(), valid_to=DAY)
    with pytest.raises(DatabaseError, match="by who holds the seat"), transaction.atomic():
        again.save(force_insert=True)


@far
def test_notice_of_a_term_counts_from_its_midnight(house, zone, midnight):
    factories.move_programme(zone)
    admin = house["administrator"]
    factories.a_role(admin, GrantedRole.ADMIN)
    with clock.stopped_at(midnight - timedelta(days=30)):
        services.end_term(term=house["legal"].terms.get(), valid_to=calendar.today(), by=house["legal"])

    def begins_too_early() -> bool:
        try:
            with transaction.atomic():
                permissions.check_term_begins(DAY + timedelta(days=2))
        except Exception:
            return True
        return False

    assert before_and_at(midnight, begins_too_early) == (False, True)


def test_an_approved_programme_stays_in_its_zone(house):
    """Issue 10, 5: otherwise terms and closed months would begin and end at another moment than they did."""
    with pytest.raises(DatabaseError, match="stay where they are"), transaction.atomic():
        factories.change(Programme.objects.get(), time_zone="Asia/Tokyo")


def test_a_draft_may_still_move(db):
    programme = factories.programmes.establish_programme(
        slug="p", name="P", purpose="To help.", time_zone="Asia/Tokyo", by=factories.system()
    )
    assert str(calendar.find_zone()) == "Asia/Tokyo"
    factories.change(programme, time_zone="America/New_York")
    assert str(calendar.find_zone()) == "America/New_York"


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 26), datetime(2026, 10, 25, 23, tzinfo=UTC)),
        # Clocks skip this midnight: the day begins at one o'clock.
        ("Asia/Beirut", date(2026, 3, 29), datetime(2026, 3, 28, 22, tzinfo=UTC)),
        # Clocks have this midnight twice: the day begins at the first.
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("Pacific/Kiritimati", date(2028, 2, 29), datetime(2028, 2, 28, 10, tzinfo=UTC)),
    ],
)
def test_days_of_moved_clocks_and_leap_days(house, zone, day, begins):
    factories.move_programme(zone)
    assert calendar.find_midnight(day) == begins
    assert calendar.find_day(begins) == day
    assert calendar.find_day(begins - INSTANT) == day - timedelta(days=1)
