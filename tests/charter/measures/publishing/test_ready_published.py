"""Issue 15, item 4: an adapted charter, from a tool's tables as they are recognised to a published value."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from charter.measures import services, sources
from charter.measures.models import PublishedValue
from charter.measures.warehouse.connecting import open_warehouse
from charter.measures.warehouse.recognising import lay_beside
from charter.registry import ready
from governance.people import cohorts
from tests import factories, snapshots

JANUARY = date(2026, 1, 1)
NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
DEVLAKE = ready.read_ready_descriptions()["apache-devlake"]


@snapshots.fixture(at=NOW)
def governed() -> None:
    """A team of six and its cohorts."""
    factories.a_team("payments", people=6)
    cohorts.register_tree(on=NOW.date(), minimum=5, by=factories.system())


@pytest.fixture
def devlake(governed, database, stop_clock, warehouse_file):
    """DevLake's tables: twelve requests merged in January 10 to 21 hours after their first commit, and their deployments."""
    stop_clock(NOW)
    for source in DEVLAKE.sources:
        columns = ", ".join(
            f"{name} {'TIMESTAMP' if col.type == 'TIMESTAMPTZ' else col.type.value}"
            for name, col in source.columns.items()
        )
        warehouse_file.run(f"CREATE TABLE {source.slug} ({columns})")
    for n in range(12):
        merged = datetime(2026, 1, 1 + n, 12)  # noqa: DTZ001 - as MySQL keeps it
        first = merged - timedelta(hours=10 + n)
        warehouse_file.run(
            f"""INSERT INTO pull_requests (id, base_repo_id, author_id, merged_date)
                VALUES ('{n}', 'payments', 'payments-{1 + n % 6}', '{merged}');
            INSERT INTO pull_request_commits VALUES ('{n}', 'b{n}', '{merged}'), ('{n}', 'a{n}', '{first}');
            INSERT INTO cicd_deployments (id, cicd_scope_id, result, environment, finished_date)
                VALUES ('d{n}', 'payments', 'SUCCESS', 'PRODUCTION', '{merged}')"""
        )
    return warehouse_file


def put_in_force(metric: str) -> None:
    """Describe its sources as they are recognised, and let the board pass the adapted charter from January on."""
    charter = next(each for each in ready.adapt_charters(DEVLAKE) if each.metric == metric)
    with open_warehouse() as opened:
        begun = {each.table: each.begun for each in lay_beside(opened, DEVLAKE).usable}
    for table in charter.what.measure.sources:
        sources.describe_source(description=begun[table], by=factories.an_administrator())
    why = replace(charter.why, data_from=JANUARY, backfill_because="The board agreed.")
    factories.an_active_charter(metric, document=replace(charter, why=why))


def find_value(metric: str) -> PublishedValue:
    return PublishedValue.objects.get(
        metric__slug=metric, cohort__slug="org:all", period_kind="month", starts_on=JANUARY
    )


def test_lead_time_of_two_tables_is_published(devlake):
    """The median of 10 to 21 hours from the earlier commit; whose requests they are is counted."""
    put_in_force("lead-time-for-changes")
    services.publish(by=factories.system())
    found = find_value("lead-time-for-changes")
    assert (found.value, found.n, found.people, found.withheld) == (15.5, 12, 5, "")
    assert set(found.snapshot.tables) == {"pull_requests", "pull_request_commits"}


def test_deployments_are_published(devlake):
    """Twelve in the 31 days of January, a week."""
    put_in_force("deployment-frequency")
    services.publish(by=factories.system())
    assert find_value("deployment-frequency").value == pytest.approx(12 / (31 / 7), abs=0.005)
