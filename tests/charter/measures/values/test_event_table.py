"""Events, joined to teams, days and cohorts."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from charter.measures.values.calendar import Span, list_spans
from charter.measures.values.disclosure import CohortBacking
from charter.measures.values.event_table import EventTable, MembershipSpan, Reach
from charter.measures.values.units import UnitBounds
from charter.measures.warehouse.facts import EventBatches
from charter.rules.vocabulary import Aggregation, Period
from governance.people.names import NameBook, SourceNames, build_names

AT = pa.timestamp("us", "UTC")
JANUARY = Span(Period.MONTH, date(2026, 1, 1), date(2026, 2, 1))
FEBRUARY = Span(Period.MONTH, date(2026, 2, 1), date(2026, 3, 1))


def facts(rows: list[dict], *, columns=("person", "team", "value")) -> EventBatches:
    types = {"person": pa.string(), "team": pa.string(), "value": pa.float64(), "weight": pa.float64()}
    schema = pa.schema([("at", AT), *((name, types[name]) for name in columns)])
    batches = [pa.RecordBatch.from_pylist([row], schema=schema) for row in rows]
    return EventBatches(schema, iter(batches))


def event(at: object, *, person="ann", team=None, value: float | None = 1.0, **more) -> dict:
    return {"at": at, "person": person, "team": team, "value": value, **more}


@pytest.fixture
def table():
    """Ann moved from red to blue in the middle of January; both teams are the organisation."""
    memberships = [
        MembershipSpan("ann", "red", date(2025, 1, 1), date(2026, 1, 15)),
        MembershipSpan("ann", "blue", date(2026, 1, 15)),
        MembershipSpan("bob", "blue", date(2026, 2, 10)),
    ]
    reaches = [Reach(("red",)), Reach(("blue",)), Reach(("red", "blue"), whole=True)]
    with EventTable(reaches, memberships, ["red", "blue"], "Europe/Berlin") as table:
        yield table


def counts(table: EventTable, kind: Period = Period.MONTH) -> dict:
    tallies = table.tallies(kind, date(2025, 1, 1), date(2027, 1, 1))
    return {group: tally.events for group, tally in tallies.items()}


def test_an_event_without_a_team_is_its_persons_of_that_day(table):
    """Issue 2, measures: an event's team is its person's team at that time where it names none."""
    table.load(facts([event(datetime(2026, 1, day, 12, tzinfo=UTC)) for day in (14, 15)]), Aggregation.COUNT)
    assert counts(table) == {(0, JANUARY.starts_on): 1, (1, JANUARY.starts_on): 1, (2, JANUARY.starts_on): 2}


def test_a_move_happens_at_midnight_of_the_programmes_zone(table):
    """Issue 2, measures: membership is effective-dated, and days are those of the programme's zone."""
    berlin_midnight = datetime(2026, 1, 14, 23, tzinfo=UTC)
    table.load(facts([event(berlin_midnight)]), Aggregation.COUNT)
    assert (1, JANUARY.starts_on) in counts(table)
    assert (0, JANUARY.starts_on) not in counts(table)


def test_an_event_s_own_team_wins(table):
    """Issue 2, measures: an event's team is its own, which need not be its author's."""
    table.load(facts([event(datetime(2026, 1, 20, tzinfo=UTC), team="red")]), Aggregation.COUNT)
    assert set(counts(table)) == {(0, JANUARY.starts_on), (2, JANUARY.starts_on)}


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 1, 31, 22, 59, 59, tzinfo=UTC), JANUARY),
        (datetime(2026, 1, 31, 23, 0, 0, tzinfo=UTC), FEBRUARY),
    ],
)
def test_a_month_ends_at_midnight_of_the_zone(table, moment, month):
    """Issue 2, measures: periods follow the programme's time zone."""
    table.load(facts([event(moment, team="red")]), Aggregation.COUNT)
    assert (0, month.starts_on) in counts(table)


