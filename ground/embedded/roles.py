"""The database, its two roles and what each may do."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from ground.embedded.cluster import DATABASE, OWNER, RUNTIME, SUPERUSER, address, read_passwords

EXTENSIONS = ("btree_gist", "pg_trgm")


def prepare(folder: Path) -> None:
    """Create what the server lacks of extensions, roles and database: an earlier start may be cut short."""
    with _superuser(folder, "template1") as connection:
        # In the template, so that every database the owner makes, tests' too, has them.
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    with _superuser(folder, "postgres") as connection:
        _prepare_roles(connection, read_passwords(folder))
        if not _exists(connection, "pg_database", "datname", DATABASE):
            _create_database(connection)


def _prepare_roles(connection: psycopg.Connection[Any], passwords: dict[str, str]) -> None:
    for role, rights in ((OWNER, "CREATEDB"), (RUNTIME, "NOCREATEDB")):
        if not _exists(connection, "pg_roles", "rolname", role):
            statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE {} PASSWORD {}")
            name, password = sql.Identifier(role), sql.Literal(passwords[role])
            connection.execute(statement.format(name, sql.SQL(rights), password))
    # The owner can act as the runtime role, to prove inside one connection what that may not do.
    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(RUNTIME), sql.Identifier(OWNER)))


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
