"""Columns that lists share: days and moments, in full on a page and as ISO 8601 in a file."""

from datetime import date, datetime

import django_tables2 as tables
from django.utils import timezone

from governance.ui.templatetags.mc import day, moment


def write_day(value: date | datetime) -> str:
    """A day as ISO 8601; a moment's in the time zone of the page, which is read once for all rows."""
    return (find_day(value) if isinstance(value, datetime) else value).isoformat()


def find_day(value: datetime) -> date:
    return value.astimezone(timezone.get_current_timezone()).date()


class DayColumn(tables.Column):
    """A day, or the day on which a moment falls."""

    def render(self, value: date | datetime) -> str:
        return day(value)

    def value(self, value: date | datetime) -> str:
        return write_day(value)


class MomentColumn(tables.Column):
    """A moment to the second."""

    def render(self, value: datetime) -> str:
        return moment(value)

    def value(self, value: datetime) -> str:
        return value.isoformat(timespec="seconds")
