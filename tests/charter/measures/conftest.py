"""Warehouses of a few tables, made as a loader would make them."""

import shutil
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

    def insert(self, table: str, rows: Iterable[tuple], *, columns: str = "") -> None:
        """Rows of all columns of a table, which is made of `columns` where it is not there yet."""
        rows = list(rows)
        places = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
        with duckdb.connect(str(self.path)) as connection:  # 12 ms each time, so once for both
            if columns:
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
            connection.execute(f"INSERT INTO {table} VALUES {places}", [each for row in rows for each in row])

    def add_changes(self, changes: Iterable[Change]) -> None:
        """Rows of (team, author, first commit, merge)."""
        self.insert("changes", changes, columns=CHANGES)

    def add_deployments(self, deployments: Iterable[tuple[str, datetime]]) -> None:
        """Rows of (team, when it finished)."""
        self.insert("deployments", deployments, columns=DEPLOYMENTS)


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DuckDB file without a table, made once."""
    file = WarehouseFile(tmp_path_factory.mktemp("warehouse") / "empty.duckdb")
    file.run("SELECT 1")
    return file.path


@pytest.fixture
def warehouse_file(tmp_path: Path, empty_warehouse: Path, settings) -> WarehouseFile:
    """An empty warehouse that the settings name."""
    file = WarehouseFile(Path(shutil.copy(empty_warehouse, tmp_path / "warehouse.duckdb")))
    settings.WAREHOUSE_URL = file.url
    return file


@pytest.fixture
def stop_clock() -> Iterable[Callable[[datetime], None]]:
    """Hold the clock still until the test ends."""
    from contextlib import ExitStack

    from ground import clock

    with ExitStack() as stack:
        yield lambda moment: stack.enter_context(clock.stopped_at(moment))
