"""The database, its roles and what each may do."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from ground.embedded.cluster import DATABASE, OWNER, READER, RUNTIME, SUPERUSER, address, read_passwords
from ground.embedded.trimming import is_trimmed, make_trimming

EXTENSIONS = ("btree_gist", "pg_trgm")
# How the reader of the governed views begins. It could set them otherwise, and would gain nothing but time.
READING = (
    ("default_transaction_read_only", "on"),
    ("search_path", "governed"),
    ("statement_timeout", "60s"),
    ("idle_in_transaction_session_timeout", "5min"),
    ("lock_timeout", "5s"),
)


def prepare(folder: Path) -> None:
    """Create what the server lacks of extensions, roles and database: an earlier start may be cut short."""
    with _superuser(folder, "postgres") as connection:
        _prepare_roles(connection, read_passwords(folder))
    with _superuser(folder, "template1") as connection:
        # In the template, so that every database the owner makes, tests' too, has them.
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        _trim(connection)
    with _superuser(folder, "postgres") as connection:
        if not _exists(connection, "pg_database", "datname", DATABASE):
            _create_database(connection)
        let_in = sql.SQL("GRANT CONNECT ON DATABASE {} TO {}")
        connection.execute(let_in.format(sql.Identifier(DATABASE), sql.Identifier(READER)))
    with _superuser(folder, DATABASE) as connection:
        _trim(connection)  # one that was made before its template was


def _trim(connection: psycopg.Connection[Any]) -> None:
    """Take from everybody what tells of others, or stops them, and give it back to the two roles of the product."""
    if not is_trimmed(connection, READER):
        connection.execute(make_trimming(f'"{OWNER}", "{RUNTIME}"').encode())


def _prepare_roles(connection: psycopg.Connection[Any], passwords: dict[str, str]) -> None:
    for role, rights in ((OWNER, "CREATEDB"), (RUNTIME, "NOCREATEDB"), (READER, "NOCREATEDB NOINHERIT")):
        if not _exists(connection, "pg_roles", "rolname", role):
            statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}")
            name, password = sql.Identifier(role), sql.Literal(passwords[role])
            connection.execute(statement.format(name, sql.SQL(rights), password))
    # The owner can act as the others, to prove inside one connection what they may not do.
    for role in (RUNTIME, READER):
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(OWNER)))
    for setting, value in READING:
        statement = sql.SQL("ALTER ROLE {} SET {} TO {}")
        parts = (sql.Identifier(READER), sql.Identifier(setting), sql.Literal(value))
        connection.execute(statement.format(*parts))


def _create_database(connection: psycopg.Connection[Any]) -> None:
    """Create the database under another name until its rights stand; a rename is the last, single step."""
    names = {
        "new": sql.Identifier(f"{DATABASE}_new"),
        "database": sql.Identifier(DATABASE),
        "owner": sql.Identifier(OWNER),
        "runtime": sql.Identifier(RUNTIME),
    }
    for statement in (
        "DROP DATABASE IF EXISTS {new}",
        "CREATE DATABASE {new} OWNER {owner}",
        "REVOKE ALL ON DATABASE {new} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {new} TO {runtime}",
        "ALTER DATABASE {new} RENAME TO {database}",
    ):
        connection.execute(sql.SQL(statement).format(**names))


def _exists(connection: psycopg.Connection[Any], catalog: str, column: str, name: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(catalog), sql.Identifier(column))
    return connection.execute(query, [name]).fetchone() is not None


def _superuser(folder: Path, database: str) -> psycopg.Connection[Any]:
    return psycopg.connect(address(folder, SUPERUSER, database), autocommit=True, connect_timeout=10)
