"""The real data set published from each warehouse that can be had here, and whether all of it is the same, to the byte.

A DuckDB file, PostgreSQL and MariaDB on this machine, and Spark: a local session in the publishing process itself, which the product
refuses of others (it reads whatever files it likes) and this bench allows itself. pyspark is no dependency (400 MB): where it cannot
be imported, or a server does not run, the bench says so and goes on. `python3 -m venv ENV && ENV/bin/pip install 'pyspark<4'`, then
`PYTHONPATH=ENV/lib/python3.11/site-packages make bench ARGS=engines`; it needs Java 17.
"""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import duckdb
import msgspec
import pytest

from tests.benchmarks import harness
from tests.benchmarks.publishing import COMMAND, Measured, prepare, publish
from tests.charter.measures import engines

FILE, SPARK = "DuckDB, a file", "Spark, a local session"
# The command with a session of Spark in its process, whose tables are the files of a folder.
SPARK_COMMAND = [
    "-W",
    "ignore",
    "-c",
    """
import os, pathlib, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")
django.setup()
from pyspark.sql import SparkSession
started = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
session = started.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
for file in pathlib.Path(os.environ["SPARK_TABLES"]).glob("*.parquet"):
    session.read.parquet(str(file)).createOrReplaceTempView(file.stem)
from charter.measures.warehouse import servers
servers.IN_PROCESS -= {"pyspark"}
from django.core.management import call_command
call_command("publish")
""",
]


class Published(NamedTuple):
    """What a run wrote: its cost, how many values, of which metrics none, and the hash of all that it wrote."""

    cost: Measured
    values: int
    failed: dict[str, str]
    digest: str


def run() -> list[dict]:
    """Seconds of each, and whether its values are those of the file, to the byte."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    folder = harness.real_data()
    if folder is None:
        return [_line("the real data set is not here", 0, "", "to be here", holds=False)]
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "once.duckdb"
        once = _publish(folder, file, f"duckdb://{file}", COMMAND)
        lines = [*_tell(FILE, once, once)]
        for name, open_copy in _list_others(file).items():
            try:
                with open_copy() as (url, command):
                    lines += _tell(name, _publish(folder, file, url, command), once)
            except pytest.skip.Exception as reason:
                lines.append(_line(f"{name} is not here: {reason}", 0, ""))
    return lines


def _list_others(file: Path) -> dict[str, Callable]:
    servers = {engine: lambda engine=engine: _on_server(engine, file) for engine in engines.ENGINES}
    return {**servers, SPARK: lambda: _on_spark(file)}


@contextmanager
def _on_server(engine: str, file: Path) -> Iterator[tuple[str, list[str]]]:
    with engines.copy(engine, file) as url:
        yield url, COMMAND


@contextmanager
def _on_spark(file: Path) -> Iterator[tuple[str, list[str]]]:
    """The tables as files that Spark reads, whose types are its own from then on."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("pyspark cannot be imported, or there is no java")
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(file), read_only=True) as origin:
        for (table,) in origin.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            origin.execute(f"COPY \"{table}\" TO '{folder}/{table}.parquet' (FORMAT parquet)")
        os.environ["SPARK_TABLES"] = folder
        yield "pyspark://", SPARK_COMMAND


def _publish(folder: Path, file: Path, url: str, command: list[str]) -> Published:
    """On an installation of its own, with all charters of the catalogue in force."""
    with harness.installation() as address:
        # The organisation alone is needed here: its rows were written once, where the first run reads them.
        as_of = prepare(folder, file if url.endswith(str(file)) else file.with_suffix(".unread"))
        cost = publish(address, url, as_of, command)
        from charter.measures.models import PublishedValue, PublishingRun

        run = PublishingRun.objects.get()
        if run.error or not run.values_written:
            raise RuntimeError(run.error or "The run published nothing.")
        told = PublishedValue.objects.order_by("metric__slug", "cohort__slug", "period_kind", "starts_on")
        rows = told.values_list(
            "metric__slug", "cohort__slug", "period_kind", "starts_on", "ends_on", "value", "low", "high",
            "bound", "n", "people", "coverage", "teams", "withheld",
        )  # fmt: skip
        digest = hashlib.sha256(b"\n".join(msgspec.json.encode(row) for row in rows)).hexdigest()
    return Published(cost, run.values_written, run.metrics_failed, digest)


def _tell(name: str, found: Published, once: Published) -> list[dict]:
    same = (found.values, found.failed, found.digest) == (once.values, once.failed, once.digest)
    return [
        _line(f"{name}: time", found.cost.seconds, "s"),
        _line(f"{name}: processor time", found.cost.processor, "s"),
        _line(f"{name}: peak memory", found.cost.megabytes, "MB"),
        _line(f"{name}: values, SHA-256 {found.digest[:12]}", found.values, "", "those of the file", same),
    ]


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": f"from {name}", "value": value, "unit": unit, "aim": aim, "holds": holds}
