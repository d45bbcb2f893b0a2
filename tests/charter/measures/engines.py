"""Copies of a DuckDB warehouse on the servers of this machine, for tests marked `services`."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psycopg
import pymysql
from psycopg import sql

from tests.governance.config.test_services import SERVER, need

MARIADB_USER = os.environ.get("TEST_MARIADB_USER", "root")
MARIADB_PORT = 3306
ENGINES = ("postgresql", "mariadb")
_POSTGRESQL = {"TIMESTAMP WITH TIME ZONE": "timestamptz", "DOUBLE": "double precision", "VARCHAR": "text"}
# As a loader would make them: MariaDB has no zones and no booleans, and compares texts without regard to case.
_MARIADB = {"TIMESTAMP WITH TIME ZONE": "DATETIME(6)", "TIMESTAMP": "DATETIME(6)", "VARCHAR": "VARCHAR(200)"}


@contextmanager
def empty(engine: str) -> Iterator[str]:
    """The address of an empty database of a server, as its owner."""
    name = f"mc_{uuid.uuid4().hex[:10]}"
    with {"postgresql": _empty_postgresql, "mariadb": _empty_mariadb}[engine](name) as url:
        yield url


@contextmanager
def copy(engine: str, file: Path) -> Iterator[str]:
    """The address of a server's database that holds the tables of a DuckDB file."""
    with empty(engine) as url, duckdb.connect(str(file), read_only=True) as origin:
        origin.execute("SET TimeZone = 'UTC'")
        for (table,) in origin.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            {"postgresql": _copy_to_postgresql, "mariadb": _copy_to_mariadb}[engine](url, origin, table)
        yield url


def run(engine: str, url: str, *statements: str) -> None:
    """Write to a server's database, as a loader would."""
    if engine == "postgresql":
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)
        return
    with _connect_mariadb(url.rsplit("/", 1)[-1]) as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = ''")
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def _empty_postgresql(name: str) -> Iterator[str]:
    need("PostgreSQL", 5432)
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield SERVER.rsplit("/", 1)[0] + f"/{name}"
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _empty_mariadb(name: str) -> Iterator[str]:
    need("MariaDB", MARIADB_PORT)
    with _connect_mariadb() as admin, admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        try:
            yield f"mariadb://{MARIADB_USER}@127.0.0.1:{MARIADB_PORT}/{name}"
        finally:
            cursor.execute(f"DROP DATABASE {name}")


def ask_mariadb(query: str) -> object:
    """One number of the server, as its administrator."""
    with _connect_mariadb() as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _connect_mariadb(database: str | None = None):
    return pymysql.connect(
        host="127.0.0.1",
        port=MARIADB_PORT,
        user=MARIADB_USER,
        database=database,
        autocommit=True,
        charset="utf8mb4",
    )


def _columns(origin: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in origin.execute(f'DESCRIBE "{table}"').fetchall()]


def _rows(origin: duckdb.DuckDBPyConnection, table: str, texts: str) -> Iterator[list[tuple]]:
    cursor = origin.execute(f'SELECT {texts} FROM "{table}"')
    while rows := cursor.fetchmany(5000):
        yield rows


def _copy_to_postgresql(url: str, origin: duckdb.DuckDBPyConnection, table: str) -> None:
    columns = _columns(origin, table)
    texts = ", ".join(f'"{name}"::VARCHAR' for name, _ in columns)
    made = ", ".join(f'"{name}" {_POSTGRESQL.get(kind, kind)}' for name, kind in columns)
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f'CREATE TABLE "{table}" ({made})')
        with cursor.copy(f'COPY "{table}" FROM STDIN') as into:
            for rows in _rows(origin, table, texts):
                for row in rows:
                    into.write_row(row)


def _copy_to_mariadb(url: str, origin: duckdb.DuckDBPyConnection, table: str) -> None:
    columns = _columns(origin, table)
    texts = ", ".join(
        f"strftime(timezone('UTC', \"{name}\"), '%Y-%m-%d %H:%M:%S.%f')"
        if kind == "TIMESTAMP WITH TIME ZONE"
        else f'"{name}"::INTEGER'
        if kind == "BOOLEAN"
        else f'"{name}"::VARCHAR'
        for name, kind in columns
    )
    made = ", ".join(f"`{name}` {_MARIADB.get(kind, kind)}" for name, kind in columns)
    places = ", ".join(["%s"] * len(columns))
    with _connect_mariadb(url.rsplit("/", 1)[-1]) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE `{table}` ({made})")
        connection.begin()
        for rows in _rows(origin, table, texts):
            cursor.executemany(f"INSERT INTO `{table}` VALUES ({places})", rows)
        connection.commit()
