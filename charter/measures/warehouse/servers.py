"""Servers that a warehouse can be: which tables they have, and their rows as Arrow batches. Nothing is worked out there.

PostgreSQL and MariaDB send each column as the text that they would print, in UTC, so that no driver stumbles over a moment or
number that Python cannot hold; it is read here as what it is described as. Others come through ibis with ibis's types.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from importlib import import_module
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
import pyarrow as pa
from psycopg import sql
from pyarrow import csv

from ground.errors import Unavailable

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

BATCH_ROWS = 20_000
_BLOCK_BYTES = 4 << 20
# Engines that run in this process and read whatever files they like; DuckDB alone is confined.
IN_PROCESS = frozenset({"datafusion", "flink", "polars", "pyspark", "sqlite"})
# How DuckDB itself says what ibis calls by another name.
_DUCKDB_NAMES = {
    "TEXT": "VARCHAR",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "INT": "INTEGER",
    "REAL": "FLOAT",
}


class WarehouseServer(Protocol):
    """A server whose tables can be read; `sends_text` says that every column comes as text, whatever its type."""

    sends_text: ClassVar[bool]

    def tables(self) -> frozenset[str]: ...

    def columns(self, table: str) -> dict[str, str]:
        """The DuckDB type that each column of a table has, in the table's order; none where there is no such table."""
        ...

    def read(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]: ...

    def close(self) -> None: ...


class PostgreSQL:
    """PostgreSQL, 15 or newer."""

    sends_text: ClassVar[bool] = True
    _TYPES: ClassVar[Mapping[str, str]] = {
        "smallint": "BIGINT", "integer": "BIGINT", "bigint": "BIGINT", "numeric": "DOUBLE", "real": "DOUBLE",
        "double precision": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "timestamp without time zone": "TIMESTAMP",
        "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
    }  # fmt: skip

    def __init__(self, url: str, timeout: float) -> None:
        # Each table is read by one statement of its own: a transaction would hold up whoever loads them.
        address = urlsplit(url)._replace(scheme="postgresql").geturl()
        self._connection = psycopg.connect(address, autocommit=True, connect_timeout=max(2, int(timeout)))
        milliseconds = str(int(timeout * 1000))
        for name, value in (
            ("statement_timeout", milliseconds), ("default_transaction_read_only", "on"), ("timezone", "UTC"),
            ("datestyle", "ISO, YMD"), ("intervalstyle", "iso_8601"), ("bytea_output", "hex"), ("extra_float_digits", "1"),
        ):  # fmt: skip
            self._connection.execute("SELECT set_config(%s, %s, false)", [name, value])

    def tables(self) -> frozenset[str]:
        rows = self._connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND pg_table_is_visible(oid)"
            " AND has_table_privilege(oid, 'SELECT') AND relnamespace <> 'pg_catalog'::regnamespace"
        )
        return frozenset(name for (name,) in rows)

    def columns(self, table: str) -> dict[str, str]:
        rows = self._connection.execute(
            "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
            " WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
            [table],
        )
        return {name: self._TYPES.get(kind, "VARCHAR") for name, kind in rows}

    def read(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        texts = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in columns)
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')")
        with (
            self._connection.cursor() as cursor,
            cursor.copy(query.format(texts, sql.Identifier(table))) as rows,
        ):
            yield from _parse_csv(rows, columns)

    def close(self) -> None:
        self._connection.close()


