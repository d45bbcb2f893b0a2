"""Databases to test in: an embedded server of the suite's own, a migrated template, and copies of it in a moment.

Tests run as the runtime role, so that each also proves that its grants suffice.
"""

import ast
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from ground import embedded, locks

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "var" / "test-postgres"


# Copying a database writes a thousand files, which takes a disk's journal five times as long as memory.
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 6 * 2**30


def start() -> embedded.Server:
    """The server of the tests, in memory where there is room; it ends with the process that started it."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    if not embedded.is_running(FOLDER) and not FOLDER.exists() and _has_room():
        FOLDER.unlink(missing_ok=True)  # a link to what was in memory before the machine was started anew
        FOLDER.symlink_to(_make_place())
    return embedded.start(FOLDER, durable=False)


def is_in_memory() -> bool:
    """Whether the databases of the tests lie in memory, which others may want back."""
    return FOLDER.is_symlink()


def _has_room() -> bool:
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return False
    available = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
    return shutil.disk_usage(MEMORY).free > ROOM and bool(available) and int(available[1]) * 1024 > 2 * ROOM


def _make_place() -> Path:
    place = Path(tempfile.mkdtemp(prefix="metric-charter-tests-", dir=MEMORY))
    place.chmod(0o711)
    return place


def make_keys() -> None:
    """Let the suite and all of its processes have the keys of an installation, whatever folder they work in."""
    from django.conf import settings

    from audits.ledger import keyfiles, sealing, signing

    for name, make in (
        ("LEDGER_SIGNING_KEY_FILE", signing.make_key),
        ("LEDGER_SEALING_KEY_FILE", sealing.make_key),
        ("APPEALS_KEY_FILE", sealing.make_key),
    ):
        path = getattr(settings, name)
        if not path.exists():
            keyfiles.place(path, make())
        os.environ[name] = str(path)


# What life brings about and no service does (an account is closed, somebody is another person), a test writes as the owner, and
# in its own transaction. Out of the product's schema, and in no database but those of tests.
AS_OWNER = """
CREATE SCHEMA tests;
CREATE FUNCTION tests.as_owner(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    EXECUTE statement;
END $$;
GRANT USAGE ON SCHEMA tests TO {role};
"""


def template(server: embedded.Server) -> str:
    """The name of a migrated database, made anew when a migration has changed."""
    return make_once(server, f"template_{_migrations_hash()}", lambda name: _migrate(server, name))


def make_once(server: embedded.Server, name: str, fill: Callable[[str], None], *, of: str = "") -> str:
    """Make a database, where no process has made it yet, and let `fill` fill it.

    It is filled under another name, so that it is there as a whole or not at all. `of` is the database it begins as.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = locks.take(FOLDER / f"{name}.lock", wait=True)
    try:
        if not exists(server, name):
            draft = f"{name}_draft"
            create(server, draft, of=of)
            fill(draft)
            rename(server, draft, name)
    finally:
        os.close(lock)
    return name


@contextmanager
def copy(server: embedded.Server, name: str = "", of: str = "") -> Iterator[str]:
    """A database of one's own, copied from the template (or another) and dropped afterwards; gives its name."""
    name = name or f"test_{uuid.uuid4().hex[:12]}"
    create(server, name, of=of or template(server))
    try:
        yield name
    finally:
        drop(server, name)


def create(server: embedded.Server, name: str, *, of: str = "") -> None:
    """Create a database as a copy of another, or empty, in the place of one that may have been left there.

    Files are copied whole: written block by block to the write-ahead log, as is usual, a copy takes twice as long.
    """
    copied = sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY")
    source = copied.format(sql.Identifier(of)) if of else sql.SQL("")
    with _owner(server) as connection:
        connection.execute(_dropping(name))
        _retry(connection, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + source)


def rename(server: embedded.Server, name: str, new: str) -> None:
    """Give a database that nobody is connected to another name."""
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new))
    with _owner(server) as connection:
        _retry(connection, statement)


def drop(server: embedded.Server, name: str) -> None:
    """Drop a database, whoever is connected to it; none is fine."""
    with _owner(server) as connection:
        _retry(connection, _dropping(name))


def drop_others(server: embedded.Server, beginning: str, *, but: tuple[str, ...]) -> None:
    """Drop the databases whose names begin so and not as in `but`, except those that somebody is connected to."""
    for name in _names(server):
        if name.startswith(beginning) and not name.startswith(but):
            with _owner(server) as connection:
                try:
                    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
                except psycopg.errors.ObjectInUse:
                    continue
            (FOLDER / f"{name}.lock").unlink(missing_ok=True)


def exists(server: embedded.Server, name: str) -> bool:
    """Whether there is a database of this name."""
    return name in _names(server)


def runtime_url(server: embedded.Server, name: str) -> str:
    """The runtime role's address of a database."""
    return urlsplit(server.runtime_dsn)._replace(path=f"/{name}").geturl()


def owner_url(server: embedded.Server, name: str) -> str:
    """The owner role's address of a database."""
    return urlsplit(server.owner_dsn)._replace(path=f"/{name}").geturl()


def _retry(connection: psycopg.Connection, statement: sql.Composed) -> None:
    """Execute; a database that somebody has only just left, or that PostgreSQL itself tidies up, is free in a moment, so try again."""
    for attempt in range(200):
        try:
            connection.execute(statement)
            return
        except (psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
            if attempt == 199:
                raise
            time.sleep(0.05)


def _dropping(name: str) -> sql.Composed:
    return sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))


def _owner(server: embedded.Server) -> psycopg.Connection:
    return psycopg.connect(server.owner_dsn, autocommit=True)


def _names(server: embedded.Server) -> list[str]:
    with _owner(server) as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()]


def _migrate(server: embedded.Server, name: str) -> None:
    drop_others(server, "template_", but=(name.removesuffix("_draft"),))
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": owner_url(server, name)},
        check=True,
    )
    with psycopg.connect(owner_url(server, name), autocommit=True) as owner:
        role = sql.Identifier(urlsplit(server.runtime_dsn).username or "")
        owner.execute(sql.SQL(AS_OWNER).format(role=role))


@functools.cache
def _migrations_hash() -> str:
    """Of every migration and the ground, the modules that one imports, the settings and the versions of the libraries."""
    migrations = {*PROJECT.glob("*/*/migrations/*.py"), *(PROJECT / "ground").rglob("*.py")}
    imported = {module for migration in migrations for module in _imported(migration)}
    others = [
        *(PROJECT / "governance" / "config" / name for name in ("addresses.py", "settings.py")),
        PROJECT / "requirements.lock",
        Path(__file__),
    ]
    return hash_files([*migrations, *imported, *others])


def hash_files(paths: Iterable[Path]) -> str:
    """Of names and contents."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(PROJECT)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _imported(path: Path) -> Iterator[Path]:
    """The modules of the project that a module imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(f"{node.module}.{name}" for name in names)]
        for name in filter(None, names):
            place = PROJECT.joinpath(*name.split("."))
            yield from filter(Path.is_file, (place.with_suffix(".py"), place / "__init__.py"))
