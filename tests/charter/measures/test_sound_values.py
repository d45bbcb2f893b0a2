"""What an event has to be to count: a value its unit can have, a moment in the life of its source, once."""

from datetime import date

import pytest

from charter.measures.models import PublishedValue
from charter.measures.values.units import find_bounds
from governance.people import cohorts
from tests import factories, snapshots
from tests.charter.measures.conftest import WarehouseFile
from tests.charter.measures.publishing.test_publishing import (
    NOW,
    TEAMS,
    a_document,
    at,
    changes,
    publish,
    value,
)

__all__ = ["at"]

METRICS = (
    "lead-time-for-changes", "deployment-frequency", "time-to-restore-service", "work-in-progress", "leave-use",
)  # fmt: skip
ODD = ["TIMESTAMPTZ '0001-01-01 00:00:00+00'", "TIMESTAMPTZ '-infinity'", "TIMESTAMPTZ '0001-01-01 (BC) 00:00:00+00'",
       "TIMESTAMPTZ 'infinity'", "TIMESTAMPTZ '9999-12-31 00:00:00+00'", "TIMESTAMPTZ '1970-01-01 00:00:00+00'"]  # fmt: skip


@snapshots.fixture(at=NOW)
def measured() -> None:
    """Two teams of eight, their cohorts, the starter sources, and five charters in force."""
    from charter.registry.services import load_sources

    load_sources(by=factories.system())
    for team in TEAMS:
        factories.a_team(team, people=8)
    for metric in METRICS:
        factories.an_active_charter(metric, document=a_document(metric, values="P2Y"))
    cohorts.register_tree(on=NOW.date(), minimum=5, by=factories.system())


@pytest.fixture
def house(measured, at, warehouse_file) -> WarehouseFile:
    """All that, with twelve changes, 28 deployments, items of work, and days of holiday in January."""
    warehouse_file.add_changes(changes("payments", people=6, number=12))
    warehouse_file.run("CREATE TABLE deployments (id TEXT, team TEXT, kind TEXT, finished_at TIMESTAMPTZ)")
    warehouse_file.run(
        "INSERT INTO deployments SELECT 'd' || n, 'payments', 'release', TIMESTAMPTZ '2026-01-01 12:00:00+00' + n * INTERVAL 1 DAY"
        " FROM range(28) AS r(n)"
    )
    warehouse_file.run(
        "CREATE TABLE work_items (id TEXT, team TEXT, assignee TEXT, kind TEXT, created_at TIMESTAMPTZ,"
        " started_at TIMESTAMPTZ, finished_at TIMESTAMPTZ, blocked_hours DOUBLE)"
    )
    warehouse_file.run(
        "INSERT INTO work_items SELECT 'w' || n, 'payments', 'payments-' || (n % 6 + 1), 'story', started, started,"
        " started + INTERVAL 10 DAY, 0 FROM (SELECT n, TIMESTAMPTZ '2026-01-01 08:00:00+00' + n * INTERVAL 1 DAY AS started"
        " FROM range(20) AS r(n))"
    )
    return warehouse_file


def test_more_than_half_of_the_changes_merged_before_their_first_commit(house):
    """Issue 10: no such duration; seven of twelve are unusable, coverage is 5 of 12, and nothing is told."""
    house.run("UPDATE changes SET first_commit_at = merged_at + INTERVAL 50 HOUR WHERE rowid < 7")
    publish(only=["lead-time-for-changes"])
    assert value().withheld
    assert value().value is None


def test_a_few_changes_merged_before_their_first_commit_lower_coverage(house):
    """Issue 10: what cannot be used is no part of the value, and is seen in its coverage."""
    house.add_changes(changes("payments", people=6, number=12))
    house.run("UPDATE changes SET first_commit_at = merged_at + INTERVAL 50 HOUR WHERE rowid < 4")
    publish(only=["lead-time-for-changes"])
    assert value().n == 20
    assert value().coverage == 0.83  # 20 of 24, rounded down
    assert value().value > 0


@pytest.mark.parametrize(
    ("unit", "low", "high"),
    [
        ("hour", 0, None), ("day", 0, None), ("share", 0, 1), ("percent", 0, 100), ("deployment a week", 0, None),
        ("line", 0, None), ("net line", None, None), ("points", None, None), ("", None, None),
    ],
)  # fmt: skip
def test_what_a_unit_can_have(unit, low, high):
    """Issue 10: so for every unit with a lower bound."""
    assert (find_bounds(unit).low, find_bounds(unit).high) == (low, high)


