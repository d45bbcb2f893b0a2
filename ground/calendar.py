"""Days as the programme counts them: whatever is said of a day begins and ends at midnight in its time zone.

Nothing here knows a programme. The app that keeps it says once how its zone is found (`count_in`), so that seats, roles and
waivers, which stand below it or beside it, end by the same day. Before that days are those of UTC.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ground import clock

# How the zone is found: its IANA name.
ZoneFinder = Callable[[], str]

_zone_finder: list[ZoneFinder] = []  # one


def count_in(find_zone: ZoneFinder) -> None:
    """Count days in the time zone that this names."""
    _zone_finder[:] = [find_zone]


def find_zone() -> ZoneInfo:
    """The time zone in which days are counted."""
    return ZoneInfo(_zone_finder[0]() if _zone_finder else "UTC")


def today() -> date:
    """The present day."""
    return find_day(clock.now())


def find_day(moment: datetime) -> date:
    """The day on which a moment (aware) falls."""
    return moment.astimezone(find_zone()).date()


def find_midnight(day: date) -> datetime:
    """When a day begins, UTC; where clocks skip that midnight or have it twice, the first moment of the day."""
    return datetime.combine(day, time(), find_zone()).astimezone(UTC)
