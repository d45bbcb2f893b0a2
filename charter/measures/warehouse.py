"""The organisation's warehouse, read through ibis: facts of a measure, and a hash of what its tables hold.

DuckDB runs in this process, so it is confined: the file is attached read-only to an engine of our own, then every
other file, extension and setting is closed to it. A server is as confined as the account in its URL: give it one
that may only read.
"""

import hashlib
import json
import threading
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import ibis
import pyarrow as pa
import sqlglot
from ibis.backends.sql import SQLBackend
from msgspec import Struct
from sqlglot import exp

from charter.registry.document import Measure
from charter.registry.facts_sql import DIALECT, check_facts_sql
from ground.errors import HouseError, Unavailable

BATCH_ROWS = 20_000
STATEMENT_SECONDS = 300.0
DUCKDB_LIMITS = {
    "memory_limit": "128MB",
    "threads": 2,
    "temp_directory": "",  # no spilling: facts about people are never copied to a disk of ours
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "allow_community_extensions": False,
}
# Engines that run in this process and read whatever files they like; DuckDB alone is confined.
IN_PROCESS = frozenset({"datafusion", "polars", "sqlite"})
_SERVER_SETTINGS = {
    "postgres": (
        "SET statement_timeout = {milliseconds}",
        "SET default_transaction_read_only = on",
    ),
    "mysql": (
        "SET SESSION max_execution_time = {milliseconds}",
        "SET SESSION TRANSACTION READ ONLY",
        "SET time_zone = '+00:00'",
    ),
}
# Four sums of 64-bit pieces of each row's SHA-256: the order of rows does not matter, a repeated row does.
_DUCKDB_HASH = """
SELECT count(*), {lanes} FROM (SELECT sha256(to_json(t)::VARCHAR) AS digest FROM {table} AS t)
"""
_LANES = ", ".join(
    f"coalesce(sum(('0x' || substr(digest, {start}, 16))::UBIGINT), 0)::HUGEINT" for start in (1, 17, 33, 49)
)
# The columns of facts, as DuckDB and as ibis call their types. Times without a zone are UTC.
_TYPES = {
    "at": ("TIMESTAMPTZ", "timestamp('UTC', 6)"),
    "person": ("VARCHAR", "string"),
    "team": ("VARCHAR", "string"),
    "value": ("DOUBLE", "float64"),
    "weight": ("DOUBLE", "float64"),
}


class TableHash(Struct, frozen=True):
    """What one table held: rows, and a hash in hex that does not depend on their order."""

    rows: int
    hash: str


class Facts:
    """The events of a measure, as Arrow batches to be read once; `columns` says which columns of facts they have."""

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self.schema = schema
        self.columns = frozenset(schema.names)
        self._batches = batches

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self._batches


