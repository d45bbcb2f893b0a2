"""One folder's cluster: its files, whose they are, and its passwords."""

import json
import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from ground.embedded.binaries import environment
from ground.embedded.errors import EmbeddedError
from ground.guard import spawn

DATABASE = "metric_charter"
SUPERUSER, OWNER, RUNTIME = "postgres", "mc_owner", "mc_runtime"
READER = "mc_governed"  # reads the governed views and nothing else (governance.sql_door)
PORT = 5432  # only names the socket file: the server listens on no network address


def check_data_owner(folder: Path, user: str | None) -> None:
    """Refuse data made by another user, which PostgreSQL would refuse with less to go by."""
    data = folder / "data"
    expected = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    if not data.exists() or data.stat().st_uid == expected:
        return
    raise EmbeddedError(
        f"{data} belongs to another user than the one the server would run as. Start as the user who made "
        f"it, or remove {folder} to begin anew."
    )


def create_cluster(
    folder: Path, binaries: Path, user: str | None, version: int, durable: bool, lock: int
) -> None:
    """Create the cluster beside its place and move it there whole, so that a crash leaves no half of one."""
    passwords = _write_credentials(folder)
    new = folder / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    own_directory(new, user)
    password_file = folder / "password"
    try:
        _write_secret(password_file, passwords[SUPERUSER])
        _give(password_file, user)
        options = _initdb_options(new, password_file, version) + ([] if durable else ["--no-sync"])
        _run_initdb(folder, [binaries / "initdb", *options], user, lock)
    finally:
        password_file.unlink(missing_ok=True)
    new.rename(folder / "data")


def _run_initdb(folder: Path, command: Sequence[str | Path], user: str | None, lock: int) -> None:
    """Run initdb, guarded and holding the lock: cut short, it is gone before the next start makes its own."""
    log = folder / "initdb.log"
    log.unlink(missing_ok=True)
    with spawn(command, env=environment(), cwd=folder, log=log, user=user, keep=[lock]) as initdb:
        status = initdb.wait()
    output = log.read_text(errors="replace").strip()
    log.unlink()
    if status != 0:
        raise EmbeddedError(f"{command[0]} failed: {output[-2000:]}")


def _initdb_options(data: Path, password_file: Path, version: int) -> list[str]:
    # macOS has no C.UTF-8; PostgreSQL's own, from 17 on, is the same everywhere.
    locale = "C.UTF-8" if os.uname().sysname == "Linux" else "C"
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if version >= 17 else []
    return [
        f"--pgdata={data}",
        f"--username={SUPERUSER}",
        f"--pwfile={password_file}",
        "--auth-local=scram-sha-256",
        "--auth-host=reject",
        "--encoding=UTF8",
        f"--locale={locale}",
        *builtin,
        "--data-checksums",
        "--no-instructions",
    ]


def own_directory(path: Path, user: str | None) -> None:
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)
    _give(path, user)


def _give(path: Path, user: str | None) -> None:
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def credentials_path(folder: Path) -> Path:
    return folder / "credentials.json"


def runtime_path(folder: Path) -> Path:
    """The file of the passwords of the runtime role and of the governed views' reader, all that the product's processes read."""
    return folder / "runtime.json"


def _write_credentials(folder: Path) -> dict[str, str]:
    passwords = {role: secrets.token_urlsafe(32) for role in (SUPERUSER, OWNER, RUNTIME, READER)}
    _write_passwords(runtime_path(folder), {role: passwords[role] for role in (RUNTIME, READER)})
    _write_passwords(credentials_path(folder), {role: passwords[role] for role in (SUPERUSER, OWNER)})
    return passwords


def _write_passwords(path: Path, passwords: Mapping[str, str]) -> None:
    _write_secret(path, json.dumps(passwords, indent=2) + "\n")


def part_runtime(folder: Path) -> None:
    """Give the runtime role's password its own file where an older start has kept all in one."""
    passwords = _read(credentials_path(folder))
    own = {role: passwords.pop(role) for role in (RUNTIME, READER) if role in passwords}
    if own:
        _write_passwords(runtime_path(folder), own)
        _write_passwords(credentials_path(folder), passwords)
    known = _read(runtime_path(folder))
    if READER not in known:  # made before there was such a role
        _write_passwords(runtime_path(folder), {**known, READER: secrets.token_urlsafe(32)})


def _write_secret(path: Path, text: str) -> None:
    """Write a file that nobody else can open, at any moment."""
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def read_passwords(folder: Path) -> dict[str, str]:
    """The passwords of all roles, for whoever starts the server."""
    return {**_read(credentials_path(folder)), **_read(runtime_path(folder))}


def _read(path: Path) -> dict[str, str]:
    try:
        passwords: dict[str, str] = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError) as error:
        raise EmbeddedError(
            f"{path}, which holds the database's passwords, is missing or damaged. Restore it, or remove "
            f"{path.parent} to begin anew without its data."
        ) from error
    return passwords


def is_known(folder: Path, role: str) -> bool:
    """Whether the runtime's file has this role's password."""
    return role in _read(runtime_path(folder))


def address(folder: Path, role: str, database: str = DATABASE) -> str:
    """The libpq URL at which a role reaches a database of the folder's server; it carries the password."""
    path = runtime_path(folder) if role in (RUNTIME, READER) else credentials_path(folder)
    password = quote(_read(path)[role], safe="")
    host = quote(str(folder / "run"), safe="")
    return f"postgresql://{role}:{password}@/{database}?host={host}&port={PORT}"


def read_pid_file(folder: Path) -> list[str]:
    """The lines of postmaster.pid: the process id first, the status eighth; empty without a file."""
    try:
        return (folder / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def remove_recycled_pid(folder: Path) -> None:
    """Remove a crashed server's postmaster.pid when its process id now belongs to another program.

    PostgreSQL overwrites the file of a dead process by itself, but takes any living one for a server. We hold
    the lock, so no server of ours runs; one started by hand is told apart by where it works.
    """
    lines = read_pid_file(folder)
    pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
    if pid is None or not _is_alive(pid):
        return
    if _works_in(pid, folder / "data"):
        raise EmbeddedError(
            f"Another PostgreSQL (process {pid}) uses {folder / 'data'}. End it and start again."
        )
    (folder / "data" / "postmaster.pid").unlink()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _works_in(pid: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL server of this data folder; without /proc, any PostgreSQL server."""
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", data)
    except PermissionError:
        return False  # another user's process; the data folder is ours
    except OSError:
        ran = subprocess.run(
            ["/bin/ps", "-p", str(pid), "-o", "comm="],
            capture_output=True,
            text=True,
            check=False,
        )
        return "postgres" in ran.stdout
