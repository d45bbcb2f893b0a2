"""A backup of a long life and its restore: a million decisions, and a log of a hundred thousand signed entries with what they say.

DECISIONS and ENTRIES say how many; both are written past the services by the owner, as the benches of the access log and of the log
do. A million entries beside a million decisions are ENTRIES=1000000, and some minutes more. The floor is the same dump by `pg_dump`
alone, to nowhere.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.benchmarks import access_log, harness, log
from tests.benchmarks.checks import _prepare as found_programme


def run() -> list[dict]:
    """Seconds of a backup and of its restore, its megabytes, and what `pg_dump` alone takes."""
    with harness.installation() as address, tempfile.TemporaryDirectory() as folder:
        found_programme()
        log.ENTRIES = int(os.environ.get("ENTRIES", "100000"))
        begun = time.perf_counter()
        access_log._fill(address)
        _say(begun, "decisions are written")
        log._fill(address)
        _say(begun, "entries are written")
        _sequence()
        _say(begun, "entries have their places")
        return _measure(address, Path(folder) / "backup")


def _say(begun: float, done: str) -> None:
    """What takes minutes says how far it is."""
    print(f"backup: {done} after {time.perf_counter() - begun:.0f} s", file=sys.stderr)


def _sequence() -> None:
    from audits.ledger import sequencer

    while sequencer.place_batch():
        pass
    sequencer.sign_state()


def _measure(address: str, folder: Path) -> list[dict]:
    from governance.installation.backups import programs
    from governance.installation.backups.making import make_backup

    owner = harness.owner_address(address)
    with psycopg.connect(owner) as connection:
        major = connection.info.server_version // 10000
        held = connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]
    words, environment = programs.command(
        programs.find_program("pg_dump", server=major), owner, *programs.DUMPING
    )
    floor = _timed(lambda: subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=True))
    made = _timed(lambda: make_backup(folder, keys_folder=None, owner=owner, say=_nobody))
    restored = _restore(address, folder)
    size = (folder / "database.dump").stat().st_size
    return [
        _line("database with its indexes", held / 2**20, "MiB"),
        _line("size", size / 2**20, "MiB"),
        _line("pg_dump alone, to nowhere", floor, "s"),
        _line(f"made, {access_log.DECISIONS:,} decisions, {log.ENTRIES:,} entries", made, "s"),
        _line("restored, migrated, its log hashed anew", restored, "s"),
    ]


def _restore(address: str, folder: Path) -> float:
    from governance.installation.backups.restoring import restore
    from governance.installation.supervising import Databases

    owner, name = harness.owner_address(address), "restored_by_bench"
    with psycopg.connect(owner, autocommit=True) as connection:
        for statement in ("DROP DATABASE IF EXISTS {} WITH (FORCE)", "CREATE DATABASE {}"):
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    where = Databases(*(urlsplit(each)._replace(path=f"/{name}").geturl() for each in (owner, address)))
    try:
        return _timed(lambda: restore(folder, databases=where, trusted=[], say=_nobody))
    finally:
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _timed(act) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def _nobody(_line: str) -> None:
    pass


def _line(name: str, value: float, unit: str) -> dict:
    return {"name": f"backup: {name}", "value": value, "unit": unit, "aim": "", "holds": True}
