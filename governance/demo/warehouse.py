"""The demo's warehouse: its tables, and how a DuckDB file of them comes to be whole or not at all."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]

# Times are UTC, except `authored_local`, the wall clock where the author was.
TABLES: dict[str, dict[str, str]] = {
    "changes": {
        "id": "VARCHAR",
        "team": "VARCHAR",
        "author": "VARCHAR",
        "first_commit_at": "TIMESTAMPTZ",
        "merged_at": "TIMESTAMPTZ",
        "commits": "INTEGER",
        "additions": "INTEGER",
        "deletions": "INTEGER",
        "revert": "BOOLEAN",
    },
    "commits": {
        "id": "VARCHAR",
        "team": "VARCHAR",
        "author": "VARCHAR",
        "authored_at": "TIMESTAMPTZ",
        "authored_local": "TIMESTAMP",
        "committed_at": "TIMESTAMPTZ",
        "files": "INTEGER",
        "additions": "INTEGER",
        "deletions": "INTEGER",
        "revert": "BOOLEAN",
    },
    "deployments": {"id": "VARCHAR", "team": "VARCHAR", "kind": "VARCHAR", "finished_at": "TIMESTAMPTZ"},
    "incidents": {
        "id": "VARCHAR",
        "team": "VARCHAR",
        "service": "VARCHAR",
        "severity": "INTEGER",
        "started_at": "TIMESTAMPTZ",
        "restored_at": "TIMESTAMPTZ",
    },
    "slo_windows": {
        "id": "VARCHAR",
        "team": "VARCHAR",
        "service": "VARCHAR",
        "day": "DATE",
        "good": "BIGINT",
        "total": "BIGINT",
        "objective": "DOUBLE",
    },
    "work_items": {
        "id": "VARCHAR",
        "team": "VARCHAR",
        "assignee": "VARCHAR",
        "kind": "VARCHAR",
        "created_at": "TIMESTAMPTZ",
        "started_at": "TIMESTAMPTZ",
        "finished_at": "TIMESTAMPTZ",  # null while it is open
        "blocked_hours": "DOUBLE",
    },
    "change_requests": {
        "id": "VARCHAR",
        "team": "VARCHAR",
        "author": "VARCHAR",
        "opened_at": "TIMESTAMPTZ",
        "first_review_at": "TIMESTAMPTZ",  # null while nobody has looked
        "closed_at": "TIMESTAMPTZ",  # null while it is open
        "dependency_hours": "DOUBLE",
    },
    "interruptions": {
        "id": "VARCHAR",
        "team": "VARCHAR",
        "person": "VARCHAR",
        "at": "TIMESTAMPTZ",
        "after_hours": "BOOLEAN",
        "source": "VARCHAR",
    },
    "rota_hours": {
        "id": "VARCHAR",
        "rota": "VARCHAR",
        "team": "VARCHAR",
        "starts_at": "TIMESTAMPTZ",
        "ends_at": "TIMESTAMPTZ",
    },
}


@contextmanager
def new_warehouse(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Write a warehouse beside its place and move it there when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with duckdb.connect(str(unfinished)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    os.replace(unfinished, path)


def add_columns(connection: duckdb.DuckDBPyConnection, table: str, columns: Columns) -> int:
    """Create a table from arrays, one a column in any order, ordered by id; its number of rows.

    Times are datetime64 in UTC, NaT standing for null.
    """
    connection.register("given", {name: _readable(columns[name]) for name in TABLES[table]})
    add_query(connection, table, "SELECT * FROM given")
    connection.unregister("given")
    return len(columns["id"])


def add_query(connection: duckdb.DuckDBPyConnection, table: str, query: str) -> int:
    """Create a table from a query that names its columns, ordered by id; its number of rows."""
    casts = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in TABLES[table].items())
    connection.execute(f'CREATE TABLE "{table}" AS SELECT {casts} FROM ({query}) ORDER BY id')
    (number,) = connection.table(table).count("*").fetchall()[0]
    return int(number)


def _readable(column: NDArray[Any]) -> NDArray[Any]:
    """DuckDB reads no datetime64 of days."""
    return column.astype("M8[us]") if column.dtype.kind == "M" else column
