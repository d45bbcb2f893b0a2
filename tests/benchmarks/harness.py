"""An installation to measure in: a database of its own on a server that keeps its promises to disk."""

import os
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from ground import embedded
from tests import databases

FOLDER = databases.PROJECT / "var" / "bench-postgres"
# Beside the project, unless REAL_DATA says where.
DATA = Path(os.environ.get("REAL_DATA", databases.PROJECT.parent / "shared" / "data" / "forge"))


@contextmanager
def installation(folder: Path = FOLDER) -> Iterator[str]:
    """A migrated, empty database with Django set up on it as the runtime role; gives its address."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.settings")
    server = embedded.start(folder)
    try:
        with databases.copy(server) as name:
            address = databases.runtime_url(server, name)
            _connect(address)
            yield address
            _close()
    finally:
        embedded.stop(server)


def owner_address(address: str) -> str:
    """The owner role's address of the same database, for tables that only a benchmark needs."""
    return databases.owner_url(embedded.start(FOLDER), address.split("?")[0].rsplit("/", 1)[1])


@contextmanager
def bare(owner: psycopg.Connection, table: str, indexes: Container[str] | None = None) -> Iterator[None]:
    """The table without its triggers and without the indexes that no constraint needs, which are made again at the end."""
    found = owner.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)", [table],
    ).fetchall()  # fmt: skip
    owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for (name,) in owner.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [table]
    ).fetchall():
        owner.execute(
            f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'
        )  # of a database that ends with this run
    for name, _ in found:
        owner.execute(f'DROP INDEX "{name}"')
    yield
    for name, definition in found:
        if indexes is None or name in indexes:
            owner.execute(definition)
    owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def real_data() -> Path | None:
    """The folder of real delivery facts, where it is here."""
    return DATA if DATA.is_dir() else None


def _connect(address: str) -> None:
    """Set Django up on this address, the first time and every other."""
    os.environ["DATABASE_URL"] = address
    import django
    from django.conf import settings
    from django.db import connection

    if not settings.configured:
        django.setup()
        databases.make_keys()
    connection.close()
    connection.settings_dict.update(_settings(address))


def _settings(address: str) -> dict[str, object]:
    from governance.config.addresses import database

    return database(address)


def _close() -> None:
    from django.db import connections

    connections.close_all()
