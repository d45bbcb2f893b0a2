"""What falls due of agreements by itself: what goes beyond them comes before the board, and what rests on what ends is suspended."""

from datetime import date, timedelta
from typing import NamedTuple

from charter.programme.models import Programme
from charter.programme.states import ProgrammeState
from governance.agreements import queries, services, settings_left
from governance.people.models import User
from ground import calendar
from ground.scans import Scan, Step


class AgreementMoment(NamedTuple):
    """The day of a pass, and as whom it acts."""

    today: date
    by: User


def begin(by: User) -> AgreementMoment | None:
    """A pass today; none before there is a programme in force."""
    if not Programme.objects.filter(state=ProgrammeState.ACTIVE).exists():
        return None
    return AgreementMoment(calendar.today(), by)


AGREEMENT_CLOCK = Scan(
    "agreement_clock",
    every=timedelta(minutes=15),
    minute=11,
    begin=begin,
    steps=(
        Step(
            "departures put to the board",
            lambda at: [each for each in queries.list_beyond(at.today) if each.departure is None],
            lambda beyond, at: services.open_departure(beyond=beyond, by=at.by) is not None,
        ),
        Step(
            "settings put to the board",
            lambda at: settings_left.list_settings_to_put(at.today),
            lambda left, at: settings_left.open_setting_left(left=left, by=at.by) is not None,
        ),
        Step(
            "ends told",
            lambda at: queries.list_ends_to_tell(at.today),
            lambda found, at: services.tell_end(version=found[0], charter=found[1], by=at.by) is not None,
        ),
        Step(
            "charters suspended",
            lambda at: queries.list_to_suspend(at.today),
            lambda found, at: services.suspend_charter(charter=found[0], because=found[1], by=at.by),
        ),
        Step(
            "charters put back in force",
            lambda at: queries.list_to_put_back(at.today),
            lambda found, at: services.put_charter_back(charter=found[0], by=at.by),
        ),
    ),
)
