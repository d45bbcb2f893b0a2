"""The warehouse: what is read, what is refused, what never leaks."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import psycopg
import pytest

from charter.measures.warehouse import facts as warehouse
from charter.measures.warehouse.servers import PostgreSQL
from charter.registry import catalogue
from charter.registry.document import Measure
from charter.rules.vocabulary import Aggregation
from ground.errors import BadInput, Unavailable
from tests import factories
from tests.charter.measures.conftest import WarehouseFile
from tests.databases import copy, owner_url

TIMEOUT = 30.0  # seconds, which nothing here needs
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
FACTS = "SELECT merged_at AS at, author AS person, team, epoch(merged_at) - epoch(first_commit_at) AS value FROM changes"


def a_measure(facts: str = FACTS, sources: tuple[str, ...] = ("changes",)) -> Measure:
    return Measure(sources=sources, facts=facts, aggregation=Aggregation.MEDIAN)


@pytest.fixture
def opened(warehouse_file):
    warehouse_file.add_changes([("payments", f"p{n}", NOON, NOON) for n in range(3)])
    with warehouse.connect(warehouse_file.url, timeout=TIMEOUT) as found:
        yield found


def test_facts_come_as_columns_of_known_types(opened):
    """DESIGN, published values: a facts query gives at, person, team and value, one row an event."""
    facts = opened.facts(a_measure())
    assert facts.columns == {"at", "person", "team", "value"}
    rows = [row for batch in facts for row in batch.to_pylist()]
    assert sorted(row["person"] for row in rows) == ["p0", "p1", "p2"]
    assert {row["at"] for row in rows} == {NOON}
    assert str(facts.schema.field("value").type) == "double"


def test_one_persons_facts_are_filtered_in_the_warehouse(opened):
    """DESIGN, cohorts: one's own values are worked out on demand, and nobody else's facts leave for it."""
    rows = [row for batch in opened.facts(a_measure(), persons=["p1"]) for row in batch.to_pylist()]
    assert [row["person"] for row in rows] == ["p1"]


def test_a_person_s_name_is_never_sql(opened):
    """AR09: a name cannot widen the question."""
    rows = [
        row for batch in opened.facts(a_measure(), persons=["p1' OR '1'='1"]) for row in batch.to_pylist()
    ]
    assert rows == []


def test_the_first_event(opened):
    """Issue 2, measures: publishing begins with the first event."""
    assert opened.first_day(a_measure(), "UTC") == NOON.date()
    assert opened.first_day(a_measure(FACTS + " WHERE author = 'nobody'"), "UTC") is None


def test_what_is_connected(opened):
    """Issue 2, measures: a metric whose source is absent says so."""
    assert opened.has(["changes"])
    assert not opened.has(["changes", "incidents"])


def test_a_snapshot_hash_knows_content_not_order(warehouse_file, tmp_path):
    """S14: a value names the snapshot it came from; the same rows are the same snapshot."""
    rows = [("1", "a", 0.5), ("2", None, 1.5), ("2", None, 1.5)]

    def content(name: str, rows: list) -> str:
        path = tmp_path / name
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE t (id VARCHAR, team VARCHAR, x DOUBLE)")
            connection.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        with warehouse.connect(f"duckdb://{path}", timeout=TIMEOUT) as found:
            return found.snapshot(["t"])[0]

    same = content("a.duckdb", rows)
    assert same.startswith("sha256:")
    assert content("b.duckdb", rows[::-1]) == same
    assert content("c.duckdb", rows[:2]) != same  # a repeated row counts
    assert content("d.duckdb", [*rows[:2], ("2", "", 1.5)]) != same


def test_a_snapshot_hash_tells_rows_and_tables(opened):
    """Models, Snapshot: what each table held."""
    _, tables = opened.snapshot(["changes"])
    assert tables["changes"]["rows"] == 3


CATALOGUE = sorted(path.stem for path in (Path(catalogue.__path__[0]) / "charters").glob("*.yaml"))


@pytest.fixture(scope="module")
def described_tables(tmp_path_factory) -> str:
    """The address of a warehouse with the tables that the starter sources describe, all empty."""
    file = WarehouseFile(tmp_path_factory.mktemp("described") / "warehouse.duckdb")
    for source in catalogue.read_starter_sources():
        columns = ", ".join(f'"{name}" {column.type}' for name, column in source.columns.items())
        file.run(f"CREATE TABLE {source.slug} ({columns})")
    return file.url


@pytest.mark.parametrize("slug", CATALOGUE)
def test_every_starter_charter_s_facts_can_be_read(described_tables, slug):
    """Issue 2, registry: the starter charters' measures run on the tables that their sources describe."""
    measure = factories.a_document(slug).what.measure
    with warehouse.connect(described_tables, timeout=TIMEOUT) as found:
        assert found.first_day(measure, "UTC") is None
        assert sum(batch.num_rows for batch in found.facts(measure)) == 0


