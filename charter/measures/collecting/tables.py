"""The collector's tables in a DuckDB file, as the catalogue describes them. Rows come in batches, each whole and each once."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
from django.utils.translation import gettext as _

from ground.errors import BadInput, Unavailable

_MAKE = (
    """CREATE TABLE IF NOT EXISTS commits (id TEXT PRIMARY KEY, team TEXT, author TEXT, authored_at TIMESTAMPTZ,
         authored_local TIMESTAMP, committed_at TIMESTAMPTZ, files INTEGER, additions INTEGER, deletions INTEGER, revert BOOLEAN)""",
    """CREATE TABLE IF NOT EXISTS changes (id TEXT PRIMARY KEY, team TEXT, author TEXT, first_commit_at TIMESTAMPTZ,
         merged_at TIMESTAMPTZ, commits INTEGER, additions INTEGER, deletions INTEGER, revert BOOLEAN)""",
    "CREATE TABLE IF NOT EXISTS deployments (id TEXT PRIMARY KEY, team TEXT, kind TEXT, finished_at TIMESTAMPTZ)",
    # How far each clone was read; no source of anything.
    "CREATE TABLE IF NOT EXISTS collected_clones (clone TEXT PRIMARY KEY, head TEXT, team TEXT, named BOOLEAN)",
)
_ADD = {
    "commits": "INSERT OR IGNORE INTO commits SELECT * FROM read_csv(?, header = false, all_varchar = true)",
    "changes": "INSERT OR IGNORE INTO changes SELECT * FROM read_csv(?, header = false, all_varchar = true)",
    "deployments": "INSERT OR IGNORE INTO deployments SELECT * FROM read_csv(?, header = false, all_varchar = true)",
}


def find_file(url: str) -> Path:
    """The DuckDB file that an address names. Raises BadInput for any other warehouse: nothing is ever written to one."""
    parts = urlsplit(url)
    if parts.scheme != "duckdb" or not parts.path.strip("/"):
        raise BadInput(
            _("The collector writes DuckDB files alone. Set WAREHOUSE_URL to one: duckdb:///absolute/path."),
            field="warehouse",
        )
    return Path(unquote(parts.path))


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file, with the collector's tables in it. Raises Unavailable where somebody else has it open."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(path))
    except (duckdb.Error, OSError) as error:
        line = str(error).splitlines()[0]
        raise Unavailable(
            _("%(path)s cannot be written: %(why)s. Try again once nobody reads it.")
            % {"path": path, "why": line}
        ) from error
    with connection:
        connection.execute("SET TimeZone = 'UTC'")
        for statement in _MAKE:
            connection.execute(statement)
        yield connection


def add(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Add rows that are not there yet; through a file, as DuckDB takes single rows a thousand times slower."""
    if not rows:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
        file.flush()
        connection.execute(_ADD[table], [file.name])


def find_standing(connection: duckdb.DuckDBPyConnection, clone: str) -> tuple[str, str, bool] | None:
    """How far a clone was read: the head, the team and whether people stand by name; None where it never was to its end."""
    found = connection.execute(
        "SELECT head, team, named FROM collected_clones WHERE clone = ?", [clone]
    ).fetchone()
    return found and (str(found[0]), str(found[1]), bool(found[2]))


def keep_standing(
    connection: duckdb.DuckDBPyConnection, clone: str, *, head: str, team: str, named: bool
) -> None:
    """Keep that a clone was read to its end."""
    connection.execute(
        "INSERT OR REPLACE INTO collected_clones VALUES (?, ?, ?, ?)", [clone, head, team, named]
    )
