"""What is due on the board's clock. Each scan finds what is due now and does it by the services, one thing a transaction.

So a scan run twice does nothing the second time, and one that comes a week late catches up. Days are the programme's.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion, Programme
from charter.registry.states import ProgrammeState
from governance.board import queries, services
from governance.board.models import Case
from governance.board.services import telling
from governance.board.states import CaseKind
from governance.people.models import User
from ground import clock
from ground.errors import HouseError

log = logging.getLogger(__name__)

Thing = TypeVar("Thing")


def keep_clock(*, by: User) -> dict[str, int]:
    """Do whatever is due; gives how much was done of each. Nothing before there is a programme."""
    programme = Programme.objects.filter(state=ProgrammeState.ACTIVE).first()
    if programme is None:
        return {}
    return {
        "cases decided": decide_cases(by),
        "pilots ended": end_pilots(by, programme),
        "waivers ended": end_waivers(by, programme),
        "seats reminded": remind_seats(by),
        "ends of terms told": tell_of_terms(by, programme),
        "consequences put to the board": check_consequences(by),
        "yearly reviews opened": review_yearly(by),
    }


def decide_cases(by: User) -> int:
    """Decide cases that every seat has been heard on or whose time is over; a suspension that is not ratified lapses."""
    due = {case.pk: case for case in queries.open_past_their_time(clock.now())}
    due |= {case.pk: case for case in queries.open_and_heard()}
    return _each(due.values(), lambda case: services.close_case(case=case, by=by))


def end_pilots(by: User, programme: Programme) -> int:
    """End pilots whose last day is over (S128); their values are refused since midnight already."""
    due = queries.pilots_to_end(clock.today(programme.time_zone))
    return _each(due, lambda pilot: services.end_pilot(pilot=pilot, by=by))


def end_waivers(by: User, programme: Programme) -> int:
    """Note the end of waivers whose last day is over; they count no more since midnight already."""
    due = queries.waivers_to_end(clock.today(programme.time_zone))
    return _each(due, lambda waiver: services.end_waiver(waiver=waiver, by=by))


def remind_seats(by: User) -> int:
    """Remind seats that were not heard, once for each of BOARD_REMINDER_DAYS; late, only of the nearest."""
    today, now = clock.today(), clock.now()
    told = 0
    for case in queries.ending_before(now + timedelta(days=max(settings.BOARD_REMINDER_DAYS))):
        days = min(
            each for each in settings.BOARD_REMINDER_DAYS if case.closes_at <= now + timedelta(days=each)
        )
        told += telling.remind_unheard(case, queries.unheard_holders(case, today), days=days, by=by)
    return told


def tell_of_terms(by: User, programme: Programme) -> int:
    """Tell members whose term ends within 30 days, and administrators of seats left without a member."""
    today = clock.today(programme.time_zone)
    told = sum(
        telling.term_ends(term, by) for term in queries.terms_ending(today, today + timedelta(days=30))
    )
    vacated = queries.terms_that_left_a_vacancy(today)
    return told + sum(telling.seat_vacant(term, by) for term in vacated)


def check_consequences(by: User) -> int:
    """Put what a charter has led to before the board, once, BOARD_CHECK_DAYS after it came into force (S51)."""
    due = queries.versions_to_check(clock.now() - timedelta(days=settings.BOARD_CHECK_DAYS))
    return _each(due, lambda version: _open_check(version, by))


def review_yearly(by: User) -> int:
    """Put the review of the whole system before the board once a year (S100)."""
    last = queries.last_yearly_review()
    if last is None or last + timedelta(days=settings.BOARD_REVIEW_DAYS) > clock.now():
        return 0
    return _each([last], lambda _last: _open_yearly_review(by))


def _open_check(version: CharterVersion, by: User) -> Case:
    return services.open_case(
        kind=CaseKind.UNINTENDED_CONSEQUENCES,
        charter_version=version,
        subject=_("What %(metric)s has led to") % {"metric": version.metric.name},
        question=_(
            "It has been in use for %(days)s days. Did people change what they do because of it, was anybody harmed, and may it stay as it is? Write findings into the discussion."
        )
        % {"days": settings.BOARD_CHECK_DAYS},
        by=by,
    )


def _open_yearly_review(by: User) -> Case:
    return services.open_case(
        kind=CaseKind.YEARLY_REVIEW,
        subject=_("Yearly review of the review system"),
        question=_(
            "How did appeals end, what did audits find, how far apart do managers rate? What must change in how we decide?"
        ),
        by=by,
    )


def _each(things: Iterable[Thing], do: Callable[[Thing], object]) -> int:
    """Do it to each; one that cannot be done now is left to the next scan and keeps no other from being done."""
    done = 0
    for thing in list(things):
        try:
            do(thing)
            done += 1
        except HouseError as obstacle:
            log.warning("left to the next scan: %s: %s", thing, obstacle.detail)
    return done
