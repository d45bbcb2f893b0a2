"""A house to test in: an embedded server of its own, a migrated template, and copies of it in a moment.

Tests run as the runtime role, so that each also proves that its grants suffice. TEST_SERVER_URL (owner of databases)
may name another server; the roles mc_owner and mc_runtime must be there.
"""

import hashlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from ground import embedded, locks

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "var" / "test-postgres"


def start() -> embedded.Server:
    """The server of the tests; it ends with the process that started it."""
    return embedded.start(FOLDER, durable=False)


def template(server: embedded.Server) -> str:
    """The name of a migrated database, made anew when a migration has changed."""
    name = f"template_{_migrations_hash()}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = locks.take(FOLDER / "template.lock", wait=True)
    try:
        if not _exists(server, name):
            _make_template(server, name)
    finally:
        os.close(lock)
    return name


@contextmanager
def copy(server: embedded.Server, name: str = "", of: str = "") -> Iterator[str]:
    """A database of one's own, copied from the template (or another) and dropped afterwards; gives its name."""
    name = name or f"test_{uuid.uuid4().hex[:12]}"
    with _owner(server) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        _create_from(connection, name, of or template(server))
    try:
        yield name
    finally:
        with _owner(server) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def runtime_url(server: embedded.Server, name: str) -> str:
    """The runtime role's address of a database."""
    return urlsplit(server.runtime_dsn)._replace(path=f"/{name}").geturl()


def owner_url(server: embedded.Server, name: str) -> str:
    """The owner role's address of a database."""
    return urlsplit(server.owner_dsn)._replace(path=f"/{name}").geturl()


def _create_from(connection: psycopg.Connection, name: str, source: str) -> None:
    """Copy a database; one that somebody has only just left is still open for a moment, so try again."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
    for attempt in range(100):
        try:
            connection.execute(statement)
            return
        except psycopg.errors.ObjectInUse:
            if attempt == 99:
                raise
            time.sleep(0.05)


def _owner(server: embedded.Server) -> psycopg.Connection:
    return psycopg.connect(server.owner_dsn, autocommit=True)


def _exists(server: embedded.Server, name: str) -> bool:
    with _owner(server) as connection:
        return (
            connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None
        )


def _make_template(server: embedded.Server, name: str) -> None:
    """Migrate under another name first, so that a template is whole or not there."""
    draft = sql.Identifier("template_draft")
    with _owner(server) as connection:
        for old in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%'"
        ).fetchall():
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(old[0]))
            )
        connection.execute(sql.SQL("CREATE DATABASE {}").format(draft))
        environment = {**os.environ, "DATABASE_URL": owner_url(server, "template_draft")}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
            cwd=PROJECT,
            env=environment,
            check=True,
        )
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(draft, sql.Identifier(name)))


def _migrations_hash() -> str:
    """Of every migration of the house and the versions of the libraries that bring their own."""
    digest = hashlib.sha256((PROJECT / "requirements.lock").read_bytes())
    for path in [*sorted(PROJECT.glob("*/*/migrations/*.py")), PROJECT / "ground" / "grants.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