class Warehouse:
    """An open warehouse. Every error of the engine leaves as Unavailable, without the engine's own words.

    Those can hold the URL's password, or a value of somebody's row.
    """

    def __init__(self, backend: SQLBackend, url: str, timeout: float) -> None:
        self.url = url  # without user and password
        self._backend = backend
        self._timeout = timeout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._backend.disconnect()

    def tables(self) -> frozenset[str]:
        """The names of the tables and views that this account sees."""
        with self._asking("list its tables"):
            return frozenset(self._backend.list_tables())

    def has(self, tables: Collection[str]) -> bool:
        """Whether every one of these tables is there."""
        return self.tables().issuperset(tables)

    def facts(self, measure: Measure, *, person: str | None = None) -> Facts:
        """The events of a measure, or those of one person; BadInput where its query is not a facts query.

        Columns: those of `at`, `person`, `team`, `value` (double), `weight` (double) that the query gives.
        """
        events = self._events(measure)
        if person is not None:
            events = events.filter(events["person"] == person)
        with self._asking("prepare the facts of a measure"):
            reader = self._backend.to_pyarrow_batches(events, chunk_size=BATCH_ROWS)
        return Facts(reader.schema, self._read(reader))

    def first_event(self, measure: Measure) -> datetime | None:
        """When the earliest event of a measure happened (aware, UTC); None where there is none."""
        events = self._events(measure)
        with self._asking("find the first event of a measure"):
            return self._backend.to_pyarrow(events["at"].min()).as_py()

    def snapshot(self, tables: Collection[str]) -> tuple[str, dict[str, dict[str, Any]]]:
        """What these tables hold: one content hash ("sha256:…"), and per table its rows and hash."""
        found = {name: self._hash(name) for name in sorted(tables)}
        held = {name: {"rows": table.rows, "hash": table.hash} for name, table in found.items()}
        canonical = json.dumps(held, sort_keys=True, separators=(",", ":")).encode()
        return f"sha256:{hashlib.sha256(canonical).hexdigest()}", held

    def _events(self, measure: Measure) -> Any:
        query, schema = _typed(measure)
        with self._asking("prepare the facts of a measure"):
            return self._backend.sql(query, schema=schema, dialect=DIALECT)

    def _read(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        with self._asking("read the facts of a measure"):
            yield from reader

    def _hash(self, table: str) -> TableHash:
        with self._asking("hash its tables"):
            schema = self._backend.table(table).schema()
            if self._backend.name == "duckdb":
                rows, *lanes = self._hash_in_duckdb(table)
            else:
                rows, *lanes = self._hash_here(table)
        content = json.dumps([[*map(str, schema.items())], rows, *lanes], separators=(",", ":"))
        return TableHash(rows, hashlib.sha256(content.encode()).hexdigest())

    def _hash_in_duckdb(self, table: str) -> list[int]:
        quoted = '"' + table.replace('"', '""') + '"'
        query = _DUCKDB_HASH.format(lanes=_LANES, table=quoted)
        return [int(number) for number in self._backend.raw_sql(query).fetchone()]

    def _hash_here(self, table: str) -> list[int]:
        """The same sums for engines that share no hash function: rows come here a batch at a time."""
        rows, lanes = 0, [0, 0, 0, 0]
        for batch in self._backend.to_pyarrow_batches(self._backend.table(table), chunk_size=BATCH_ROWS):
            for row in batch.to_pylist():
                digest = hashlib.sha256(json.dumps(row, default=str, sort_keys=True).encode()).digest()
                pieces = (int.from_bytes(digest[start : start + 8]) for start in range(0, 32, 8))
                lanes = [lane + piece for lane, piece in zip(lanes, pieces, strict=True)]
            rows += batch.num_rows
        return [rows, *lanes]

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """Run a part under the time limit; whatever the engine raises becomes one safe sentence."""
        expired = threading.Event()
        timer = threading.Timer(self._timeout, self._interrupt, [expired])
        timer.daemon = True
        timer.start()
        try:
            yield
        except HouseError:
            raise
        except Exception as error:
            if expired.is_set():
                problem = f"took longer than {self._timeout:g} seconds to {what}"
            else:
                problem = f"could not {what} ({type(error).__name__})"
            raise Unavailable(f"The warehouse {self.url} {problem}.", code="warehouse_unavailable") from None
        finally:
            timer.cancel()

    def _interrupt(self, expired: threading.Event) -> None:
        expired.set()
        if self._backend.name == "duckdb":
            self._backend.con.interrupt()


def connect(url: str, *, timeout: float = STATEMENT_SECONDS) -> Warehouse:
    """Open a warehouse to read: `duckdb:///absolute/path`, or a server by its ibis URL (`postgres://…`).

    `timeout` (seconds) bounds each statement. Raises Unavailable where it cannot be opened, never showing the
    URL's password.
    """
    try:
        scheme = urlsplit(url).scheme
        shown = safe_url(url)
    except ValueError:
        raise Unavailable("WAREHOUSE_URL is not a URL.", code="warehouse_unavailable") from None
    try:
        backend = _open_duckdb(url) if scheme == "duckdb" else _open_server(url, scheme, timeout)
    except HouseError:
        raise
    except Exception as error:
        raise Unavailable(
            f"The warehouse {shown} cannot be opened ({type(error).__name__}). Check WAREHOUSE_URL, that the "
            "warehouse is running, and that nobody is writing to its file.",
            code="warehouse_unavailable",
        ) from None
    return Warehouse(backend, shown, timeout)


def _typed(measure: Measure) -> tuple[str, dict[str, str]]:
    """The facts query with each column cast to its type, and those types in ibis's words.

    Casting here rather than trusting the engine gives every engine the same columns, and saves asking it for theirs.
    """
    check_facts_sql(measure)
    facts = sqlglot.parse_one(measure.facts, dialect=DIALECT)
    names = sorted(facts.named_selects)
    columns = [
        exp.cast(
            exp.column(exp.to_identifier(name, quoted=True), "facts"), _TYPES[name][0], dialect=DIALECT
        ).as_(name, quoted=True)
        for name in names
    ]
    query = exp.select(*columns).from_(facts.subquery("facts"))
    return query.sql(DIALECT), {name: _TYPES[name][1] for name in names}


def safe_url(url: str) -> str:
    """A URL as it may be shown and kept: scheme, host, port and path; no user, password or parameters."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if parts.hostname and ":" in parts.hostname else parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _open_duckdb(url: str) -> SQLBackend:
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.netloc or parts.query or not path.is_absolute():
        raise Unavailable(
            "A DuckDB warehouse is given as duckdb:///absolute/path, with nothing after it.",
            code="warehouse_unavailable",
        )
    if not path.is_file():
        raise Unavailable(f"There is no warehouse file at {path}.", code="warehouse_unavailable")
    # An engine each, as settings belong to the engine and a locked one cannot be opened a second time.
    backend = ibis.duckdb.connect(":memory:", **DUCKDB_LIMITS)
    try:
        _confine(backend, path)
    except BaseException:
        backend.disconnect()
        raise
    return backend


def _confine(backend: SQLBackend, path: Path) -> None:
    quoted = str(path).replace("'", "''")
    backend.raw_sql(f"ATTACH '{quoted}' AS warehouse (READ_ONLY)")
    backend.raw_sql("USE warehouse")
    backend.raw_sql("SET enable_external_access = false")
    backend.raw_sql("SET lock_configuration = true")


def _open_server(url: str, scheme: str, timeout: float) -> SQLBackend:
    name = "postgres" if scheme == "postgresql" else scheme
    if name not in {point.name for point in entry_points(group="ibis.backends")} - IN_PROCESS:
        raise Unavailable(
            f"“{scheme}” is no kind of warehouse that can be read here. Use duckdb, postgres, mysql or another "
            "server that ibis knows.",
            code="warehouse_unavailable",
        )
    try:
        backend = ibis.connect(url)
    except ImportError:
        raise Unavailable(
            f"The driver for “{scheme}” is not installed. Install ibis-framework[{name}].",
            code="warehouse_unavailable",
        ) from None
    for statement in _SERVER_SETTINGS.get(name, ()):
        with closing(backend.raw_sql(statement.format(milliseconds=int(timeout * 1000)))):
            pass
    return backend
