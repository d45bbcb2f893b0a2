"""The same rows give the same values, whichever server keeps them."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from charter.measures.publishing.publishable import list_charters_in_force
from charter.measures.publishing.publisher import Publisher
from charter.measures.warehouse import facts as warehouse
from charter.measures.warehouse import servers
from charter.registry import catalogue
from charter.registry.document import Measure
from ground import clock
from ground.errors import Unavailable
from tests import factories
from tests.benchmarks.harness import DATA
from tests.charter.measures import engines
from tests.charter.measures.conftest import WarehouseFile
from tests.charter.measures.guard.forge import needs_data

pytestmark = pytest.mark.services

TIMEOUT = 60.0
DESCRIBED = {source.slug: source for source in catalogue.read_starter_sources()}
MEASURES = {
    slug: charter.what.measure
    for slug, charter in catalogue.read_starter_charters().items()
    if charter.what.measure is not None
}
AS_OF = datetime(2026, 7, 1, 9, tzinfo=UTC)
# Something of each type, all of it different from row to row, and the moments of a row one after the other.
ROW = {
    "TEXT": "CASE n % 7 WHEN 0 THEN 'cross_team_support' WHEN 1 THEN 'Über “x”, \n' ELSE 'k' || n END",
    "BOOLEAN": "n % 3 = 0",
    "INTEGER": "n % 50",
    "BIGINT": "n + 1",
    "DOUBLE": "0.9 + n / 3001",
    "DATE": "DATE '2026-01-01' + n::INTEGER",
    "TIMESTAMP": "TIMESTAMP '2026-01-01 01:02:03.456789' + n * INTERVAL 7 HOUR + turn * INTERVAL 30 HOUR",
    "TIMESTAMPTZ": "TIMESTAMPTZ '2026-01-01 01:02:03.456789+00' + n * INTERVAL 7 HOUR + turn * INTERVAL 30 HOUR",
}
DEPLOYED = MEASURES["deployment-frequency"]


def make_up(path: Path, tables: Iterable[str]) -> None:
    """300 rows of each of these described tables that a warehouse file lacks."""
    with duckdb.connect(str(path)) as connection:
        there = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for name in sorted({*tables} - there):
            columns = ", ".join(
                f'(SELECT {ROW[c.type]} FROM (SELECT {turn} AS turn)) AS "{column}"'
                for turn, (column, c) in enumerate(DESCRIBED[name].columns.items())
            )
            connection.execute(f"CREATE TABLE {name} AS SELECT {columns} FROM range(300) AS r(n)")


@pytest.fixture(scope="module")
def made_up(tmp_path_factory) -> Path:
    """The demo's warehouse, and 300 rows of each described table that it lacks."""
    from governance.demo import dataset

    path = tmp_path_factory.mktemp("demo") / "warehouse.duckdb"
    dataset.make_up_data_set(as_of=AS_OF).write_warehouse(path, lambda *_: None)
    make_up(path, DESCRIBED)
    return path


def connection_of(source: warehouse.Warehouse) -> Any:
    """The session that a server has with us."""
    server: Any = source._intake.server
    return server._connection


def open_at(url: str) -> warehouse.Warehouse:
    return warehouse.connect(url, timeout=TIMEOUT, described=DESCRIBED)


def read(source: warehouse.Warehouse, measure: Measure) -> list[str]:
    return sorted(repr(sorted(row.items())) for batch in source.facts(measure) for row in batch.to_pylist())


def compare(engine: str, path: Path, measures: Mapping[str, Measure]) -> set[str]:
    """Read these measures from a file and from a server's copy of it, and hold one against the other; gives those that have facts."""
    tables = frozenset().union(*(measure.sources for measure in measures.values()))
    found = set()
    with (
        clock.stopped_at(AS_OF),
        engines.copy(engine, path) as url,
        open_at(url) as server,
        open_at(f"duckdb://{path}") as file,
    ):
        for slug, measure in measures.items():
            facts = read(file, measure)
            assert read(server, measure) == facts, slug
            found |= {slug} if facts else set()
            assert server.first_day(measure, "Asia/Kolkata") == file.first_day(measure, "Asia/Kolkata")
        assert server.snapshot(tables) == file.snapshot(tables)
    return found


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_a_telling_pair_of_charters_has_the_same_facts(tmp_path, engine):
    """Issue 10: work in progress failed on PostgreSQL, and whatever asks for a weekday on MariaDB. The proof compares every charter."""
    pair = {slug: MEASURES[slug] for slug in ("work-in-progress", "weekend-share")}
    path = tmp_path / "warehouse.duckdb"
    make_up(path, frozenset().union(*(measure.sources for measure in pair.values())))
    assert compare(engine, path, pair) == set(pair)


@pytest.mark.proof(alone=True)
@pytest.mark.parametrize("engine", engines.ENGINES)
def test_every_starter_charter_has_the_same_facts(made_up, engine):
    """Issue 10: every starter charter gives the same value on DuckDB, PostgreSQL 15 and MariaDB 10.11."""
    found = compare(engine, made_up, MEASURES)
    # Hours of rotas that end as they begin, and records of kinds that are not among the made-up ones, are none.
    assert len(found) > 20, sorted(set(MEASURES) - found)


