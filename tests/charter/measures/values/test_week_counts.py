"""Weeks counted where the events lie, held against weeks of the events taken in one by one."""

import random
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest

from charter.measures.values.event_table import EventTable, MembershipSpan, Reach
from charter.measures.warehouse.facts import connect
from charter.measures.warehouse.weeks import WeekCounting
from charter.registry.document import Measure
from charter.rules.vocabulary import Aggregation
from governance.people.names import NameBook, SourceNames, fold_name
from tests.benchmarks.harness import DATA

FIRST, END, SHORT = date(2025, 3, 3), date(2025, 11, 24), 7.0
TEAMS = ("atlas", "borealis", "corona")
PEOPLE = tuple(f"p{number}" for number in range(9))
MEMBERS = [
    *(MembershipSpan(each, TEAMS[at % 3], date(2020, 1, 1), date(2025, 6, 4)) for at, each in enumerate(PEOPLE)),
    *(MembershipSpan(each, TEAMS[at % 2], date(2025, 6, 4)) for at, each in enumerate(PEOPLE)),
]  # fmt: skip
NAMES = SourceNames(
    NameBook({("", "robot"): None, ("", "ann"): "p0"}, {fold_name(each): each for each in PEOPLE}),
    NameBook({("", "elsewhere"): None, ("", "a-team"): "atlas"}, {each: each for each in TEAMS}),
)
GIVEN = {
    "of teams": "moment AS at, team, value",
    "of persons": "moment AS at, person, value",
    "of both": "moment AS at, person, team, value",
    "weighted": "moment AS at, person, team, value, weight",
    "of days": "day AS at, person, team, value",
}


def make_events() -> list[tuple]:
    """Events at all hours, also on the days on which clocks change, by whoever and of whatever a source may say."""
    chance = random.Random(18)  # noqa: S311 (drawn the same each time)
    begun = datetime(2025, 2, 20, tzinfo=UTC)
    return [
        (
            begun + timedelta(minutes=chance.randrange(290 * 24 * 60)),
            chance.choice([*PEOPLE, "Ann", " P1 ", "robot", "stranger", None, ""]),
            chance.choice([*TEAMS, "A-Team", "elsewhere", "unknown", None, None]),
            chance.choice([0.0, 1.0, 0.5, 6.999, 7.0, -3.0, 1e16, float("nan"), float("inf"), None]),
            chance.choice([1.0, 0.0, -1.0, 2.5, None, float("inf")]),
        )
        for _ in range(6_000)
    ]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("weeks") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute(
            "CREATE TABLE happened (moment TIMESTAMPTZ, person VARCHAR, team VARCHAR, value DOUBLE, weight DOUBLE)"
        )
        made.executemany("INSERT INTO happened VALUES (?, ?, ?, ?, ?)", make_events())
        made.execute("ALTER TABLE happened ADD COLUMN day DATE")
        made.execute("UPDATE happened SET day = timezone('UTC', moment)::DATE")
    with connect(f"duckdb://{path}", timeout=60) as opened:
        yield opened


def count_both(opened, measure, events, zone="Europe/Berlin", first=FIRST, end=END):
    """Weeks as they are counted where the events lie, and as they are of the events taken in one by one."""
    weighted = measure.aggregation in (Aggregation.MEAN, Aggregation.SHARE)
    person = "person" in measure.facts
    nobody = events.find_nobody(opened.list_persons(measure), ()) if person else ()
    by = WeekCounting(first, end, zone, None, None, SHORT, weighted, nobody)
    counted = events.add_up_weeks(opened.count_weeks(measure, by), ())
    events.load(opened.facts(measure), measure.aggregation)
    tables = counted, events.weeks(first, end, SHORT)
    assert tables[0].schema == tables[1].schema
    rows = [sorted(zip(*table.to_pydict().values(), strict=True)) for table in tables]
    return [
        [row for row in each if any(row[2:])] for each in rows
    ]  # a week of nothing usable is as good as none


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
@pytest.mark.parametrize("columns", GIVEN.values(), ids=GIVEN)
def test_weeks_counted_where_they_lie_are_those_of_the_events(warehouse, columns, zone):
    """Issue 18, Measured: the fast way has the same weeks, whoever did what, whatever the hour."""
    measure = Measure(("happened",), f"SELECT {columns} FROM happened", Aggregation.MEAN)
    events = EventTable([Reach((each,)) for each in TEAMS], MEMBERS, TEAMS, zone, names=NAMES)
    counted, slow = count_both(warehouse, measure, events, zone)
    assert counted == slow and sum(row[2] for row in slow) > 100


@pytest.mark.skipif(not DATA.is_dir(), reason="no real data beside the project")
@pytest.mark.parametrize("columns", ["author AS person, team", "author AS person", "team"])
def test_weeks_of_the_real_data_are_the_same(tmp_path, columns):
    """Issue 18, Measured: of every commit, by who is on which team."""
    path = tmp_path / "real.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute(f"CREATE TABLE commits AS FROM read_csv('{DATA}/commits.csv.gz')")
        people = made.execute(f"SELECT id, team, first_seen FROM read_csv('{DATA}/people.csv.gz')").fetchall()
        teams = sorted({team for _, team, _ in people})
    measure = Measure(
        ("commits",),
        f"SELECT committed_at AS at, {columns}, additions - deletions + files / 3 AS value FROM commits",
        Aggregation.SUM,
    )
    members = [MembershipSpan(person, team, since) for person, team, since in people]
    events = EventTable([Reach((each,)) for each in teams], members, teams, "Europe/Berlin")
    with connect(f"duckdb://{path}", timeout=60) as opened:
        counted, slow = count_both(opened, measure, events, first=date(2023, 9, 4), end=date(2026, 9, 7))
    assert counted == slow and len(slow) > 1_000


def test_half_a_unit_is_told_alike_each_time(tmp_path):
    """Issue 18: values are added up in no order, so that a sum of two and a half would be two today and three tomorrow."""
    path = tmp_path / "halves.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE TABLE happened (moment TIMESTAMPTZ, team VARCHAR, value DOUBLE)")
        rows = [(datetime(2025, 3, 4, 12, tzinfo=UTC), "atlas", each) for each in (0.1, 0.2, 0.3, 0.7, 1.2)]
        orders = [random.Random(seed).sample(rows, len(rows)) for seed in range(40)]  # noqa: S311
        made.executemany(
            "INSERT INTO happened VALUES (?, ?, ?)",
            [(at + timedelta(weeks=week), *rest) for week, order in enumerate(orders) for at, *rest in order],
        )
    measure = Measure(("happened",), "SELECT moment AS at, team, value FROM happened", Aggregation.SUM)
    events = EventTable([Reach(("atlas",))], MEMBERS, TEAMS, "UTC", names=NAMES)
    with connect(f"duckdb://{path}", timeout=60) as opened:
        for rows in count_both(opened, measure, events, "UTC", end=date(2025, 12, 29)):
            assert len(rows) > 35 and {total for _cohort, _week, _events, total, *_ in rows} == {3.0}
