"""What falls due of fairness audits by itself: metrics to revise or retire, and clearances that end."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from audits.fairness import queries, services
from audits.fairness.limits import REMINDED_BEFORE
from audits.fairness.queries import EndingClearance
from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from governance.people.models import User
from ground import calendar
from ground.scans import Scan, Step


class FairnessMoment(NamedTuple):
    """The day of a pass, and as whom it acts."""

    today: date
    by: User


def begin(by: User) -> FairnessMoment | None:
    """A pass today; none before there is a programme."""
    if not Programme.objects.filter(state=ProgrammeState.ACTIVE).exists():
        return None
    return FairnessMoment(calendar.today(), by)


def find_ending(moment: FairnessMoment) -> Iterable[EndingClearance]:
    """Clearances that end soon or have ended; each is told of once before and once after."""
    return queries.list_ending(moment.today + REMINDED_BEFORE)


def remind(ending: EndingClearance, moment: FairnessMoment) -> int:
    """Tell those who see to it."""
    return services.remind_of_end(
        version=ending.version, until=ending.until, over=ending.until < moment.today, by=moment.by
    )


FAIRNESS_CLOCK = Scan(
    "fairness_clock",
    every=timedelta(hours=1),
    minute=26,
    begin=begin,
    steps=(
        Step(
            "metrics to revise or retire",
            due=lambda _moment: queries.list_to_revise(),
            act=lambda audited, moment: services.open_revision(audited=audited, by=moment.by),
        ),
        Step("audits due told", due=find_ending, act=remind),
    ),
)
