"""Windows of holds and context notes: whole, and within the time in which there is anything to speak of."""

from datetime import date, timedelta

from django.db.models import Min
from django.utils.translation import gettext as _

from charter.measures.models import PublishedValue
from charter.programme.models import Programme
from governance.people.models import Person
from ground import calendar
from ground.errors import BadInput

AHEAD = timedelta(days=366)  # for a leave that is planned


def check_window(starts_on: date, ends_on: date) -> None:
    """Raise BadInput naming `ends_on` unless it comes after the first day."""
    if ends_on <= starts_on:
        raise BadInput(_("The window must end after it begins."), field="ends_on", code="window_inverted")


def check_lifetime(starts_on: date, ends_on: date, *, person: Person | None = None) -> None:
    """Raise BadInput naming the end at fault unless the window lies within the programme's life, and a person's employment."""
    begins = [find_first_day(), person and person.employed_from]
    ends = [calendar.today() + AHEAD, person and person.employed_to]
    first = max((day for day in begins if day), default=starts_on)
    last = min(day for day in ends if day)
    if starts_on < first:
        raise _make_outside("starts_on", _("There is nothing to speak of before %(day)s."), first)
    if ends_on > last:
        raise _make_outside("ends_on", _("It can reach until %(day)s."), last)


def find_first_day() -> date | None:
    """The first day of which the programme has values, or on which it was approved, whichever came first."""
    values = PublishedValue.objects.aggregate(first=Min("starts_on"))["first"]
    approved = Programme.objects.values_list("approved_at", flat=True).first()
    return min((day for day in (values, approved and calendar.find_day(approved)) if day), default=None)


def _make_outside(field: str, text: str, day: date) -> BadInput:
    return BadInput(text % {"day": day.isoformat()}, field=field, code="window_outside")
