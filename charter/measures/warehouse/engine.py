"""The confined DuckDB in which facts are worked out: no files, no extensions, no settings, little memory and no disk."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb

from ground.errors import Unavailable

DUCKDB_LIMITS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "128MB",
    "threads": 2,
    "temp_directory": "",  # no spilling: facts about people are never copied to a disk of ours
    "autoload_known_extensions": False,
    "autoinstall_known_extensions": False,
    "allow_community_extensions": False,
}
# Rows of a server stand in the engine's memory while they are worked with.
SERVER_LIMITS = {**DUCKDB_LIMITS, "memory_limit": "300MB"}


def find_file(url: str) -> Path:
    """The file of `duckdb:///absolute/path`. Unavailable where it says anything else, or there is no such file."""
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.netloc or parts.query or not path.is_absolute():
        raise Unavailable(
            "A DuckDB warehouse is given as duckdb:///absolute/path, with nothing after it.",
            code="warehouse_unavailable",
        )
    if not path.is_file():
        raise Unavailable(f"There is no warehouse file at {path}.", code="warehouse_unavailable")
    return path


def open_engine(file: Path | None) -> duckdb.DuckDBPyConnection:
    """A confined engine. One each, as settings belong to the engine and a locked one cannot be opened a second time."""
    engine = duckdb.connect(":memory:", config=DUCKDB_LIMITS if file else SERVER_LIMITS)
    try:
        engine.execute("SET GLOBAL TimeZone = 'UTC'")  # whatever the machine's is
        for schema in ("fetched", "repeated", "seen", "sound"):
            engine.execute(f"CREATE SCHEMA {schema}")
        if file:
            quoted = str(file).replace("'", "''")
            engine.execute(f"ATTACH '{quoted}' AS warehouse (READ_ONLY)")
            engine.execute("USE warehouse")
        engine.execute("SET enable_external_access = false")
        engine.execute("SET lock_configuration = true")
    except BaseException:
        engine.close()
        raise
    return engine
