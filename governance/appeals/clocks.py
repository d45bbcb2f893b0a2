"""Working days: from a day on, without Saturdays, Sundays and the public holidays of the programme's calendar. Reads one row."""

from collections.abc import Container
from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.relativedelta import relativedelta
from msgspec import Struct

from charter.programme.models import Programme
from ground.errors import Conflict
from ground.promises import promised

_SATURDAY = 5


class ClockSettings(Struct, frozen=True):
    """The programme's settings on appeals."""

    holiday_calendar: str
    appeal_acknowledge_days: int
    appeal_independence_days: int
    appeal_outcome_days: int
    appeal_extension_days: int
    appeal_urgent_days: int
    appeal_urgent_within_days: int
    appeal_second_filing_days: int
    appeal_second_outcome_days: int
    appeal_window_months: int
    minimum_group: int

    def after(self, day: date, days: int) -> date:
        """The working day that is so many after a day."""
        free = _holidays(self.holiday_calendar)
        while days > 0:
            day += timedelta(days=1)
            days -= day.weekday() < _SATURDAY and day not in free
        return day

    def window_begins(self, today: date) -> date:
        """What is older than this can be appealed no more."""
        return today - relativedelta(months=self.appeal_window_months)


def read_settings() -> ClockSettings:
    """The settings as they are now. Raises Conflict before there is a programme."""
    found = Programme.objects.values_list(*ClockSettings.__struct_fields__).first()
    if found is None:
        raise Conflict("There is no programme yet, so there is nothing to appeal.", code="no_programme")
    return ClockSettings(*promised(found))


@lru_cache(maxsize=8)
def _holidays(code: str) -> Container[date]:
    """The public holidays of a calendar, worked out year by year as they are asked for."""
    if not code:
        return frozenset[date]()
    country, _dash, part = code.partition("-")
    return holidays.country_holidays(country, subdiv=part or None)