@pytest.fixture
def real(db, warehouse_file: WarehouseFile, tmp_path):
    """The real organisation with lead time, commits and deployments in force since its data began."""
    from charter.registry.services import load_sources
    from governance.demo import forge
    from governance.demo.amending import amend_for
    from governance.demo.organisation import write_import_files
    from governance.people import cohorts
    from governance.people.services import import_organisation

    data = forge.read_folder(DATA)
    with clock.stopped_at(data.as_of):
        warehouse_file.path.unlink()
        data.write_warehouse(warehouse_file.path, lambda *_: None)
        write_import_files(data.organisation, tmp_path / "organisation")
        import_organisation(folder=tmp_path / "organisation", by=factories.system())
        load_sources(by=factories.system())
        for metric in ("lead-time-for-changes", "commit-count", "deployment-frequency"):
            factories.an_active_charter(metric, document=amend_for(data)(factories.a_document(metric)))
        cohorts.register_tree(on=data.as_of.date(), minimum=5, by=factories.system())
        yield warehouse_file.path


def work_out(url: str) -> list:
    with open_at(url) as source, Publisher(source, now=clock.now()) as publisher:
        return [publisher.work_out(charter) for charter in list_charters_in_force(now=clock.now())]


@needs_data
@pytest.mark.proof(alone=True)
def test_the_real_data_has_the_same_values(real):
    """Issue 10, done when: the real data is published through DuckDB, PostgreSQL and MariaDB with equal values."""
    here = work_out(f"duckdb://{real}")
    assert sum(value.estimate is not None for run in here for value in run.values) > 500
    for engine in engines.ENGINES:
        with engines.copy(engine, real) as url:
            assert work_out(url) == here, engine


ODD = {
    "postgresql": (
        "CREATE TABLE deployments (id uuid, team text, kind text, finished_at timestamptz)",
        """INSERT INTO deployments SELECT gen_random_uuid(), 'search', 'release', at::timestamptz FROM (VALUES ('2026-01-05 12:00Z'),
        ('0001-01-01 00:00Z'), ('-infinity'), ('infinity'), ('0044-03-15 12:00Z BC'), ('200000-01-01 00:00Z'), (NULL)) AS v(at)""",
    ),
    "mariadb": (
        "CREATE TABLE deployments (id BINARY(16), team VARCHAR(9), kind ENUM('release'), finished_at DATETIME)",
        """INSERT INTO deployments VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'search', 'release', '2026-01-05 12:00:00'),
        (UNHEX(REPLACE(UUID(), '-', '')), 'search', 'release', '0000-00-00 00:00:00'),
        (UNHEX(REPLACE(UUID(), '-', '')), 'search', 'release', '2026-02-00 00:00:00'),
        (UNHEX(REPLACE(UUID(), '-', '')), 'search', 'release', '0001-01-01 00:00:00'),
        (UNHEX(REPLACE(UUID(), '-', '')), 'search', 'release', '9999-12-31 23:59:59'),
        (UNHEX(REPLACE(UUID(), '-', '')), 'search', 'release', '1000-01-01 00:00:00'),
        (UNHEX(REPLACE(UUID(), '-', '')), 'search', 'release', NULL)""",
    ),
}


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_impossible_moments_are_unusable_rows(engine):
    """Issue 10: `-infinity`, the year 0 and a date of noughts are rows that cannot be used; the driver stumbles over none."""
    with engines.empty(engine) as url:
        engines.run(engine, url, *ODD[engine])
        with open_at(url) as source:
            rows = [row for batch in source.facts(DEPLOYED) for row in batch.to_pylist()]
            assert sorted(row["value"] for row in rows if row["at"]) == [1.0]
            assert [(row["at"], row["team"]) for row in rows if not row["at"]] == [(None, "search")] * 6
            assert str(source.first_day(DEPLOYED, "UTC")) == "2026-01-05"