@pytest.mark.parametrize("odd", ODD)
def test_one_impossible_moment_is_one_unusable_row(house, odd):
    """Issue 10: one deployment at the beginning of time is one unusable row of that metric, and every other is published."""
    house.run(f"UPDATE deployments SET finished_at = {odd} WHERE id = 'd27'")
    assert publish().error == ""
    found = value(metric="deployment-frequency")
    assert found.n == 27
    assert found.coverage == 0.96  # 27 of 28, rounded down
    assert found.value == pytest.approx(27 * 7 / 31, rel=5e-3)
    assert value().value == 15.5
    assert PublishedValue.objects.filter(starts_on__lt=date(2026, 1, 1)).count() == 0


@pytest.mark.parametrize(
    ("column", "odd"), [("started_at", ODD[0]), ("started_at", ODD[1]), ("finished_at", ODD[4])]
)
def test_one_impossible_item_of_work_leaves_the_others(house, odd, column):
    """Issue 10: not a million days of work in progress, and not one of none: the item cannot be used, and coverage says so."""
    copy_items(house)
    house.run(
        "INSERT INTO work_items VALUES ('odd', 'payments', 'payments-1', 'story', '2026-01-05', '2026-01-05', '2026-01-09', 0)"
    )
    house.run(f"UPDATE work_items SET {column} = {odd} WHERE id = 'odd'")
    publish(only=["work-in-progress"])
    found, sound = (
        value("team:payments", metric="work-in-progress"),
        value("team:search", metric="work-in-progress"),
    )
    assert (found.value, found.n) == (sound.value, sound.n)
    assert 0.9 < found.coverage < sound.coverage == 1.0


def copy_items(house: WarehouseFile) -> None:
    """The same items for the other team, to compare with."""
    house.run("INSERT INTO work_items SELECT 's' || id, 'search', * EXCLUDE (id, team) FROM work_items")


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_a_day_counts_as_that_day(house, zone):
    """Issue 10: seven deployments of 1 February are February's, in whatever zone."""
    factories.move_programme(zone)
    house.run("DROP TABLE deployments")
    house.run("CREATE TABLE deployments (id TEXT, team TEXT, kind TEXT, finished_at DATE)")
    house.run(
        "INSERT INTO deployments SELECT 'd' || n, 'payments', 'release', DATE '2026-02-01' FROM range(7) AS r(n)"
    )
    house.run(
        "INSERT INTO deployments SELECT 'e' || n, 'payments', 'release', DATE '2026-01-31' FROM range(9) AS r(n)"
    )
    publish(only=["deployment-frequency"])
    assert value(metric="deployment-frequency", period="2026-02").n == 7
    assert value(metric="deployment-frequency", period="2026-01").n == 9


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_day_of_holiday_counts_as_that_day(house, zone):
    """Issue 10: the starter charters take a day as it is; noon in UTC is the next day already far east."""
    factories.move_programme(zone)
    house.run("CREATE TABLE leave_days (id TEXT, team TEXT, person TEXT, day DATE)")
    house.run(
        "INSERT INTO leave_days SELECT 'l' || n, 'payments', 'payments-' || (n % 8 + 1), DATE '2026-01-31' FROM range(16) AS r(n)"
    )
    publish(only=["leave-use"])
    assert value("team:payments", metric="leave-use").n == 16


def test_every_row_loaded_twice_is_each_event_once(house):
    """Issue 10: a source names its event key, and one event counts once."""
    house.run("INSERT INTO deployments SELECT * FROM deployments")
    house.run("INSERT INTO work_items SELECT * FROM work_items")
    publish(only=["deployment-frequency", "work-in-progress"])
    assert value(metric="deployment-frequency").n == 28
    assert value(metric="deployment-frequency").coverage == 1.0
    assert value(metric="deployment-frequency").snapshot.tables["deployments"]["rows"] == 56


def test_of_two_states_of_one_event_the_fuller_counts(house):
    """Issue 10: an item that was loaded open and again when it was finished is one item, finished."""
    copy_items(house)
    house.run(
        "INSERT INTO work_items SELECT * REPLACE (NULL AS finished_at) FROM work_items WHERE team = 'payments'"
    )
    publish(only=["work-in-progress"])
    found, once = (
        value("team:payments", metric="work-in-progress"),
        value("team:search", metric="work-in-progress"),
    )
    assert (found.value, found.n, found.coverage) == (once.value, once.n, 1.0)


def test_a_row_without_a_key_cannot_be_used(house):
    """Issue 10: a source that names its event key promises one of each row."""
    house.run("UPDATE deployments SET id = NULL WHERE id = 'd3'")
    house.run("UPDATE deployments SET id = '' WHERE id = 'd4'")
    publish(only=["deployment-frequency"])
    assert value(metric="deployment-frequency").n == 26
    assert value(metric="deployment-frequency").coverage == 0.92  # 26 of 28, rounded down