ATTACKS = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_parquet('/tmp/x.parquet')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "ATTACH '/tmp/other.duckdb'",
    "ATTACH ':memory:' AS other; ATTACH '/tmp/other.duckdb'",
    "COPY changes TO '/tmp/stolen.csv'",
    "COPY (SELECT 1) TO '/tmp/stolen.parquet' (FORMAT parquet)",
    "EXPORT DATABASE '/tmp/stolen'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "SET temp_directory = '/tmp/spill'",
    "SET lock_configuration = false",
    "RESET lock_configuration",
    "PRAGMA enable_external_access",
    "INSERT INTO changes SELECT * FROM changes",
    "DROP TABLE changes",
    "CREATE TABLE planted (x INTEGER)",
    "DETACH warehouse",
]


@pytest.mark.parametrize("statement", ATTACKS)
def test_the_engine_itself_is_confined(opened, statement):
    """DESIGN, published values: external access off, configuration locked, read-only, whoever wrote the query."""
    with pytest.raises(duckdb.Error):
        opened._engine.execute(statement)


@pytest.mark.parametrize(
    "facts",
    [
        "SELECT now() AS at, content AS team, 1 AS value FROM read_text('/etc/passwd')",
        "SELECT merged_at AS at, team, 1 AS value FROM changes; DROP TABLE changes",
        "COPY changes TO '/tmp/stolen.csv'",
    ],
)
def test_a_facts_query_is_checked_before_every_run(opened, facts):
    """AR01: the tables of a query are those the charter declares, at publishing as well as at submission."""
    with pytest.raises(BadInput):
        opened.facts(a_measure(facts))


def test_a_statement_that_takes_too_long_is_ended(warehouse_file):
    """DESIGN, published values: DuckDB runs with a timeout."""
    warehouse_file.run(
        "CREATE TABLE changes AS SELECT range AS team, 1 AS kind, now() AS merged_at FROM range(200000)"
    )
    slow = """
        SELECT max(a.merged_at) AS at, a.kind AS team, sum(b.team) AS value
        FROM changes a JOIN changes b ON a.kind = b.kind WHERE a.team <> b.team GROUP BY a.kind
    """
    with warehouse.connect(warehouse_file.url, timeout=0.3) as found, pytest.raises(Unavailable) as refused:
        list(found.facts(a_measure(slow)))
    assert "took longer than 0.3 seconds" in refused.value.detail


def test_the_memory_of_a_query_is_bounded(warehouse_file):
    """DESIGN, published values: DuckDB runs with a memory limit, and spills nothing to disk."""
    warehouse_file.run("CREATE TABLE changes AS SELECT range AS team, now() AS merged_at FROM range(3000000)")
    hungry = "SELECT merged_at AS at, team::VARCHAR AS person, 1 AS value FROM changes ORDER BY 2"
    with warehouse.connect(warehouse_file.url, timeout=TIMEOUT) as found:
        limit = found._engine.execute("SELECT current_setting('memory_limit')").fetchone()[0]
        assert limit == "122.0 MiB"
        with pytest.raises(Unavailable, match="OutOfMemory"):
            list(found.facts(a_measure(hungry)))


@pytest.mark.parametrize(
    "column", ["merged_at", "merged_at AT TIME ZONE 'UTC'", "CAST(merged_at AS VARCHAR)"]
)
def test_times_without_a_zone_are_utc(opened, column):
    """Ground rules: UTC inside; whatever a source calls a time, `at` is an aware one."""
    measure = a_measure(f"SELECT {column} AS at, team, 1 AS value FROM changes")
    facts = opened.facts(measure)
    assert str(facts.schema.field("at").type) == "timestamp[us, tz=UTC]"
    assert {row["at"] for batch in facts for row in batch.to_pylist()} == {NOON}


def test_a_day_stays_a_day(opened):
    """Issue 10: a calendar day is that day in the programme's zone, wherever that is."""
    measure = a_measure("SELECT CAST(merged_at AS DATE) AS at, team, 1 AS value FROM changes")
    facts = opened.facts(measure)
    assert str(facts.schema.field("at").type) == "date32[day]"
    for zone in ("Pacific/Kiritimati", "America/New_York", "Pacific/Pago_Pago"):
        assert opened.first_day(measure, zone) == NOON.date()


