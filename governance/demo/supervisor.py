"""Runs the whole product on this machine: database, web server, worker, beat; and ends all of it with itself."""

import json
import os
import secrets
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

import psycopg
from django.conf import settings

from governance.demo import state as demo_state
from governance.demo.background import Background, standing_still
from governance.demo.dataset import DataSet
from governance.demo.state import State
from ground import embedded, guard, locks, logfiles
from ground.errors import Conflict, Unavailable

HOST = "127.0.0.1"
READY_SECONDS = 60.0
# How long a demo that was killed may take to take its processes down.
LEFTOVER_SECONDS = 30.0
_TICK = 0.1

# A proxy that the environment names has no business between us and our own web server.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

Say = Callable[[str], None]


class Stopped(Exception):
    """Somebody asked the demo to end, or its parent is gone."""


class Supervisor:
    """One run of the demo in `VAR_DIR`; `run()` returns when it is asked to end, and raises DomainError when it cannot go on."""

    def __init__(self, *, data: str, port: int, with_parent: bool, say: Say) -> None:
        self._data_folder = str(Path(data).expanduser().absolute()) if data else ""
        self._port = port
        self._parent = os.getppid() if with_parent else None
        self._say = say
        self._folder = settings.VAR_DIR / "demo"
        self._running: dict[str, tuple[guard.Guarded, Path | None]] = {}
        self._background: Background | None = None
        self._lock = -1

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._port}"

    def run(self) -> None:
        """Start everything, say `ready`, and wait; what was started ends before this returns or raises."""
        if not settings.DEBUG:
            raise Conflict(
                "The demo makes sign-ins for everybody and is for trying out only, so it does not run with "
                "DEBUG=false. Unset DEBUG, or set up an installation of your own (see README)."
            )
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
        _check_port(self._port)
        data = demo_state.open_data_set(self._data_folder)
        state = demo_state.begin_or_continue(self._folder, data)
        owner, runtime = self._start_database(started)
        environment = self._environment(state, runtime)
        self._prepare(started, data, state, environment, owner, runtime)
        self._start_web(started, environment)
        self._start_sequencer(started, environment)
        self._start_background(started, environment, state)
        self._wait_until_ready()
        self._tell(data, state)

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
                    f"A demo already runs here{holder}. Stop it first, or set VAR_DIR to another folder."
                )
            if not waiting:
                self._say("Waiting for the processes of an earlier demo to end ...")
                waiting = True
            self._pause()
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "address": self.address}).encode(), 0)
        return lock

    @property
    def _lock_path(self) -> Path:
        return self._folder / "demo.lock"

    def _holder(self) -> str:
        """Which living demo holds the lock, in words; empty where the one that took it is gone."""
        try:
            told = json.loads(self._lock_path.read_text())
            os.kill(told["pid"], 0)
        except (ValueError, KeyError, ProcessLookupError):
            return ""
        except PermissionError:
            pass  # it lives, as another user
        return f": process {told['pid']} at {told['address']}"

    # The database

    def _start_database(self, started: ExitStack) -> tuple[str, str]:
        """The addresses of the owner and the runtime role."""
        runtime, owner = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
        if runtime:
            if not owner:
                raise Conflict(
                    "DATABASE_URL is set and DATABASE_OWNER_URL is not. Set both (the runtime role's address and "
                    "the owner's, who migrates), or neither to use the PostgreSQL that comes with the project."
                )
            return owner, runtime
        self._say("Starting PostgreSQL ...")
        server = embedded.start(settings.VAR_DIR / "postgres")
        if server.guarded is None:
            self._say("It runs already, and ends with the process that started it.")
        else:
            self._keep(started, "PostgreSQL", server.guarded, server.folder / "postgres.log")
        return server.owner_dsn, server.runtime_dsn

    def _prepare(
        self,
        started: ExitStack,
        data: DataSet,
        state: State,
        environment: dict[str, str],
        owner: str,
        runtime: str,
    ) -> None:
        """Migrate and seed, unless everything that matters is as it was when that was last done."""
        fingerprint = demo_state.fingerprint(settings.BASE_DIR, data)
        present = _programme(runtime)
        files = (self._folder / "warehouse.duckdb", self._folder / "credentials.json")
        done = present and state.finished(programme=present, fingerprint=fingerprint) == state
        if done and all(path.exists() for path in files):
            self._say("Nothing has changed since the last start.")
            return
        self._say("Migrating the database, as its owner ...")
        migration = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        self._run(started, migration, {**environment, "DATABASE_URL": owner})
        if not present:
            self._make_keys(started, environment)
        seeding = [
            sys.executable,
            "manage.py",
            "demo_seed",
            *(["--data", self._data_folder] if self._data_folder else []),
        ]
        self._run(started, seeding, environment)
        state.finished(programme=_programme(runtime), fingerprint=fingerprint).write(self._folder)

    def _make_keys(self, started: ExitStack, environment: dict[str, str]) -> None:
        """A demo that begins makes its keys; one that has lost them later does not start, as nothing does."""
        keys = (settings.LEDGER_SIGNING_KEY_FILE, settings.LEDGER_SEALING_KEY_FILE, settings.APPEALS_KEY_FILE)
        if not all(key.exists() for key in keys):
            self._run(started, [sys.executable, "manage.py", "ledger", "keys", "init"], environment)

    # Processes

    def _environment(self, state: State, runtime: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}
        return {
            **kept,
            "DEBUG": "true",
            "DATABASE_URL": runtime,
            "VAR_DIR": str(settings.VAR_DIR.absolute()),
            "WAREHOUSE_URL": demo_state.warehouse_url(self._folder),
            "CLOCK_OFFSET": str(state.clock_offset),
            "BASE_URL": self.address,
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str((self._folder / "mail").absolute()),
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self._secret_key(),
            "PYTHONUNBUFFERED": "1",
        }

    def _secret_key(self) -> str:
        """A key of this demo's own, kept so that whoever is signed in stays so over a restart."""
        path = self._folder / "secret-key"
        key = path.read_text() if path.exists() else ""
        if not key:
            key = secrets.token_urlsafe(48)
            path.touch(mode=0o600)
            path.write_text(key)
        return key

    def _start_web(self, started: ExitStack, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "governance.config.web", "--host", HOST, "--port", str(self._port)]
        self._spawn(started, "web server", command, environment, "web.log")

    def _start_sequencer(self, started: ExitStack, environment: dict[str, str]) -> None:
        command = [sys.executable, "manage.py", "ledger", "sequence"]
        self._spawn(started, "sequencer of the log", command, environment, "log.log")

    def _start_background(self, started: ExitStack, environment: dict[str, str], state: State) -> None:
        self._background = Background(
            spawn=lambda command, log: self._guarded(command, environment, log),
            folder=self._folder,
            say=self._say,
            listen=lambda: standing_still(environment["DATABASE_URL"], demo_state.moment(state)),
        )
        started.callback(self._background.stop)

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

    def _run(self, started: ExitStack, command: Sequence[str], environment: dict[str, str]) -> None:
        """Run one of our own commands to its end; what it says goes where ours does."""
        process = guard.spawn(command, env=environment, cwd=settings.BASE_DIR, keep=[self._lock])
        started.callback(process.stop)
        while (status := process.poll()) is None:
            self._pause()
        if status != 0:
            raise Unavailable(f"`{' '.join(command[1:3])}` failed; what it said stands above.")

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

    def _tell(self, data: DataSet, state: State) -> None:
        credentials = self._folder / "credentials.json"
        names = json.loads(credentials.read_text())
        self._say("")
        self._say(data.about)
        self._say(f"The demo's clock shows {demo_state.moment(state):%-d %B %Y, %H:%M} UTC.")
        self._say(f"Address    {self.address}")
        self._say(f"Sign-ins   {' '.join(names)}")
        self._say(f"Passwords  {credentials} (and API tokens)")
        self._say(f"Logs       {self._folder}/*.log")
        self._say(f"A question {_example(self.address, credentials, data)}")
        self._say("Ctrl-C stops everything.")
        self._say("ready")


