"""Rows of published values, and one's own."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from charter.measures import queries, services
from charter.measures.models import PublishedValue, Withheld
from charter.registry.models import CharterVersion
from charter.rules.request import Window
from charter.rules.vocabulary import Period
from governance.people import cohorts
from ground.errors import BadInput, Unavailable
from tests import factories, on_the_log, snapshots

BAND = "5\N{EN DASH}9"
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
QUARTER = Window(date(2026, 1, 1), date(2026, 4, 1))
LEAD_TIME = "lead-time-for-changes"


def since_january(slug: str):
    document = factories.a_document(slug)
    why = msgspec.structs.replace(
        document.why, data_from=date(2026, 1, 1), backfill_because="The board agreed."
    )
    return msgspec.structs.replace(document, why=why)


def change(team: str, author: str, day: int, hours: float, month: int = 1) -> tuple:
    merged = datetime(2026, month, day, 12, tzinfo=UTC)
    return (team, author, merged - timedelta(hours=hours), merged)


@snapshots.fixture(at=NOW)
def governed() -> None:
    """Two teams of six, their cohorts, and two charters in force."""
    for team in ("payments", "search"):
        factories.a_team(team, people=6)
    factories.an_active_charter(LEAD_TIME, document=since_january(LEAD_TIME))
    factories.an_active_charter("deployment-frequency", document=since_january("deployment-frequency"))
    cohorts.register_tree(on=NOW.date(), minimum=5, by=factories.system())


@pytest.fixture
def house(governed, warehouse_file, stop_clock):
    """A team of six with twelve changes in January and three in February, and another that made none."""
    stop_clock(NOW)
    rows = [change("payments", f"payments-{n % 6 + 1}", n + 1, n) for n in range(12)]
    warehouse_file.add_changes(rows + [change("payments", "payments-1", n, n, month=2) for n in (1, 2, 3)])
    return warehouse_file


@pytest.fixture
def published(house):
    services.publish(by=factories.system())


def rows(*, metrics=(LEAD_TIME,), cohorts=("org:all",), window=QUARTER, period=Period.MONTH):
    return queries.read_rows(metrics=metrics, cohorts=cohorts, window=window, period=period)


def test_rows_come_in_the_order_asked(published):
    """DESIGN, the line: metric, then cohort, then period."""
    told, _ = rows(metrics=("deployment-frequency", LEAD_TIME), cohorts=("team:search", "team:payments"))
    assert [(row.metric, row.cohort, row.period) for row in told] == [
        (metric, cohort, period)
        for metric in ("deployment-frequency", LEAD_TIME)
        for cohort in ("team:search", "team:payments")
        for period in ("2026-01", "2026-02", "2026-03")
    ]


def test_a_row_tells_all_that_stands_behind_it(published):
    """DESIGN, the line: rows with interval, n, people, coverage, context notes."""
    told, source = rows()
    january = told[0]
    assert (january.value, january.unit, january.n, january.people) == (5.5, "hour", 12, BAND)
    assert january.low < 5.5 < january.high
    assert (january.coverage, january.bound, january.context) == (1.0, None, [])
    assert (january.withheld, january.withheld_because) == (None, None)
    value = PublishedValue.objects.first()
    assert (source.snapshot, source.published_at) == (value.snapshot.content_hash, value.published_at)


def test_a_withheld_row_prints_nothing_but_its_reason(published):
    """AR12: null with its reason; no number, not even of events or people."""
    february = rows()[0][1]
    told = msgspec.to_builtins(february)
    assert {key for key, value in told.items() if value not in (None, [])} == {
        "metric", "cohort", "period", "unit", "withheld", "withheld_because",
    }  # fmt: skip
    assert february.withheld == "too_few"
    assert february.withheld_because == "Withheld: it would tell too much of too few people"


def test_a_quarter_is_a_row_of_its_own(published):
    """DESIGN, cohorts: months and quarters."""
    (row,), _ = rows(period=Period.QUARTER)
    assert (row.period, row.withheld) == ("2026-Q1", "too_few")  # less January it would be one person's three


@pytest.mark.parametrize("window", [QUARTER, Window(date(2025, 1, 1), date(2026, 1, 1))])
def test_a_period_without_a_value_is_a_row_that_says_so(house, window):
    """Issue 2, measures: nothing is left out silently."""
    told, source = rows(window=window)
    assert {row.withheld for row in told} == {"not_published"}
    assert {row.unit for row in told} == {"hour"}
    assert (len(told), source) == (12 if window is not QUARTER else 3, None)


def test_an_absent_source_is_said(published):
    """Issue 2, measures: a metric whose source is absent says so."""
    told, _ = rows(metrics=("deployment-frequency",))
    assert {row.withheld for row in told} == {"no_source"}
    assert told[0].withheld_because == "No value: the source this metric reads is not connected"


@pytest.mark.parametrize(
    ("metrics", "cohorts", "window"),
    [
        ((LEAD_TIME,), ("team:payments",), Window(date(2026, 1, 1), date(2026, 2, 1))),
        (
            (LEAD_TIME, "deployment-frequency", "no-such-metric"),
            ("team:payments", "team:search", "org:all", "value_stream:commerce", "team:none"),
            Window(date(2020, 1, 1), date(2026, 4, 1)),
        ),
    ],
)
def test_one_statement_however_many_rows(published, metrics, cohorts, window):
    """Issue 2, measured: the number of statements does not depend on rows and metrics."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        rows(metrics=metrics, cohorts=cohorts, window=window)
    assert len(captured) == 1