def test_numbers_of_mariadb_are_what_their_columns_are_described_as():
    """Issue 10, attacks: text in a number's column, unsigned and huge numbers, and names that a collation calls equal."""
    columns = (
        "id VARCHAR(9), team VARCHAR(9), author VARCHAR(9), first_commit_at DATETIME, merged_at TIMESTAMP(6),"
        " commits INT, additions VARCHAR(90), deletions BIGINT UNSIGNED, revert BIT(1)"
    )
    moments = "'2026-01-05 12:00:00', '2026-01-05 13:00:00'"
    rows = ", ".join(
        f"('{key}', '{team}', 'ann', {moments}, 1, {additions}, {deletions}, b'{revert}')"
        for key, team, additions, deletions, revert in [
            ("a", "search", "'7'", 5, 0), ("A", "Search", "' 8 '", 5, 1), ("b", "search", "'12 apples'", 5, 0),
            ("c", "search", "'1'", 18446744073709551615, 0), ("d", "search", "'9" + "9" * 80 + "'", 5, 0),
            ("e", "search", "'NaN'", 5, 0), ("f", "search", "NULL", 5, 0), ("a", "search", "'7'", 5, 0),
        ]
    )  # fmt: skip
    with engines.empty("mariadb") as url:
        engines.run("mariadb", url, f"CREATE TABLE changes ({columns})", f"INSERT INTO changes VALUES {rows}")
        with open_at(url) as source:
            found = [row for batch in source.facts(MEASURES["lines-changed"]) for row in batch.to_pylist()]
            failures = [
                row for batch in source.facts(MEASURES["change-failure-rate"]) for row in batch.to_pylist()
            ]
    assert sorted((row["team"], row["value"] or 0.0) for row in found) == [
        ("Search", 13.0), ("search", 0.0), ("search", 0.0), ("search", 0.0), ("search", 0.0), ("search", 0.0), ("search", 12.0),
    ]  # fmt: skip
    assert (
        sum(row["at"] is not None for row in found) == 3
    )  # the one without additions has a moment and no value
    assert sorted(row["value"] for row in failures) == [0.0] * 6 + [1.0]


def test_days_zones_and_decimals_of_mariadb(tmp_path):
    """Issue 10: DATE stays a day, TIMESTAMP is a moment whatever the loader's zone, DATETIME is UTC, DECIMAL and TINYINT(1) are read."""
    columns = (
        "id CHAR(36) PRIMARY KEY, team VARCHAR(9), author VARCHAR(9), opened_at TIMESTAMP(3) NULL, merged_at DATETIME, "
        "day DATE, hours DECIMAL(20, 4), done TINYINT(1), small TINYINT UNSIGNED"
    )
    row = "'a', 'search', 'ann', '2026-01-05 12:00:00.25', '2026-01-05 12:00:00', '2026-02-01', 1234567890123456.1250, 1, 255"
    with engines.empty("mariadb") as url:
        engines.run(
            "mariadb", url, "SET time_zone = '+05:00'", f"CREATE TABLE odd ({columns})", f"INSERT INTO odd VALUES ({row})"
        )  # fmt: skip
        with open_at(url) as source:
            source._intake.take_in("odd", ["odd"])
            found = source._intake.run("SELECT COLUMNS(*)::VARCHAR FROM memory.seen.odd").fetchone()
    assert found == (
        "a", "search", "ann", "2026-01-05 07:00:00.25+00", "2026-01-05 12:00:00", "2026-02-01", "1234567890123456.0", "1", "255", "0",
    )  # fmt: skip


@pytest.mark.proof(alone=True)
def test_a_large_table_of_mariadb_is_streamed():
    """Issue 10: rows come a batch at a time. While we hold the first, the server still waits to send the others."""
    long = "CREATE TABLE long_rows AS SELECT seq AS id, repeat('x', 500) AS title FROM seq_1_to_100000"
    with engines.empty("mariadb") as url:
        engines.run("mariadb", url, long)
        with open_at(url) as source:
            server: Any = source._intake.server
            batches = server.read("long_rows", ["id", "title"])
            first = next(batches)
            sending = engines.ask_mariadb(
                "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'SELECT %`long_rows`'"
            )
            rest = [batch.num_rows for batch in batches]
    assert (first.num_rows, sending, sum(rest)) == (servers.BATCH_ROWS, 1, 80_000)
    assert max(rest) == servers.BATCH_ROWS


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_a_table_that_is_empty_or_gone_fails_alone(engine):
    """Issue 10, attacks: an empty table has no events; one that vanishes after it was listed fails its metrics with a reason."""
    created = "CREATE TABLE deployments (id VARCHAR(9), team VARCHAR(9), kind VARCHAR(9), finished_at TIMESTAMP NULL)"
    with engines.empty(engine) as url:
        engines.run(engine, url, created)
        with open_at(url) as source:
            assert source.has(["deployments"])
            assert read(source, DEPLOYED) == []
        with open_at(url) as source:
            assert source.has(["deployments"])
            engines.run(engine, url, "DROP TABLE deployments")
            with pytest.raises(Unavailable, match="deployments"):
                read(source, DEPLOYED)


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_an_account_s_session_can_write_nothing(engine):
    """Issue 2: a warehouse is read, never written to; the session says so to the server itself."""
    with engines.empty(engine) as url:
        engines.run(engine, url, "CREATE TABLE t (id INT)")
        with (
            open_at(url) as source,
            closing(connection_of(source).cursor()) as cursor,
            pytest.raises(Exception, match=r"(?i)read.only"),
        ):
            cursor.execute("INSERT INTO t VALUES (1)")


def test_an_address_of_mariadb_can_be_written_both_ways():
    """Issue 10: MariaDB's URL cannot be opened."""
    with engines.empty("mariadb") as url:
        for scheme in ("mariadb", "mysql"):
            with open_at(url.replace("mariadb://", f"{scheme}://")) as source:
                assert source.tables() == frozenset()