class _Blocks(io.RawIOBase):
    """The blocks of a COPY as a file."""

    def __init__(self, blocks: Iterator[Any]) -> None:
        self._blocks, self._rest = blocks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _parse_csv(copy: Any, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Every column as text; nothing between two commas is NULL, two quotes are an empty text."""
    file = io.BufferedReader(_Blocks(iter(copy)))
    if not file.peek(1):
        return  # no row, which is no CSV to Arrow
    yield from csv.open_csv(
        file,
        csv.ReadOptions(column_names=list(columns), block_size=_BLOCK_BYTES, use_threads=False),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


class MariaDB:
    """MariaDB, 10.11 or newer; MySQL 8 speaks alike and is untested. A DATETIME is UTC, as it says no zone."""

    sends_text: ClassVar[bool] = True
    _TYPES: ClassVar[Mapping[str, str]] = {
        "tinyint": "BIGINT", "smallint": "BIGINT", "mediumint": "BIGINT", "int": "BIGINT", "bigint": "HUGEINT",
        "bit": "HUGEINT", "year": "BIGINT", "decimal": "DOUBLE", "float": "DOUBLE", "double": "DOUBLE", "date": "DATE",
        "datetime": "TIMESTAMP", "timestamp": "TIMESTAMP WITH TIME ZONE",
    }  # fmt: skip
    _BINARY = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})

    def __init__(self, url: str, timeout: float) -> None:
        self._driver = import_module("pymysql")
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        self._connection = self._driver.connect(
            host=parts.hostname or "localhost",
            port=parts.port or 3306,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")),
            charset="utf8mb4",
            conv={},  # every column as the text that the server prints
            autocommit=True,
            connect_timeout=max(2, int(timeout)),
            read_timeout=timeout,
            ssl_ca=options.get("ssl_ca"),
        )
        self._settle(timeout)

    def _settle(self, timeout: float) -> None:
        ((version,),) = self._ask("SELECT version()")
        limit = (
            f"max_statement_time = {timeout}"
            if "MariaDB" in version
            else f"max_execution_time = {int(timeout * 1000)}"
        )
        for setting in (limit, "TRANSACTION READ ONLY", "time_zone = '+00:00'"):
            self._ask(f"SET SESSION {setting}")

    def tables(self) -> frozenset[str]:
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
        return frozenset(name for (name,) in self._ask(query))

    def columns(self, table: str) -> dict[str, str]:
        return {name: self._TYPES.get(kind, "VARCHAR") for name, kind in self._kinds(table).items()}

    def read(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        kinds = self._kinds(table)
        texts = ", ".join(self._text(column, kinds[column]) for column in columns)
        # Unbuffered: rows come a batch at a time.
        with closing(self._connection.cursor(self._driver.cursors.SSCursor)) as cursor:
            cursor.execute(f"SELECT {texts} FROM {_backtick(table)}")
            while rows := cursor.fetchmany(BATCH_ROWS):
                arrays = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, names=list(columns))

    def close(self) -> None:
        self._connection.close()

    def _kinds(self, table: str) -> dict[str, str]:
        query = (
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = database() AND table_name = %s ORDER BY ordinal_position"
        )
        return {name: kind.lower() for name, kind in self._ask(query, [table])}

    def _text(self, column: str, kind: str) -> str:
        name = _backtick(column)
        if kind == "bit":
            return f"CAST({name} AS UNSIGNED)"
        return f"lower(hex({name}))" if kind in self._BINARY else name

    def _ask(self, query: str, parameters: Sequence[str] = ()) -> list[tuple[str, ...]]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(query, parameters or None)
            return list(cursor.fetchall())


class Other:
    """Any other server that ibis knows. Not tried here: none of them can be run beside the tests."""

    sends_text: ClassVar[bool] = False

    def __init__(self, url: str) -> None:
        import ibis  # a quarter of a second, which a process that reads no such server does without

        self._backend: SQLBackend = ibis.connect(url)

    def tables(self) -> frozenset[str]:
        return frozenset(self._backend.list_tables())

    def columns(self, table: str) -> dict[str, str]:
        from ibis.backends.sql.datatypes import DuckDBType

        schema = self._backend.table(table).schema()
        return {
            name: _DUCKDB_NAMES.get(told := DuckDBType.to_string(kind), told) for name, kind in schema.items()
        }

    def read(self, table: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        yield from self._backend.to_pyarrow_batches(
            self._backend.table(table).select(*columns), chunk_size=BATCH_ROWS
        )

    def close(self) -> None:
        self._backend.disconnect()


def open_server(url: str, timeout: float) -> WarehouseServer:
    """The server of a URL. Unavailable where no such server can be read here; other errors as its driver raises them."""
    scheme = urlsplit(url).scheme
    try:
        if scheme in {"postgres", "postgresql"}:
            return PostgreSQL(url, timeout)
        if scheme in {"mysql", "mariadb"}:
            return MariaDB(url, timeout)
        if scheme in {point.name for point in entry_points(group="ibis.backends")} - IN_PROCESS:
            return Other(url)
    except ImportError:
        driver = "pymysql" if scheme in {"mysql", "mariadb"} else f"ibis-framework[{scheme}]"
        raise Unavailable(
            f"The driver for “{scheme}” is not installed. Install {driver}.", code="warehouse_unavailable"
        ) from None
    raise Unavailable(
        f"“{scheme}” is no kind of warehouse that can be read here. Use duckdb, postgres, mariadb or another "
        "server that ibis knows.",
        code="warehouse_unavailable",
    )


def _backtick(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