def test_superseded_values_are_not_read(published):
    """DESIGN, published values: old minus new would point at one person."""
    by = factories.system()
    on_the_log.update(PublishedValue.objects.all(), superseded_at=NOW, superseded_by=by)
    assert {row.withheld for row in rows()[0]} == {"not_published"}


def test_each_reason_has_a_sentence_without_a_count_of_anybody():
    """S77: the reason is told in words, without a number."""
    for reason in Withheld:
        assert reason.label and not any(letter.isdigit() for letter in str(reason.label))


# One's own


def own(person: str = "payments-1", *, period=Period.MONTH, metric: str = LEAD_TIME, window=QUARTER):
    version = CharterVersion.objects.get(metric__slug=metric)
    return queries.compute_own_rows(version=version.pk, person=person, window=window, period=period)


def test_ones_own_values_are_told_however_few(house):
    """DESIGN, cohorts: person grain exists to oneself always; computed on demand and never stored."""
    january, february, march = own()
    # Changes number 0 and 6 of January took 0 and 6 hours; those of February 1, 2 and 3.
    assert (january.value, january.n, january.people, january.unit) == (3.0, 2, "1", "hour")
    assert (february.value, february.n, february.cohort) == (2.0, 3, "")
    assert (march.value, march.withheld) == (None, "few_events")
    assert not PublishedValue.objects.exists()


def test_ones_own_values_are_nobody_elses(house):
    """AR09: one's own values excepted, and no others."""
    assert [row.n for row in own("payments-2")] == [2, None, None]
    assert [row.n for row in own("nobody")] == [None, None, None]


def test_an_interval_of_ones_own_needs_ten_events(house):
    """DESIGN, published values: under ten events there is no interval."""
    assert own()[0].low is None
    house.add_changes([change("search", "payments-1", n, n, month=3) for n in range(1, 11)])
    march = own()[2]
    assert march.n == 10
    assert march.low < march.value < march.high


def test_ones_own_events_count_wherever_they_were_made(house):
    """DESIGN, cohorts: an event's team need not be its author's; one's own value is of the person."""
    house.add_changes([change("a-team-we-do-not-know", "payments-1", 9, 9.0, month=3)])
    assert own()[2].n == 1


def test_nothing_of_ones_own_from_before_the_board_agreed(house):
    """DESIGN, charters: `data_from` holds for one's own values too."""
    house.add_changes([change("payments", "payments-1", 9, 9.0, month=1)])
    told = own(window=Window(date(2025, 10, 1), date(2026, 4, 1)))
    assert [row.withheld for row in told[:3]] == ["not_published"] * 3
    assert told[3].n == 3


def test_facts_that_name_nobody_have_no_own_values(house):
    """DESIGN, published values: where facts carry no person there is nothing of one's own."""
    with pytest.raises(BadInput):
        own(metric="deployment-frequency")


def test_ones_own_values_of_low_coverage_have_no_number(house):
    """S77: not enough data is never a number, for one's own eyes neither; a period well covered keeps its own."""
    lost = [("payments", "payments-1", None, change("payments", "", n, 0)[3]) for n in (4, 5, 6)]
    house.add_changes(lost)
    january, february, _ = own()
    assert (january.withheld, january.value, january.n) == ("low_coverage", None, None)
    assert january.withheld_because.startswith("Not enough data") and february.value == 2.0


def test_a_threshold_that_was_raised_counts_for_values_already_published(house):
    """S77: the frozen value stays as it is, and what is read is the programme's word of today."""
    house.add_changes([("payments", "payments-1", None, change("payments", "", 4, 0)[3])])
    services.publish(by=factories.system())
    assert rows()[0][0].value == 5.5
    factories.settings(coverage_threshold=1.0)
    january = rows()[0][0]
    assert (january.value, january.coverage, january.withheld) == (None, None, "low_coverage")


def test_own_values_need_the_warehouse(house, settings):
    """Fail closed: no warehouse, no values."""
    settings.WAREHOUSE_URL = ""
    with pytest.raises(Unavailable):
        own()


def test_own_values_say_when_the_source_is_absent(house):
    """Issue 2, measures: a metric whose source is absent says so."""
    house.run("DROP TABLE changes")
    assert {row.withheld for row in own()} == {"no_source"}
