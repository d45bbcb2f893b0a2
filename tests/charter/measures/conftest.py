"""Warehouses of a few tables, made as a loader would make them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

CHANGES = "team VARCHAR, author VARCHAR, first_commit_at TIMESTAMPTZ, merged_at TIMESTAMPTZ"
DEPLOYMENTS = "team VARCHAR, finished_at TIMESTAMPTZ"

Change = tuple[str | None, str | None, datetime, datetime]


class WarehouseFile:
    """A DuckDB file that tests may write to while nobody reads it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"duckdb://{path}"

    def run(self, statement: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(statement)

    def insert(self, table: str, rows: Iterable[tuple]) -> None:
        """Rows of all columns of a table."""
        rows = list(rows)
        places = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
        with duckdb.connect(str(self.path)) as connection:
            connection.execute(f"INSERT INTO {table} VALUES {places}", [each for row in rows for each in row])

    def add_changes(self, changes: Iterable[Change]) -> None:
        """Rows of (team, author, first commit, merge)."""
        self.run(f"CREATE TABLE IF NOT EXISTS changes ({CHANGES})")
        self.insert("changes", changes)

    def add_deployments(self, deployments: Iterable[tuple[str, datetime]]) -> None:
        """Rows of (team, when it finished)."""
        self.run(f"CREATE TABLE IF NOT EXISTS deployments ({DEPLOYMENTS})")
        self.insert("deployments", deployments)


@pytest.fixture
def warehouse_file(tmp_path: Path, settings) -> WarehouseFile:
    """An empty warehouse that the settings name."""
    file = WarehouseFile(tmp_path / "warehouse.duckdb")
    file.run("SELECT 1")
    settings.WAREHOUSE_URL = file.url
    return file


@pytest.fixture
def stop_clock() -> Iterable[Callable[[datetime], None]]:
    """Hold the clock still until the test ends."""
    from contextlib import ExitStack

    from ground import clock

    with ExitStack() as stack:
        yield lambda moment: stack.enter_context(clock.stopped_at(moment))
