"""Columns that lists share: days and moments, in full on a page and as ISO 8601 in a file."""

from datetime import date, datetime

import django_tables2 as tables

from governance.ui.templatetags.mc import day, moment
from ground.calendar import find_day


class DayColumn(tables.Column):
    """A day, or the day on which a moment falls."""

    def render(self, value: date | datetime) -> str:
        return day(value)

    def value(self, value: date | datetime) -> str:
        return (find_day(value) if isinstance(value, datetime) else value).isoformat()


class MomentColumn(tables.Column):
    """A moment to the second."""

    def render(self, value: datetime) -> str:
        return moment(value)

    def value(self, value: datetime) -> str:
        return value.isoformat(timespec="seconds")