def _on_signals(act: Callable[[int, object], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, act)


def _stop(*_: object) -> NoReturn:
    # Once is enough: a second Ctrl-C must not cut the ending short.
    _on_signals(signal.SIG_IGN)
    raise Stopped


def _check_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Conflict(
                f"Port {port} of {HOST} cannot be used ({error.strerror}). Stop what uses it, or choose another: "
                f"make demo PORT={port + 1 if port < 65535 else 8000}"
            ) from error


def _programme(dsn: str) -> str:
    """The id of the programme in a database, empty where there is none."""
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            if connection.execute("SELECT to_regclass('programme_programme')").fetchone() == (None,):
                return ""
            row = connection.execute("SELECT id FROM programme_programme").fetchone()
    except psycopg.OperationalError as error:
        raise Unavailable(
            "The database does not answer. See DATABASE_URL, or the log in var/postgres."
        ) from error
    return str(row[0]) if row else ""


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


def _example(address: str, credentials: Path, data: DataSet) -> str:
    """A first question with curl, for the half year before the data end."""
    last = data.as_of.date().replace(day=1)
    months = last.year * 12 + last.month - 1 - 6
    first = last.replace(year=months // 12, month=months % 12 + 1)
    question = {
        "decision": "retrospective",
        "view": "diagnostic",
        "metrics": ["lead-time-for-changes"],
        "grain": "team",
        "cohorts": [f"team:{data.team}"],
        "window": {"from": first.isoformat(), "to": last.isoformat()},
        "period": "month",
    }
    token = f"""$(python3 -c 'import json; print(json.load(open("{credentials}"))["manager"]["token"])')"""
    return (
        f'curl -s {address}/api/v1/queries -H "Authorization: Token {token}" '
        f"-H 'Content-Type: application/json' -d '{json.dumps(question)}'"
    )
