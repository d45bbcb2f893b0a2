"""Folders of charters: lint of 1,000 and import of 10,000, each one process of `manage.py charter`, start-up included.

The files are the starter charters over and over, each a metric of its own with a query of its own, so that nothing is
remembered from one to the next.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from msgspec.structs import replace

from charter.registry import catalogue
from charter.registry.charter_files import dump_charter
from charter.registry.document import CharterDocument
from tests import databases
from tests.benchmarks import harness
from tests.benchmarks.copies import of_another_metric

LINTED, LINT_SECONDS = 1_000, 5.0
IMPORTED, IMPORT_SECONDS = 10_000, 60.0


def run() -> list[dict]:
    """Seconds of lint (aim: 5) and of an import into an empty registry (aim: 60), which tells its progress."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    with tempfile.TemporaryDirectory() as temporary:
        few, many = Path(temporary) / "few", Path(temporary) / "many"
        _write(few, LINTED)
        _write(many, IMPORTED)
        linting, _ = _timed(["lint", str(few)], {"DATABASE_URL": "", "VAR_DIR": f"{temporary}/var"})
        importing, said = _import(many)
    progress = sum(f"/{IMPORTED:,} " in line for line in said)
    return [
        _line(f"lint of {LINTED:,} charters: time", linting, "s", f"under {LINT_SECONDS:g}", linting < LINT_SECONDS),
        _line(
            f"import of {IMPORTED:,} charters: time", importing, "s", f"under {IMPORT_SECONDS:g}",
            importing < IMPORT_SECONDS,
        ),
        _line(f"import of {IMPORTED:,} charters: lines of progress", progress, "lines", "some", progress > 1),
    ]  # fmt: skip


def _import(folder: Path) -> tuple[float, list[str]]:
    with harness.installation() as address:
        from charter.registry.models import CharterVersion
        from tests import factories

        factories.a_programme()
        factories.an_account("owner")
        seconds, said = _timed(
            ["apply", str(folder), "--as", "system", "--drafts"], {"DATABASE_URL": address}
        )
        if CharterVersion.objects.count() != IMPORTED:
            raise RuntimeError("The import is not whole.")
    return seconds, said


def _timed(arguments: list[str], environment: dict[str, str]) -> tuple[float, list[str]]:
    """Seconds of one process of the command, and what it said."""
    command = [sys.executable, str(databases.PROJECT / "manage.py"), "charter", *arguments]
    began = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    return time.perf_counter() - began, done.stdout.splitlines()


def _write(folder: Path, number: int) -> None:
    folder.mkdir()
    for place, document in enumerate(_documents(number)):
        (folder / f"{place}.yaml").write_text(dump_charter(document), encoding="utf-8")


def _documents(number: int) -> Iterator[CharterDocument]:
    starters = cycle(catalogue.read_starter_charters().values())
    return (_variant(document, place) for place, document in enumerate(islice(starters, number)))


def _variant(document: CharterDocument, place: int) -> CharterDocument:
    """The charter as that of another metric."""
    measure = document.what.measure
    assert measure is not None
    start, value, end = measure.facts.rpartition(" AS value")
    facts = f"{start} + {place} * 0{value}{end}"
    what = replace(document.what, measure=replace(measure, facts=facts))
    return of_another_metric(replace(document, what=what), f"{document.metric}-{place}")


def _line(name: str, value: float, unit: str, aim: str = "", holds: bool = True) -> dict:
    return {"name": name, "value": value, "unit": unit, "aim": aim, "holds": holds}
