"""Publishing the real data set from Spark, local, against from a DuckDB file: the same values, and how long each takes.

`pyspark` is no dependency of ours. `PYSPARK` names a folder that it was installed into, for this alone:
`pip install --no-deps --target FOLDER 'pyspark==3.5.*' py4j`; Java has to be there.
"""

import os
import tempfile
from pathlib import Path

import duckdb

from tests.benchmarks import harness, publishing

# A session that has the rows as views; ibis takes the session that is there, whatever the rest of its address.
_FROM_SPARK = """
import os, sys
from pathlib import Path
sys.path.insert(0, os.environ["PYSPARK"])
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")
os.environ.update(PYSPARK_PYTHON=sys.executable, SPARK_LOCAL_IP="127.0.0.1")
django.setup()
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
session = builder.config("spark.sql.session.timeZone", "UTC").config("spark.driver.memory", "1g").getOrCreate()
for file in Path(os.environ["ROWS"]).glob("*.parquet"):
    session.read.parquet(str(file)).createOrReplaceTempView(file.stem)
from django.core.management import call_command
call_command("publish")
"""
_TOLD = (
    "metric__slug", "cohort__slug", "period_kind", "starts_on", "value", "low", "high", "bound", "n", "people", "coverage", "withheld",
)  # fmt: skip


def run() -> list[dict]:
    """Seconds of each, and in how many values they differ (aim: none)."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    folder = harness.real_data()
    if folder is None or not os.environ.get("PYSPARK"):
        return [_line("spark: the real data set or PYSPARK is not here", 0, "", "to be here", holds=False)]
    with tempfile.TemporaryDirectory() as temporary:
        rows = Path(temporary)
        here, values = _publish(folder, rows / "here.duckdb", None)
        there, others = _publish(folder, rows / "there.duckdb", rows)
    differ = len(values ^ others)
    return [
        _line("publishing from a DuckDB file: time", here.seconds, "s"),
        _line("publishing from Spark: time, its start included", there.seconds, "s"),
        _line("publishing from a DuckDB file: our processor time", here.processor, "s"),
        _line("publishing from Spark: our processor time, without Java's", there.processor, "s"),
        _line("publishing from Spark: values", len(others), "values"),
        _line("publishing from Spark: values that differ", differ, "values", "none", differ == 0 and bool(others)),
    ]  # fmt: skip


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}


def _publish(folder: Path, warehouse: Path, rows: Path | None) -> tuple[publishing.Measured, set[tuple]]:
    """One run on an empty database, from the file or, where `rows` is given, from Spark; and all that it told."""
    with harness.installation() as address:
        as_of = publishing._prepare(folder, warehouse)
        url, command = f"duckdb://{warehouse}", publishing._COMMAND
        if rows is not None:
            _write_rows(warehouse, rows)
            os.environ["ROWS"], url, command = str(rows), "pyspark://local", ["-c", _FROM_SPARK]
        taken = publishing._publish(address, url, as_of, command)
        from charter.measures.models import PublishedValue

        return taken, set(PublishedValue.objects.values_list(*_TOLD))


def _write_rows(warehouse: Path, folder: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for (table,) in connection.execute("SHOW TABLES").fetchall():
            connection.execute(f"COPY {table} TO '{folder / f'{table}.parquet'}' (FORMAT parquet)")