@pytest.mark.parametrize(
    ("moment", "starts_on"),
    [
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), date(2026, 10, 1)),
    ],
)
def test_a_quarter_follows_summer_time(table, moment, starts_on):
    """Issue 2, measures: Berlin's midnight is 22:00 UTC in summer and 23:00 in winter."""
    table.load(facts([event(moment, team="red")]), Aggregation.COUNT)
    assert (0, starts_on) in counts(table, Period.QUARTER)


def january(table: EventTable, cohort: int = 0):
    return table.tallies(Period.MONTH, JANUARY.starts_on, JANUARY.ends_on)[cohort, JANUARY.starts_on]


def test_coverage_is_the_share_of_usable_events(table):
    """S77: values are covered by the events that could be used; none, not-a-number and absurd ones could not."""
    values = [1.0, 2.0, None, float("nan"), float("inf"), 1e300, 3.0, 4.0]
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    table.load(facts([event(moment, team="red", value=value) for value in values]), Aggregation.MEAN)
    assert january(table).events == 4
    assert january(table).coverage == 0.5


def test_an_undated_event_lowers_every_period_in_its_part(table):
    """S77: an event that lost its time is missing somewhere."""
    dated = [event(datetime(2026, 1, 5, tzinfo=UTC), team="red") for _ in range(3)]
    table.load(facts([*dated, event(None, team="red")]), Aggregation.COUNT)
    assert january(table).coverage == 0.75


def test_events_of_no_known_team_may_be_any_teams(table):
    """S77, S151: what cannot be attributed counts against the whole, and against each team in its part."""
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [event(moment, team="red"), event(moment, team="ghost"), event(moment, person="stranger")]
    table.load(facts(rows), Aggregation.COUNT)
    assert january(table, 0).coverage == pytest.approx(1 / 3)
    assert january(table, 2).coverage == pytest.approx(1 / 3)
    assert january(table, 2).events == 1
    placed = table.placed(Period.MONTH, JANUARY.starts_on, FEBRUARY.ends_on)
    assert placed[JANUARY.starts_on] == pytest.approx(1 / 3)
    assert placed[FEBRUARY.starts_on] == 1


def test_who_was_on_no_team_takes_nothing_from_any(table):
    """S77: what somebody known did while on no team is no team's, and only the whole organisation misses it."""
    rows = [
        event(datetime(2026, 1, 5, tzinfo=UTC), team="red"),
        event(datetime(2026, 1, 5, tzinfo=UTC), person="bob"),
    ]
    table.load(facts(rows), Aggregation.COUNT)
    assert january(table, 0).coverage == 1
    assert january(table, 2).coverage == 0.5


def test_an_unknown_name_is_no_contributor_and_lowers_coverage(table):
    """S151: who is a person is looked up; a name that is nobody's is not, and counts as the largest contributor's part."""
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    people = ["ann", "Ann", "bob", "ghost", "GHOST-2"]
    table.load(facts([event(moment, person=person, team="red") for person in people]), Aggregation.COUNT)
    found = january(table)
    assert (found.events, found.people, found.coverage, found.top_of_events) == (5, 2, 0.6, 0.8)


def test_a_bot_is_nobody_and_what_it_did_is_left_out():
    """S151: a bot raises neither people nor events, takes no coverage, and hides nobody's part."""
    names = build_names(["ann", "bob"], ["red", "agency"])
    names = SourceNames(
        NameBook({("changes", "dependabot[bot]"): None}, names.people.own),
        NameBook({("", "agency"): None}, {"red": "red"}),
    )
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [event(moment, person=person, team="red") for person in ("ann", "ann", "bob")]
    rows += [event(moment, person="Dependabot[bot]", team="red") for _ in range(9)] + [
        event(moment, team="Agency")
    ]
    with EventTable([Reach(("red",))], [], ["red"], "Europe/Berlin", names=names) as table:
        table.load(facts(rows), Aggregation.COUNT, sources=["changes"])
        assert january(table) == CohortBacking(3, 2, 1.0, top_of_events=2 / 3, top_of_sum=2 / 3)
        table.load(facts(rows), Aggregation.COUNT, sources=["commits"])
        assert january(table).people == 2 and january(table).coverage == 0.25  # a bot there, unknown here


