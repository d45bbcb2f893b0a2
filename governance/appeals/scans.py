"""What falls due of appeals by itself: clocks that were missed, outcomes that become final, holds that end in batches."""

from datetime import date, timedelta
from typing import NamedTuple

from governance.appeals import queries, services
from governance.appeals.watching import find_week, list_to_watch
from governance.people.models import User
from ground import calendar
from ground.scans import Scan, Step


class AppealsMoment(NamedTuple):
    """The day of a pass, and as whom it acts."""

    today: date
    by: User


def begin(by: User) -> AppealsMoment:
    return AppealsMoment(calendar.today(), by)


APPEALS_CLOCK = Scan(
    "appeals_clock",
    every=timedelta(minutes=15),
    minute=4,
    begin=begin,
    steps=(
        Step(
            "missed clocks told",
            due=lambda moment: queries.list_missed(moment.today),
            act=lambda missed, moment: services.escalate_clock(missed=missed, by=moment.by),
        ),
        Step(
            "outcomes final",
            due=lambda moment: queries.list_final(moment.today),
            act=lambda appeal, moment: services.close_appeal(appeal=appeal, by=moment.by),
        ),
        Step(
            "follow-ups asked",
            due=lambda moment: queries.list_follow_ups_due(moment.today),
            act=lambda follow_up, moment: services.ask_follow_up(follow_up=follow_up, by=moment.by),
        ),
        # One moment a week for all that are not by name, so that none of them points at whoever filed it.
        Step(
            "holds lifted",
            due=lambda moment: queries.list_holding(until=find_week(moment.today)),
            act=lambda appeal, moment: services.lift_holds(appeal=appeal, by=moment.by),
        ),
        Step(
            "looks for retaliation",
            due=lambda moment: list_to_watch(moment.today),
            act=lambda appeal, moment: services.watch_appeal(appeal=appeal, by=moment.by),
        ),
    ),
)
