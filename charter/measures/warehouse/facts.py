"""The organisation's warehouse: facts of a measure, and a hash of what its tables hold.

Every warehouse is read alike: rows of the tables that a measure names come into a DuckDB of ours, confined, and the facts
query runs there, so that one query means the same whatever holds the rows (ADR 28). A DuckDB file is attached read-only; a
server's rows come a batch at a time. Every other file, extension and setting is closed to the engine. A server is as
confined as the account in its URL: give it one that may only read.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Self
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from charter.measures.warehouse.engine import find_file, open_engine
from charter.measures.warehouse.intake import Intake
from charter.measures.warehouse.servers import BATCH_ROWS, open_server
from charter.measures.warehouse.tables import (
    LIFE_BEGINS,
    ReadTable,
    get_life,
    list_columns_read,
    point_at,
    quote,
    write_soundness,
)
from charter.measures.warehouse.weeks import WeekCounting, write_count
from charter.registry.document import Measure
from charter.registry.facts_sql import DIALECT, check_facts_sql
from charter.registry.source_descriptions import SourceDescription
from ground import clock
from ground.errors import DomainError, Unavailable

_TYPES = {
    "at": "TIMESTAMP WITH TIME ZONE",
    "person": "VARCHAR",
    "team": "VARCHAR",
    "value": "DOUBLE",
    "weight": "DOUBLE",
}


class EventBatches:
    """The events of a measure, as Arrow batches to be read once; `columns` says which columns of facts they have.

    `at` is a moment, or a day of the programme's zone where the source knows no more (`dated`). Events that cannot be used
    have none. `life`: the days, half-open, on which anything can have happened.
    """

    def __init__(
        self,
        schema: pa.Schema,
        batches: Iterator[pa.RecordBatch],
        life: tuple[date, date] = (LIFE_BEGINS, date.max),
    ) -> None:
        self.schema = schema
        self.life = life
        self.columns = frozenset(schema.names)
        self.dated = pa.types.is_date(schema.field("at").type)
        self._batches = batches

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self._batches


class Warehouse:
    """An open warehouse: the facts of measures, and what its tables hold. Raises Unavailable where that cannot be read."""

    def __init__(self, intake: Intake) -> None:
        self.url = intake.url  # without user and password
        self._intake = intake
        self._engine = intake.engine
        self._now = clock.now()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._intake.close()

    def tables(self) -> frozenset[str]:
        """The names of the tables and views that this account sees."""
        return self._intake.tables()

    def has(self, tables: Collection[str]) -> bool:
        """Whether every one of these tables is there."""
        return self.tables().issuperset(tables)

    def columns(self, table: str) -> dict[str, str]:
        """The DuckDB type of each column of a table, in the table's order; none where there is no such table."""
        return self._intake.columns(table)

    def count_rows(self, table: str) -> int:
        return int(self._ask("count the rows of a table", f"SELECT count(*) FROM {self._see(table)}")[0][0])

    def read_first(self, table: str, rows: int) -> list[tuple[object, ...]]:
        """The first rows of a table, as they come."""
        return self._intake.read_first(table, rows)

    def count_names(self, table: str, column: str) -> dict[str, int]:
        """How many rows of a table have each name in a column; those without one under the empty name."""
        query = (
            f"SELECT coalesce({quote(column)}::VARCHAR, ''), count(*) FROM {self._see(table)} GROUP BY ALL"
        )
        return dict(self._ask("count the names in a table", query))

    def find_newest(self, table: str, column: str) -> datetime | date | None:
        """The latest time in a column (UTC) in the life of any source; None where it has none."""
        moment, (first, end) = quote(column), get_life(self._now)
        query = f"""SELECT max({moment})::TIMESTAMP, any_value(typeof({moment})) FROM {self._see(table)}
            WHERE {moment} >= ? AND {moment} < ?"""
        newest, kind = self._ask("find the newest row of a table", query, [first, end])[0]
        if newest is None:
            return None
        found: datetime = newest.replace(tzinfo=UTC)
        return found.date() if kind == "DATE" else found

    def list_persons(self, measure: Measure) -> list[str]:
        """What the events of a measure call persons, each once, as they are written; their query gives `person`."""
        query = f"SELECT DISTINCT person FROM ({self._events(measure)[0]}) AS events WHERE person IS NOT NULL ORDER BY 1"
        return [name for (name,) in self._ask("list the persons of a measure", query)]

    def facts(self, measure: Measure, *, persons: Collection[str] | None = None) -> EventBatches:
        """The events of a measure, or those of persons of these names; BadInput where its query is not a facts query.

        Columns: those of `at`, `person`, `team`, `value` (double), `weight` (double) that the query gives. Rows that cannot
        be used are events without `at` and `value`.
        """
        query, _dated = self._events(measure)
        parameters: list[list[str]] = []
        if persons is not None:
            query, parameters = (
                f"SELECT * FROM ({query}) AS events WHERE list_contains(?, person)",
                [list(persons)],
            )
        cursor = self._engine.cursor()
        with self._intake.asking("prepare the facts of a measure", cursor):
            reader = cursor.execute(query, parameters).to_arrow_reader(BATCH_ROWS)
        return EventBatches(reader.schema, self._stream(reader, cursor), get_life(self._now))

    def count_weeks(self, measure: Measure, by: WeekCounting) -> pa.Table:
        """The usable events of a measure, counted by the week where they lie (`weeks`)."""
        events, dated = self._events(measure)
        given = sqlglot.parse_one(measure.facts, dialect=DIALECT, into=exp.Select).named_selects
        query, parameters = write_count(events, given, dated, by)
        with self._intake.asking("count the weeks of a measure"):
            return self._engine.execute(query, parameters).to_arrow_table()

    def first_day(self, measure: Measure, zone: str) -> date | None:
        """The day in this zone of the earliest event of a measure in the life of its source; None where there is none."""
        events, dated = self._events(measure)
        day = '"at"' if dated else 'timezone($zone, "at")::DATE'
        first, end = get_life(self._now)
        query = f'SELECT min({day}) FROM ({events}) AS events WHERE "at" >= $first AND "at" < $end'
        with self._intake.asking("find the first event of a measure"):
            found = self._engine.execute(
                query, {"first": first, "end": end, **({} if dated else {"zone": zone})}
            ).fetchone()
        return found[0] if found else None

    def snapshot(self, tables: Collection[str]) -> tuple[str, dict[str, dict[str, Any]]]:
        """What these tables hold as they are read: one content hash ("sha256:…"), and per table its rows and hash.

        The same rows have the same hash in whatever engine they are kept.
        """
        held = {}
        for name in sorted(tables):
            found = self._intake.hash_of(name)
            held[name] = {"rows": found.rows, "hash": found.hash}
        canonical = json.dumps(held, sort_keys=True, separators=(",", ":")).encode()
        return f"sha256:{hashlib.sha256(canonical).hexdigest()}", held

    def _events(self, measure: Measure) -> tuple[str, bool]:
        """The facts query over sound rows, each column as its type, and a row for each unsound one; whether `at` is a day."""
        check_facts_sql(measure)
        names = list_columns_read(measure)
        tables = [self._intake.take_in(name, measure.sources) for name in sorted(measure.sources)]
        with self._intake.asking("prepare the facts of a measure"):
            sound = {table: write_soundness(table, names, self._now) for table in tables}
            for table, condition in sound.items():
                view, seen = (f"memory.{schema}.{quote(table.name)}" for schema in ("sound", "seen"))
                self._intake.run(f"CREATE OR REPLACE VIEW {view} AS FROM {seen} WHERE {condition}")
            query = sqlglot.parse_one(measure.facts, dialect=DIALECT, into=exp.Select)
            facts = point_at(
                query,
                {table.name.lower(): f"memory.sound.{quote(table.name)}" for table in tables},
            ).sql(DIALECT)
            dated = self._gives_days(facts)
            types = _TYPES | ({"at": "DATE"} if dated else {})
            given = sorted(set(types) & set(query.named_selects))
            columns = ", ".join(f'CAST("{name}" AS {types[name]}) AS "{name}"' for name in given)
            parts = [f"SELECT {columns} FROM ({facts}) AS facts"]
            parts += [_write_unsound(*each, given, types) for each in sound.items()]
        return " UNION ALL ".join(parts), dated

    def _gives_days(self, facts: str) -> bool:
        found = self._intake.run(f'DESCRIBE SELECT "at" FROM ({facts}) AS facts').fetchone()
        return found is not None and found[1] == "DATE"

    def _see(self, table: str) -> str:
        return f"memory.seen.{quote(self._intake.take_in(table, [table]).name)}"

    def _ask(self, what: str, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._intake.asking(what):
            return self._engine.execute(query, parameters).fetchall()

    def _stream(
        self, reader: pa.RecordBatchReader, cursor: duckdb.DuckDBPyConnection
    ) -> Iterator[pa.RecordBatch]:
        with self._intake.asking("read the facts of a measure", cursor):
            yield from reader


def connect(
    url: str, *, timeout: float, described: Mapping[str, SourceDescription] | None = None
) -> Warehouse:
    """Open a warehouse to read: `duckdb:///absolute/path`, or a server by its URL (`postgres://…`, `mariadb://…`).

    `timeout` (seconds) bounds each statement. `described` are the sources by the name of their table. Raises Unavailable
    where it cannot be opened, never showing the URL's password.
    """
    try:
        scheme = urlsplit(url).scheme
        shown = redact_url(url)
    except ValueError:
        raise Unavailable("What names the warehouse is not a URL.", code="warehouse_unavailable") from None
    try:
        server = None if scheme == "duckdb" else open_server(url, timeout)
        engine = open_engine(None if server else find_file(url))
    except DomainError:
        raise
    except Exception as error:
        raise Unavailable(
            f"The warehouse {shown} cannot be opened ({type(error).__name__}). Check its address, that the "
            "warehouse is running, and that nobody is writing to its file.",
            code="warehouse_unavailable",
        ) from None
    return Warehouse(Intake(engine, server, shown, timeout, described or {}))


def redact_url(url: str) -> str:
    """A URL as it may be shown and kept: scheme, host, port and path; no user, password or parameters."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _write_unsound(table: ReadTable, sound: str, given: Collection[str], types: Mapping[str, str]) -> str:
    """A row of facts for each unsound row: whose it is, as far as the table says, and nothing else."""
    told = {"person": table.person, "team": table.team}
    columns = (
        f'CAST({quote(name) if (name := told.get(column)) else "NULL"} AS {types[column]}) AS "{column}"'
        for column in given
    )
    return f"SELECT {', '.join(columns)} FROM memory.seen.{quote(table.name)} WHERE NOT ({sound})"