def test_an_unnamed_contributor_counts_as_the_largest_and_as_nobody(table):
    """AR12: fail closed where it is not known who did it."""
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    people = ["ann", "ann", "bob", None, ""]
    table.load(facts([event(moment, person=person, team="red") for person in people]), Aggregation.COUNT)
    assert january(table).people == 2
    assert january(table).top_of_events == 0.8


def test_the_top_of_a_sum_is_of_absolute_values(table):
    """DESIGN, published values: one contributor behind more than half of the sum, whichever its sign."""
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [event(moment, person=name, team="red", value=v) for name, v in [("ann", -6.0), ("bob", 4.0)]]
    table.load(facts(rows), Aggregation.SUM)
    assert january(table).top_of_sum == 0.6


def test_weights_count_for_means_alone(table):
    """Contract of facts: weight is optional, and is the events' own weight in a mean."""
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [
        event(moment, team="red", value=v, weight=w)
        for v, w in [(1.0, 3.0), (0.0, 1.0), (5.0, 0.0), (5.0, -1.0)]
    ]
    columns = ("person", "team", "value", "weight")
    group = (0, JANUARY.starts_on)
    table.load(facts(rows, columns=columns), Aggregation.MEAN)
    assert january(table).coverage == pytest.approx(2 / 3)  # no weight is no event, a negative one is a fault
    ((_, values, weights),) = table.values(Period.MONTH, [group])
    assert sorted(zip(values.tolist(), weights.tolist(), strict=True)) == [(0.0, 1.0), (1.0, 3.0)]
    table.load(facts(rows, columns=columns), Aggregation.MEDIAN)
    ((_, values, weights),) = table.values(Period.MONTH, [group])
    assert (len(values), weights) == (4, None)


def test_only_the_groups_asked_for_give_values(table):
    """DESIGN, published values: what is withheld is never even worked out."""
    moments = [datetime(2026, month, 5, tzinfo=UTC) for month in (1, 2)]
    table.load(facts([event(moment, team="red") for moment in moments]), Aggregation.MEDIAN)
    assert [group for group, *_ in table.values(Period.MONTH, [(0, FEBRUARY.starts_on)])] == [
        (0, FEBRUARY.starts_on)
    ]
    assert list(table.values(Period.MONTH, [])) == []


def test_a_roster_is_who_is_there_at_a_time(table):
    """DESIGN, published values: where facts name nobody, the team's roster counts, day by day; a move is one person."""
    assert table.rosters([JANUARY, FEBRUARY]) == {
        (0, JANUARY.starts_on): 1,
        (1, JANUARY.starts_on): 1,
        (2, JANUARY.starts_on): 1,
        (1, FEBRUARY.starts_on): 1,
        (2, FEBRUARY.starts_on): 1,
    }


@pytest.mark.parametrize(
    ("spans", "people"),
    [
        ([("a", 1, 32), ("b", 1, 32), ("c", 1, 32)], 3),
        ([("a", 1, 15), ("b", 1, 15), ("c", 1, 15), ("d", 15, 32), ("e", 15, 32), ("f", 15, 32)], 3),
        ([("a", 1, 15), ("b", 1, 15), ("c", 1, 15), ("d", 16, 32), ("e", 16, 32)], 2),
        ([("a", 1, 32), ("b", 1, 32), ("c", 1, 2)], 2),
        ([("a", 31, 32), ("b", 31, 32)], 2),
        ([("a", 1, 10), ("a", 10, 32), ("b", 1, 32)], 2),
    ],
    ids=["all-along", "three-leave-three-join", "with-a-day-of-nobody", "one-day", "from-the-last-day", "twice-the-same"],
)  # fmt: skip
def test_churn_does_not_add_up(spans, people):
    """S151: three leavers and three joiners are three at a time."""
    days = [None, *(date(2026, 1, 1) + timedelta(days=n) for n in range(32))]
    members = [MembershipSpan(who, "red", days[first], days[end]) for who, first, end in spans]
    with EventTable([Reach(("red",))], members, ["red"], "Europe/Berlin") as table:
        assert table.rosters([JANUARY]) == {(0, JANUARY.starts_on): people}


