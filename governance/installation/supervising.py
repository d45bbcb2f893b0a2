"""Runs the whole product on this machine: database, web server, worker, beat; and ends all of it with itself."""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import ClassVar, NamedTuple, NoReturn

from django.conf import settings

from governance.installation.background import Background, Kept, standing_still
from ground import clock, embedded, guard, locks, logfiles
from ground.errors import Conflict, Unavailable

HOST = "127.0.0.1"
READY_SECONDS = 60.0
# How long what was killed may take to take its processes down.
LEFTOVER_SECONDS = 30.0
_TICK = 0.1
DOOR_PORT = 5433  # of the SQL door, where nothing else is told

# A proxy that the environment names has no business between us and our own web server.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Say = Callable[[str], None]


class Stopped(Exception):
    """Somebody asked it to end, or its parent is gone."""


class Databases(NamedTuple):
    """Where the owner of the tables and the runtime role find the database; the owner is blank where nobody named it."""

    owner: str
    runtime: str


class Supervisor(ABC):
    """One run in a folder of `VAR_DIR`; `run()` returns when it is asked to end, and raises DomainError when it cannot go on.

    Whoever runs it says what is prepared before anything is served, and what is told once all of it answers.
    """

    # The folder below VAR_DIR, and what it is called in sentences: “an installation”, and the command that starts it.
    NAME: ClassVar[str]
    SAID: ClassVar[str]
    COMMAND: ClassVar[str]

    def __init__(self, *, port: int, with_parent: bool, say: Say) -> None:
        self._port = port
        self._parent = os.getppid() if with_parent else None
        self._say = say
        self._folder: Path = settings.VAR_DIR / self.NAME
        self._running: dict[str, tuple[guard.Guarded, Path | None]] = {}
        self._background: Background | None = None
        self._door: Kept | None = None
        self._lock = -1

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._port}"

    @abstractmethod
    def check(self) -> None:
        """Raise DomainError where this must not run here, before anything is made or started."""

    @abstractmethod
    def prepare(self, started: ExitStack, databases: Databases) -> dict[str, str]:
        """Do what is missing before anything is served; gives the environment of all processes."""

    @abstractmethod
    def tell(self) -> None:
        """Say where it is and what to do next."""

    def read_clock(self) -> datetime:
        """What the clock of the processes shows now."""
        return clock.now()

    def run(self) -> None:
        """Start everything, say `ready`, and wait; what was started ends before this returns or raises."""
        self.check()
        _on_signals(_stop)
        with ExitStack() as started:
            try:
                self._start(started)
                while True:
                    self._pause()
            except Stopped:
                self._say("Stopping ...")

    def _start(self, started: ExitStack) -> None:
        self._lock = self._take_folder()
        started.callback(os.close, self._lock)
        self.check_port()
        environment = self.prepare(started, self._start_database(started))
        environment["SQL_DOOR_PORT"] = str(find_door_port(environment, self._say))
        self._start_web(started, environment)
        self._start_sequencer(started, environment)
        self._start_background(started, environment)
        self._start_door(started, environment)
        self._wait_until_ready()
        self.tell()
        self._say("Ctrl-C stops everything.")
        self._say("ready")

    def check_port(self) -> None:
        """Raise Conflict unless the port is free."""
        _check_port(self._port, f"{self.COMMAND} PORT=")

    # The folder's lock: held by us and by everything we start, so that it is free only when all of it is gone.

    def _take_folder(self) -> int:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            return self._take_lock()
        except PermissionError as error:
            raise Conflict(
                f"{error.filename or self._folder} cannot be written by this user; perhaps another user, such as root, "
                "made it. Start as that user, remove it, or set VAR_DIR to another folder."
            ) from error

    def _take_lock(self) -> int:
        deadline = time.monotonic() + LEFTOVER_SECONDS
        waiting = False
        while (lock := locks.take(self._lock_path, wait=False)) is None:
            holder = self._holder()
            if holder or time.monotonic() > deadline:
                raise Conflict(
                    f"{self.SAID} already runs here{holder}. Stop it first, or set VAR_DIR to another folder."
                )
            if not waiting:
                self._say(f"Waiting for the processes of an earlier {self.NAME} to end ...")
                waiting = True
            self._pause()
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "address": self.address}).encode(), 0)
        return lock

    @property
    def _lock_path(self) -> Path:
        return self._folder / f"{self.NAME}.lock"

    def _holder(self) -> str:
        """Which living process holds the lock, in words; empty where the one that took it is gone."""
        try:
            told = json.loads(self._lock_path.read_text())
            os.kill(told["pid"], 0)
        except (ValueError, KeyError, ProcessLookupError):
            return ""
        except PermissionError:
            pass  # it lives, as another user
        return f": process {told['pid']} at {told['address']}"

    # The database

    def _start_database(self, started: ExitStack) -> Databases:
        if (told := find_databases()).runtime:
            return told
        self._say("Starting PostgreSQL ...")
        server = embedded.start(settings.VAR_DIR / "postgres")
        if server.guarded is None:
            self._say("It runs already, and ends with the process that started it.")
        else:
            self._keep(started, "PostgreSQL", server.guarded, server.folder / "postgres.log")
        return Databases(server.owner_dsn, server.runtime_dsn)

    # Processes

    def _start_web(self, started: ExitStack, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "governance.config.web", "--host", HOST, "--port", str(self._port)]
        self._spawn(started, "web server", command, environment, "web.log")

    def _start_sequencer(self, started: ExitStack, environment: dict[str, str]) -> None:
        command = [sys.executable, "manage.py", "ledger", "sequence"]
        self._spawn(started, "sequencer of the log", command, environment, "log.log")

    def _start_background(self, started: ExitStack, environment: dict[str, str]) -> None:
        self._background = Background(
            spawn=lambda command, log: self._guarded(command, environment, log),
            folder=self._folder,
            say=self._say,
            listen=lambda: standing_still(environment["DATABASE_URL"], self.read_clock()),
        )
        started.callback(self._background.stop)

    def _start_door(self, started: ExitStack, environment: dict[str, str]) -> None:
        """It is no part that answers need: where it ends, it is started again, and all else goes on."""
        if environment["SQL_DOOR_PORT"] == "0":
            return
        log, command = self._folder / "sql-door.log", [sys.executable, "manage.py", "sql_door"]
        logfiles.begin(log)
        self._door = Kept("SQL door", lambda: self._guarded(command, environment, log), log, self._say)
        started.callback(self._door.stop)
        self._say(
            f"Dashboards read at port {environment['SQL_DOOR_PORT']} (docs/how-to/connect-a-dashboard.md)"
        )

    def _guarded(self, command: Sequence[str], environment: dict[str, str], log: Path) -> guard.Guarded:
        return guard.spawn(
            command, env=environment, cwd=settings.BASE_DIR, log=log, grace=8.0, keep=[self._lock]
        )

    def _spawn(
        self, started: ExitStack, name: str, command: Sequence[str], environment: dict[str, str], log: str
    ) -> None:
        path = self._folder / log
        logfiles.begin(path)
        self._keep(started, name, self._guarded(command, environment, path), path)

    def _keep(self, started: ExitStack, name: str, process: guard.Guarded, log: Path | None) -> None:
        started.callback(process.stop)
        self._running[name] = process, log

    def run_command(self, started: ExitStack, environment: Mapping[str, str], *words: str) -> None:
        """Run one of our own commands to its end; what it says goes where ours does."""
        command = [sys.executable, "manage.py", *words]
        process = guard.spawn(command, env=dict(environment), cwd=settings.BASE_DIR, keep=[self._lock])
        started.callback(process.stop)
        while (status := process.poll()) is None:
            self._pause()
        if status != 0:
            raise Unavailable(f"`manage.py {words[0]}` failed; what it said stands above.")

    def _pause(self) -> None:
        self._look_after()
        time.sleep(_TICK)

    def _look_after(self) -> None:
        """Raise Stopped when our parent is gone, Unavailable when one of our processes has died."""
        if self._parent is not None and os.getppid() != self._parent:
            raise Stopped
        for name, (process, log) in self._running.items():
            if (status := process.poll()) is not None:
                raise Unavailable(f"The {name} has ended (status {status}). The end of {log}:\n{_tail(log)}")
        logfiles.keep_small(self._folder.glob("*.log"))
        if self._background is not None:
            self._background.look_after()
        if self._door is not None:
            self._door.look()

    # Saying that all is well

    def _wait_until_ready(self) -> None:
        self._say("Starting the web server, the worker and the beat ...")
        deadline = time.monotonic() + READY_SECONDS
        while not (answer := _ask(f"{self.address}/readyz")).startswith("200"):
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"The web server is not ready after {READY_SECONDS:.0f} seconds; it says: {answer}"
                )
            self._pause()


