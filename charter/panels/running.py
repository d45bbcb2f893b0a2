"""Statements run for a comparison, over a connection that reads alone."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit

from charter.panels.comparing import PanelComparison, compare
from charter.panels.shapes import PanelShape
from ground.errors import BadInput

MOST_ROWS = 100_000
SECONDS = 60


def compare_both(
    shape: PanelShape, before: str, warehouse: str, after: str, governed: str
) -> PanelComparison:
    """Run a panel and what is proposed for it, and match their rows; what the database says where one cannot be run."""
    try:
        rows = run(warehouse, before), run(governed, after)
    except BadInput:
        raise
    except Exception as error:  # each driver has errors of its own
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return PanelComparison(not_run=f"the database said: {lines[0]}")
    return compare(shape, *rows)


def run(address: str, sql: str) -> Sequence[Sequence[Any]]:
    """The rows of one statement: of postgresql://, mysql://, duckdb:///file or sqlite:///file. Nothing is written."""
    parts = urlsplit(address)
    scheme = parts.scheme.partition("+")[0]
    if scheme in ("postgres", "postgresql"):
        return _run_postgres(address.replace(parts.scheme, "postgresql", 1), sql)
    if scheme in ("mysql", "mariadb"):
        return _run_mysql(address, sql)
    if scheme == "duckdb":
        import duckdb

        with closing(duckdb.connect(unquote(parts.path), read_only=True)) as connection:
            connection.execute("SET enable_external_access = false")
            return connection.execute(sql).fetchmany(MOST_ROWS)
    if scheme == "sqlite":
        with closing(sqlite3.connect(f"file:{parts.path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchmany(MOST_ROWS)
    raise BadInput(
        f"Nobody here speaks to {scheme or 'such an address'}. Give postgresql://, mysql://, duckdb:/// or sqlite:///.",
        field="warehouse",
    )


def _run_postgres(address: str, sql: str) -> Sequence[Sequence[Any]]:
    import psycopg

    with psycopg.connect(address, autocommit=False, connect_timeout=10) as connection:
        connection.read_only = True
        with connection.cursor() as cursor:
            cursor.execute(sql.encode())
            return cursor.fetchmany(MOST_ROWS)


def _run_mysql(address: str, sql: str) -> Sequence[Sequence[Any]]:
    import pymysql

    parts = urlsplit(address)
    with (
        closing(
            pymysql.connect(
                host=parts.hostname or "127.0.0.1",
                port=parts.port or 3306,
                user=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                database=parts.path.lstrip("/"),
                read_timeout=SECONDS,
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("START TRANSACTION READ ONLY")
        cursor.execute(sql)
        return list(cursor.fetchmany(MOST_ROWS))
