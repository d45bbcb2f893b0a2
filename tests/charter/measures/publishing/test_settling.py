"""A period closes after a settling time, which is a setting of the programme."""

from datetime import UTC, date, datetime

import pytest

from charter.measures import queries, services
from charter.measures.models import PublishedValue
from charter.measures.values.calendar import find_settled_day, list_closed_spans
from charter.programme.models import Programme
from charter.programme.settings import PARTS
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from tests import factories
from tests.charter.measures.publishing.test_publishing import at, changes, governed, house, publish

__all__ = ["at", "governed", "house"]

METRIC = "lead-time-for-changes"


def told(cohort: str = "org:all") -> list[str | None]:
    window = Window(date(2026, 1, 1), date(2026, 4, 1))
    return [
        row.withheld
        for row in queries.read_rows(metrics=[METRIC], cohorts=[cohort], window=window, period=Period.MONTH)[
            0
        ]
    ]


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("UTC", datetime(2026, 4, 3, 23, 59, tzinfo=UTC), date(2026, 3, 31)),
        ("UTC", datetime(2026, 4, 4, tzinfo=UTC), date(2026, 4, 1)),
        ("Pacific/Kiritimati", datetime(2026, 4, 3, 10, tzinfo=UTC), date(2026, 4, 1)),
        ("Pacific/Pago_Pago", datetime(2026, 4, 4, 10, tzinfo=UTC), date(2026, 3, 31)),
    ],
)  # fmt: skip
def test_a_period_closes_at_a_midnight_of_the_programmes_zone(zone, moment, day):
    """Issue 10: a period closes after a settling time of three days."""
    assert find_settled_day(moment, zone, 3) == day
    closed = list(list_closed_spans(Period.MONTH, first=date(2026, 3, 1), now=moment, zone=zone, settling=3))
    assert bool(closed) is (day == date(2026, 4, 1))


def test_a_month_is_published_once_it_has_settled(house, stop_clock):
    """Issue 10: late rows of the first three days are in the value; until then the period says that it is not closed yet."""
    factories.settings(settling_days=3)
    house.add_changes(changes("payments", people=6, number=12, month=3))
    publish()
    assert told() == [None, "too_few", "not_closed"]
    assert not PublishedValue.objects.filter(ends_on=date(2026, 4, 1)).exists()
    stop_clock(datetime(2026, 4, 4, 0, 0, tzinfo=UTC))
    house.add_changes(changes("payments", people=6, number=6, month=3))
    publish()
    assert told() == [None, "too_few", None]
    assert PublishedValue.objects.get(cohort__slug="org:all", starts_on=date(2026, 3, 1)).n == 18


def test_the_settling_time_is_three_days_and_a_setting():
    """Issue 10: a programme setting, changed like the others by a case of the board."""
    assert Programme._meta.get_field("settling_days").default == 3
    assert "settling_days" in PARTS["values"].keys


def test_publishing_is_due_on_the_day_on_which_a_month_settles(house, stop_clock):
    """Issue 10: the clock publishes a month on the day on which it closes."""
    factories.settings(settling_days=3)
    services.publish(by=factories.system())
    stop_clock(datetime(2026, 4, 4, 0, 10, tzinfo=UTC))
    assert queries.is_publishing_due()