def test_what_is_no_time_fails(opened):
    """Contract of facts: `at` is a time."""
    with pytest.raises(Unavailable):
        opened.first_day(a_measure("SELECT team AS at, team, 1 AS value FROM changes"), "UTC")


def test_a_fault_of_the_query_shows_no_value(opened):
    """DESIGN, style: nothing leaks in messages; DuckDB's own would print the value it could not read."""
    broken = a_measure("SELECT merged_at AS at, team, CAST(author AS INTEGER) AS value FROM changes")
    with pytest.raises(Unavailable) as refused:
        list(opened.facts(broken))
    assert "p0" not in refused.value.detail
    assert refused.value.__cause__ is None
    assert "ConversionException" in refused.value.detail


@pytest.mark.parametrize(
    "url",
    [
        "postgres://reader:hunter2@127.0.0.1:1/warehouse",
        "mysql://reader:hunter2@127.0.0.1:1/warehouse?password=hunter2",
        "nosuch://reader:hunter2@host/warehouse",
        "sqlite:///warehouse.db",
        "file:///etc/facts.csv",
        "postgres://reader:hunter2@host:notaport/warehouse",
        "duckdb:///nowhere/warehouse.duckdb",
        "duckdb:///etc/passwd",
        "duckdb://relative.duckdb?password=hunter2",
        "duckdb:///tmp/x.duckdb?enable_external_access=true",
        "hunter2",
    ],
)
def test_a_warehouse_that_cannot_be_opened_says_so_without_its_password(url):
    """Issue 2, bad input: an unreachable warehouse fails loudly; messages hold no secret."""
    with pytest.raises(Unavailable) as refused:
        warehouse.connect(url, timeout=TIMEOUT)
    assert refused.value.code == "warehouse_unavailable"
    assert "hunter2" not in refused.value.detail
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_a_server_without_its_driver_is_refused_by_name(monkeypatch):
    """ADR 28: the lack of a driver is said in a sentence that names it."""
    monkeypatch.setitem(sys.modules, "pymysql", None)
    with pytest.raises(Unavailable, match=r"The driver for “mariadb” is not installed\. Install pymysql\."):
        warehouse.connect("mariadb://reader:hunter2@127.0.0.1/facts", timeout=TIMEOUT)


def test_the_url_that_is_kept_has_no_secret():
    """Models, Snapshot: `url` carries no password."""
    shown = warehouse.redact_url("postgres://reader:hunter2@db.example:5432/facts?sslpassword=hunter2")
    assert shown == "postgres://db.example:5432/facts"


def connection_of(source: warehouse.Warehouse) -> psycopg.Connection:
    """The session that PostgreSQL has with us."""
    assert isinstance(source._intake.server, PostgreSQL)
    return source._intake.server._connection


def test_a_server_is_read_as_the_file_is(server):
    """DESIGN, published values: on the organisation's own engine by URL; the facts query is put into its dialect."""
    with copy(server) as name:
        url = owner_url(server, name)
        with psycopg.connect(url, autocommit=True) as loader:
            loader.execute(
                "CREATE TABLE changes (team text, author text, first_commit_at timestamptz, merged_at timestamptz)"
            )
            loader.execute(
                "INSERT INTO changes SELECT 'payments', 'p' || n, %(at)s - interval '90 s', %(at)s FROM generate_series(1, 30) n",
                {"at": NOON},
            )
        with warehouse.connect(url, timeout=2) as found:
            rows = [row for batch in found.facts(a_measure(), persons=["p7"]) for row in batch.to_pylist()]
            assert rows == [{"at": NOON, "person": "p7", "team": "payments", "value": 90.0}]
            assert found.first_day(a_measure(), "UTC") == NOON.date()
            assert found.has(["changes"])
            once = found.snapshot(["changes"])
            assert once[1]["changes"]["rows"] == 30
            assert found.snapshot(["changes"]) == once
            assert found.columns("changes")["merged_at"] == "TIMESTAMP WITH TIME ZONE"
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                connection_of(found).execute("DELETE FROM changes")
            with pytest.raises(psycopg.errors.QueryCanceled):
                connection_of(found).execute("SELECT pg_sleep(5)")
        assert urlsplit(url).password not in found.url


def test_two_readers_at_once(warehouse_file):
    """DESIGN, the line: one's own values are read while a publishing run reads too."""
    warehouse_file.add_changes([("payments", "p1", NOON, NOON)])
    with (
        warehouse.connect(warehouse_file.url, timeout=TIMEOUT) as one,
        warehouse.connect(warehouse_file.url, timeout=TIMEOUT) as other,
    ):
        assert one.tables() == other.tables() == {"changes"}