def find_databases() -> Databases:
    """What the environment names, blank where it names none. Raises Conflict where it names the runtime role's database alone."""
    runtime, owner = os.environ.get("DATABASE_URL", ""), os.environ.get("DATABASE_OWNER_URL", "")
    if runtime and not owner:
        raise Conflict(
            "DATABASE_URL is set and DATABASE_OWNER_URL is not. Set both (the runtime role's address and "
            "the owner's, who migrates), or neither to use the PostgreSQL that comes with the project."
        )
    return Databases(owner, runtime)


def find_door_port(environment: Mapping[str, str], say: Say) -> int:
    """Where the SQL door opens: as SQL_DOOR_PORT says, else 5433; 0 where it stays closed, and then why is said.

    Raises Conflict where the port that was named is taken. On a PostgreSQL of one's own it needs the role that reads governed views.
    """
    told = environment.get("SQL_DOOR_PORT", "")
    if told == "0":
        return 0
    if os.environ.get("DATABASE_URL") and not environment.get("GOVERNED_DATABASE_URL"):
        say("The SQL door stays closed: GOVERNED_DATABASE_URL names no role that reads governed views.")
        return 0
    port = settings.OPERATING.sql_door.port or DOOR_PORT
    try:
        _check_port(port, "SQL_DOOR_PORT=")
    except Conflict as taken:
        if told:
            raise
        say(f"The SQL door stays closed. {taken.detail}")
        return 0
    return port


def _on_signals(act: Callable[[int, object], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, act)


def _stop(*_: object) -> NoReturn:
    # Once is enough: a second Ctrl-C must not cut the ending short.
    _on_signals(signal.SIG_IGN)
    raise Stopped


def _check_port(port: int, chosen_by: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Conflict(
                f"Port {port} of {HOST} cannot be used ({error.strerror}). Stop what uses it, or choose another: "
                f"{chosen_by}{port + 1 if port < 65535 else 8000}"
            ) from error


def _ask(url: str) -> str:
    """Status and body of an answer, or why there is none."""
    try:
        with _OPENER.open(url, timeout=5) as answer:
            return f"{answer.status} {answer.read().decode()}"
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read(500).decode(errors='replace')}"
    except OSError as error:
        return str(error)


def _tail(log: Path | None) -> str:
    if log is None or not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