def test_one_measure_s_events_replace_another_s(table):
    """Memory: one measure at a time."""
    table.load(facts([event(datetime(2026, 1, 5, tzinfo=UTC), team="red")]), Aggregation.COUNT)
    table.load(facts([]), Aggregation.COUNT)
    assert counts(table) == {}


@pytest.mark.parametrize(
    ("zone", "moment", "month"),
    [
        ("Pacific/Kiritimati", datetime(2026, 1, 31, 10, 0, tzinfo=UTC), date(2026, 2, 1)),  # fourteen hours ahead
        ("Pacific/Pago_Pago", datetime(2026, 2, 1, 10, 59, tzinfo=UTC), date(2026, 1, 1)),  # eleven behind
        ("Europe/Berlin", datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 3, 1)),  # two days after the clocks went on
        ("Europe/Berlin", datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 4, 1)),
        ("America/New_York", datetime(2026, 11, 1, 3, 59, tzinfo=UTC), date(2026, 10, 1)),  # an hour that comes twice
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), date(2026, 11, 1)),
        ("America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC), date(2026, 11, 1)),
        ("America/Sao_Paulo", datetime(2018, 11, 4, 3, 0, tzinfo=UTC), date(2018, 11, 1)),  # a day without a midnight
        ("UTC", datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC), date(2024, 2, 1)),
    ],
)  # fmt: skip
def test_a_moment_falls_on_one_day_of_the_zone(zone, moment, month):
    """Issue 10, attacks: month edges far east and far west, shifts of clocks, the leap day."""
    with EventTable([Reach(("red",))], [], ["red"], zone) as table:
        table.load(facts([event(moment, team="red")]), Aggregation.COUNT)
        assert set(table.tallies(Period.MONTH, date(2017, 1, 1), date(2027, 1, 1))) == {(0, month)}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), -1.0, 1e16, None])
def test_a_value_that_cannot_be_is_an_unusable_event(value):
    """Issue 10: neither infinite nor below what its unit can have; it lowers coverage alone."""
    day = datetime(2026, 1, 5, 12, tzinfo=UTC)
    rows = [
        event(day, team="red", value=value),
        event(day, team="red", value=-0.0),
        event(day, team="red", value=3.0),
    ]
    ann = [MembershipSpan("ann", "red", date(2025, 1, 1))]
    with EventTable([Reach(("red",))], ann, ["red"], "UTC") as table:
        table.load(facts(rows), Aggregation.MEAN, bounds=UnitBounds())
        (found,) = table.tallies(Period.MONTH, date(2026, 1, 1), date(2027, 1, 1)).values()
        assert found.events == 2
        assert found.coverage == pytest.approx(2 / 3)


def test_rosters_of_ten_thousand_people_over_years_fit_into_memory():
    """Issue 10, measured: ten times the people. Each day that somebody came was once held against each person who was there."""
    start = date(2021, 1, 1)
    spans = [
        MembershipSpan(f"p{number}", f"t{number % 800}", start + timedelta(days=number % 1500))
        for number in range(10_000)
    ]
    teams = [f"t{number}" for number in range(800)]
    months = list(list_spans(Period.MONTH, start, date(2026, 1, 1)))
    with EventTable([Reach(tuple(teams), whole=True), Reach(("t0",))], spans, teams, "UTC") as table:
        rosters = table.rosters(months)
    assert rosters[0, date(2025, 12, 1)] == 10_000
    assert rosters[0, start] == 7  # seven on the first day, and more on each after
    assert rosters[1, date(2025, 12, 1)] == sum(not number % 800 for number in range(10_000))
