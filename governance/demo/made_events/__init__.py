"""Eighteen months of made-up events of the made-up organisation, the same for the same seed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from governance.demo.made_events import delivery, operations
from governance.demo.made_events.population import Population
from governance.demo.organisation import Organisation
from governance.demo.warehouse import Columns, add_columns, new_warehouse

MONTHS = 18

# In this order: each takes what those before it made.
_MAKERS: dict[str, Callable[[Population, dict[str, Columns]], Columns]] = {
    "changes": delivery.changes,
    "commits": delivery.commits,
    "deployments": delivery.deployments,
    "change_requests": delivery.change_requests,
    "incidents": operations.incidents,
    "slo_windows": operations.slo_windows,
    "work_items": operations.work_items,
    "interruptions": operations.interruptions,
    "rota_hours": operations.rota_hours,
}


def make_up_events(organisation: Organisation, *, seed: int, as_of: datetime) -> dict[str, Columns]:
    """Columns of every table, events of the 18 months before the month of `as_of` and of that month so far."""
    population = Population(organisation, seed=seed, as_of=as_of, months=MONTHS)
    tables: dict[str, Columns] = {}
    for table, make in _MAKERS.items():
        tables[table] = make(population, tables)
    return tables


def write_warehouse(
    path: Path,
    organisation: Organisation,
    *,
    seed: int,
    as_of: datetime,
    progress: Callable[[str, int], None],
) -> None:
    """Write the made-up events to a DuckDB file; `progress` hears each table and its number of rows."""
    with new_warehouse(path) as connection:
        for table, columns in make_up_events(organisation, seed=seed, as_of=as_of).items():
            progress(table, add_columns(connection, table, columns))
