"""The tables of a warehouse, taken into the engine in which facts are worked out: as described, one row an event."""

import hashlib
import json
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

import duckdb
import pyarrow as pa
from msgspec import Struct

from charter.measures.warehouse.servers import WarehouseServer
from charter.measures.warehouse.tables import (
    ReadTable,
    plan_reading,
    quote,
    write_one_an_event,
    write_reading,
    write_repeated,
)
from charter.registry.source_descriptions import SourceDescription
from ground.errors import DomainError, Unavailable

# Beyond this, tables that the present measure does not read make room.
_KEPT_BYTES = 100_000_000
# Four sums of 64-bit pieces of each row's SHA-256: the order of rows does not matter, a repeated row does.
_HASH = """
SELECT count(*), {lanes} FROM (SELECT sha256(to_json(t)::VARCHAR) AS digest FROM {table} AS t)
"""
_LANES = ", ".join(
    f"coalesce(sum(('0x' || substr(digest, {start}, 16))::UBIGINT), 0)::HUGEINT" for start in (1, 17, 33, 49)
)


class TableHash(Struct, frozen=True):
    """What one table held: rows, and a hash in hex that does not depend on their order."""

    rows: int
    hash: str


class Intake:
    """The engine with what was taken into it, of a `server` or of the file that is attached to it where that is None.

    Every error of an engine leaves as Unavailable, without the engine's own words: those can hold the URL's password, or a
    value of somebody's row.
    """

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        server: WarehouseServer | None,
        url: str,
        timeout: float,
        described: Mapping[str, SourceDescription],
    ) -> None:
        self.url = url  # without user and password
        self.engine = engine
        self.server = server
        self._timeout = timeout
        self._described = described
        self._read: dict[str, ReadTable] = {}
        self._hashes: dict[str, TableHash] = {}

    def close(self) -> None:
        self.engine.close()
        if self.server is not None:
            self.server.close()

    def tables(self) -> frozenset[str]:
        """The names of the tables and views that this account sees."""
        with self.asking("list its tables"):
            if self.server is not None:
                return self.server.tables()
            names = self.run(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_catalog = 'warehouse' AND table_schema = 'main'"
            )
            return frozenset(name for (name,) in names.fetchall())

    def columns(self, table: str) -> dict[str, str]:
        """The DuckDB type of each column of a table, in the table's order; none where there is no such table."""
        with self.asking("describe its tables"):
            return self._columns(table)

    def read_first(self, table: str, rows: int) -> list[tuple[object, ...]]:
        """The first rows of a table as they come, of a server from its first batch; nothing is kept."""
        with self.asking(f"look at its table {table}"):
            if self.server is None:
                return self.run(f"SELECT * FROM warehouse.main.{quote(table)} LIMIT {int(rows)}").fetchall()
            batch = next(iter(self.server.read(table, list(self.server.columns(table)))), None)
            found = batch.slice(0, rows).to_pylist() if batch is not None else []
            return [tuple(row.values()) for row in found]

    def take_in(self, name: str, wanted: Collection[str]) -> ReadTable:
        """Have a table where measures read it: as described, one row an event. A server's rows are fetched unless they are here."""
        if (known := self._read.get(name)) is not None:
            return known
        with self.asking(f"read its table {name}"):
            self._make_room(wanted)
            table = plan_reading(name, self._columns(name), self._described.get(name))
            if not table.columns:
                raise Unavailable(
                    f"The warehouse {self.url} has no table {name} with any of the columns that are described.",
                    code="warehouse_unavailable",
                )
            self._fetch(table)
            self.run(f"CREATE OR REPLACE VIEW memory.seen.{quote(name)} AS {self._choose_rows(table)}")
        if self.server is not None:
            self._hash(table)
        self._read[name] = table
        return table

    def _fetch(self, table: ReadTable) -> None:
        name = quote(table.name)
        if self.server is None:
            self.run(
                f"CREATE OR REPLACE VIEW memory.fetched.{name} AS {write_reading(table, f'warehouse.main.{name}')}"
            )
            return
        text = self.server.sends_text
        kinds = ", ".join(
            f"NULL::{'VARCHAR' if text else column.found} AS {quote(column.name)}" for column in table.columns
        )
        self.run(
            f"CREATE OR REPLACE TABLE memory.fetched.{name} AS {write_reading(table, f'(SELECT {kinds})', text=text)} LIMIT 0"
        )
        add = f"INSERT INTO memory.fetched.{name} {write_reading(table, 'batch', text=text)}"
        for batch in self.server.read(table.name, [column.name for column in table.columns]):
            self.engine.register("batch", pa.Table.from_batches([batch]))
            self.run(add)
        self.engine.unregister("batch")

    def _choose_rows(self, table: ReadTable) -> str:
        """All rows, or where some came more than once, one of each event."""
        fetched = f"memory.fetched.{quote(table.name)}"
        if table.event_key is None:
            return f"FROM {fetched}"
        repeated = f"memory.repeated.{quote(table.name)}"
        for statement in write_repeated(table, fetched, repeated, self._count(fetched)):
            self.run(statement)
        if not self._count(repeated):
            return f"FROM {fetched}"
        return write_one_an_event(table, fetched, repeated)

    def _make_room(self, wanted: Collection[str]) -> None:
        if self.server is None:
            return
        (used,) = self.run("SELECT sum(memory_usage_bytes) FROM duckdb_memory()").fetchone() or (0,)
        if used < _KEPT_BYTES:
            return
        for name in set(self._read) - set(wanted):
            del self._read[name]
            for schema, kind in (
                ("sound", "VIEW"),
                ("seen", "VIEW"),
                ("fetched", "TABLE"),
                ("repeated", "TABLE"),
            ):
                self.run(f"DROP {kind} IF EXISTS memory.{schema}.{quote(name)}")

    def _columns(self, table: str) -> dict[str, str]:
        if self.server is not None:
            return self.server.columns(table)
        rows = self.engine.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_catalog = 'warehouse'"
            " AND table_schema = 'main' AND lower(table_name) = ? ORDER BY ordinal_position",
            [table],
        )
        return dict(rows.fetchall())

    def hash_of(self, name: str) -> TableHash:
        """The hash of a table as it was read."""
        return self._hashes.get(name) or self._hash(self.take_in(name, [name]))

    def _hash(self, table: ReadTable) -> TableHash:
        """Unavailable where the table was read before and held something else."""
        with self.asking("hash its tables"):
            query = _HASH.format(lanes=_LANES, table=f"memory.fetched.{quote(table.name)}")
            rows, *lanes = self.run(query).fetchone() or ()
        kinds = [[column.name, column.type] for column in table.columns]
        content = json.dumps([kinds, rows, *map(int, lanes)], separators=(",", ":"))
        found = TableHash(rows, hashlib.sha256(content.encode()).hexdigest())
        if self._hashes.setdefault(table.name, found) != found:
            raise Unavailable(
                f"The table {table.name} of the warehouse {self.url} changed while values were worked out from it. Publish "
                "again once it is loaded.",
                code="warehouse_changed",
            )
        return found

    def _count(self, table: str) -> int:
        found = self.run(f"SELECT count(*) FROM {table}").fetchone()
        return int(found[0]) if found else 0

    def run(self, statement: str) -> duckdb.DuckDBPyConnection:
        return self.engine.execute(statement)

    @contextmanager
    def asking(self, what: str, cursor: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
        """Run a part under the time limit; whatever an engine raises becomes one safe sentence."""
        expired = threading.Event()
        timer = threading.Timer(self._timeout, _interrupt, [expired, cursor or self.engine])
        timer.daemon = True
        timer.start()
        try:
            yield
        except DomainError:
            raise
        except Exception as error:
            if expired.is_set():
                problem = f"took longer than {self._timeout:g} seconds to {what}"
            else:
                problem = f"could not {what} ({type(error).__name__})"
            raise Unavailable(f"The warehouse {self.url} {problem}.", code="warehouse_unavailable") from None
        finally:
            timer.cancel()


def _interrupt(expired: threading.Event, cursor: duckdb.DuckDBPyConnection) -> None:
    expired.set()
    cursor.interrupt()
