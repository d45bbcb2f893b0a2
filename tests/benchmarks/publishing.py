"""Publishing of the real data set for every metric of the catalogue, of ten times its rows, and of ten times its people.

Each run is `manage.py publish` in a process of its own on an empty database, start-up included. Runs are compared by processor
time, since a busy machine lets each wait for as long as others take; that of PostgreSQL is not in it. Other warehouses: `engines`.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import duckdb

from tests import databases
from tests.benchmarks import harness

TIMES, TURNS = 10, 3
SECONDS, MEGABYTES, RATIO, GUARDED = 60.0, 500.0, 12.0, 1.5
COMMAND = [str(databases.PROJECT / "manage.py"), "publish"]
# As it was before what is told was decided jointly: whatever stands on enough by itself is told.
_UNGUARDED = [
    "-c",
    """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")
django.setup()
from django.core.management import call_command
from charter.measures.publishing import deciding
from charter.measures.publishing.publishable import Decision
deciding.JointDecision.keep_contributions = lambda *given: None
deciding.JointDecision.decide = lambda self, charters, outcomes: Decision(tuple(outcomes))
call_command("publish")
""",
]


def run() -> list[dict]:
    """Seconds and peak memory of the real data (aims: 60 s, 500 MB), what the guard costs (1.5×), ten times as much (12×)."""
    # The settings as they are; the harness's own settings are for the benchmarks of HTTP.
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    folder = harness.real_data()
    if folder is None:
        return [_line("publishing: the real data set is not here", 0, "", "to be here", holds=False)]
    with tempfile.TemporaryDirectory() as temporary:
        once = _measure(folder, Path(temporary) / "once.duckdb")
        pairs = [_measure_pair(folder, Path(temporary), turn) for turn in range(TURNS)]
        rows = _measure(folder, Path(temporary) / "rows.duckdb", rows=TIMES)
        people = _measure(folder, Path(temporary) / "people.duckdb", people=TIMES)
    guarded = median(own.processor / bare.processor for own, bare in pairs)
    return [
        _line("publishing: rows in the warehouse", once.rows, "rows"),
        _line("publishing: values", once.values, "values"),
        _line("publishing: time", once.seconds, "s", f"under {SECONDS:g}", once.seconds < SECONDS),
        _line("publishing: processor time", once.processor, "s"),
        _line("publishing: peak memory", once.megabytes, "MB", f"under {MEGABYTES:g}", once.megabytes < MEGABYTES),
        _line("publishing without the guard: processor time", median(bare.processor for _, bare in pairs), "s"),
        _line("publishing with the guard against without", guarded, "ratio", f"at most {GUARDED:g}", guarded <= GUARDED),
        *_compare("rows", rows, once),
        *_compare("people, teams and rows", people, once),
    ]  # fmt: skip


def _compare(what: str, often: "Measured", once: "Measured") -> list[dict]:
    ratio = often.processor / once.processor
    name = f"publishing ten times the {what}"
    return [
        _line(f"{name}: time", often.seconds, "s"),
        _line(f"{name}: values", often.values, "values"),
        _line(f"{name}: peak memory", often.megabytes, "MB"),
        _line(f"{name}: processor time against once", ratio, "ratio", f"at most {RATIO:g}", ratio <= RATIO),
    ]


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}


class Measured(NamedTuple):
    """One run of the command: how long, how much of the processor and of memory at most, how much there was to do."""

    seconds: float
    processor: float
    megabytes: float
    rows: int = 0
    values: int = 0


def _measure_pair(folder: Path, temporary: Path, turn: int) -> tuple[Measured, Measured]:
    """With the guard and without, one after the other; which goes first takes turns."""
    commands = {"guarded": COMMAND, "bare": _UNGUARDED}
    found = {
        name: _measure(folder, temporary / f"{name}-{turn}.duckdb", command=commands[name])
        for name in sorted(commands, reverse=bool(turn % 2))
    }
    return found["guarded"], found["bare"]


def _measure(
    folder: Path, warehouse: Path, *, rows: int = 1, people: int = 1, command: list[str] = COMMAND
) -> Measured:
    with harness.installation() as address:
        as_of = prepare(folder, warehouse, people)
        number = _multiply(warehouse, rows, "t.id || '-' || n AS id")
        taken = publish(address, f"duckdb://{warehouse}", as_of, command)
        from charter.measures.models import PublishingRun

        run = PublishingRun.objects.get()
    if run.error or not run.values_written:
        raise RuntimeError(run.error or "The run published nothing.")
    return taken._replace(rows=number, values=run.values_written)


def prepare(folder: Path, warehouse: Path, people: int = 1) -> datetime:
    """The data set's organisation, `people` times, with all charters of the catalogue in force; gives the end of its data."""
    from governance.demo import forge
    from governance.demo.amending import amend_for
    from governance.demo.organisation import write_import_files
    from governance.people import cohorts
    from governance.people.services import import_organisation
    from ground import clock
    from tests import factories

    data = forge.read_folder(folder)
    data.write_warehouse(warehouse, lambda _table, _rows: None)
    _multiply(
        warehouse,
        people,
        "t.id || '-' || n AS id, t.team || '-' || n AS team",
        "t.author || '-' || n AS author",
    )
    with clock.stopped_at(data.as_of), tempfile.TemporaryDirectory() as temporary:
        write_import_files(_repeat(data.organisation, people), Path(temporary))
        import_organisation(folder=Path(temporary), by=factories.system())
        amend = amend_for(data)
        for slug in _catalogue():
            factories.an_active_charter(slug, document=amend(factories.a_document(slug)))
        cohorts.register_tree(on=data.as_of.date(), minimum=5, by=factories.system())
    return data.as_of


def _repeat(organisation: Any, times: int) -> Any:
    """The organisation as often beside itself: each time other people, teams and value streams."""
    named = {
        "value_streams": ("slug",), "teams": ("slug", "value_stream"), "people": ("external_id",),
        "memberships": ("person", "team"), "lines": ("person", "manager"),
    }  # fmt: skip
    return replace(
        organisation,
        **{
            part: tuple(
                row
                if not number
                else row._replace(**{name: f"{getattr(row, name)}-{number}" for name in names})
                for number in range(times)
                for row in getattr(organisation, part)
            )
            for part, names in named.items()
        },
    )


def _catalogue() -> list[str]:
    from charter.registry import catalogue

    return sorted(path.stem for path in (Path(catalogue.__path__[0]) / "charters").glob("*.yaml"))


def _multiply(warehouse: Path, times: int, also: str, of_author: str = "") -> int:
    """Repeat every row of every table with other names; gives the number of rows there are then."""
    with duckdb.connect(str(warehouse)) as connection:
        tables = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
        for table in tables:
            columns = connection.table(table).columns
            other = ", ".join([also, *([of_author] if of_author and "author" in columns else [])])
            connection.execute(
                f"INSERT INTO {table} SELECT t.* REPLACE ({other}) FROM {table} t, range(1, ?) r(n)", [times]
            )
        return sum(connection.table(table).count("*").fetchone()[0] for table in tables)


def publish(address: str, url: str, as_of: datetime, command: list[str]) -> Measured:
    """One process of `manage.py publish`."""
    offset = as_of + timedelta(hours=1) - datetime.now(UTC)
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "WAREHOUSE_URL": url,
        "CLOCK_OFFSET": str(offset.total_seconds()),
    }
    began = time.perf_counter()
    with _child([sys.executable, *command], environment) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("manage.py publish failed")
    # Linux counts kilobytes here, macOS bytes.
    unit = 1024 if sys.platform == "linux" else 1024**2
    return Measured(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


@contextmanager
def _child(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, env=environment, cwd=databases.PROJECT, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()
