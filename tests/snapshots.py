"""Snapshots: what many tests stand on, made once, and for every test as if it had just been made.

    @snapshots.fixture
    def case(founded):
        return factories.an_open_case()

A fixture that is made so runs once a run, on a copy of the database that the snapshots it names left; what it returns
is kept beside it. Each worker copies that database once and each test stands in the copy: what it does there is undone
at its end. A test whose work must be committed, as other threads or processes are to see it, is marked `committed` and
gets a copy of its own. A snapshot is made anew when any code has changed, and every day, so it is never stale.
"""

import functools
import inspect
import io
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Model

from ground import clock, embedded, locks
from tests import databases

KEPT = databases.FOLDER / "snapshots"
# Databases that a worker keeps open for tests to come; the one left longest ago goes first.
AT_MOST = 8
RUN = "TEST_SNAPSHOTS"
# The lock that says that this run goes on.
_RUNNING: list[int] = []


class Snapshot:
    """A function to be called once, the snapshots that its parameters name, and the time that its clock shows."""

    def __init__(self, make: Callable[..., object], at: datetime | None) -> None:
        self.make, self.at = make, at
        self.name = f"{make.__module__}.{make.__qualname__}"
        self.parameters = tuple(inspect.signature(make).parameters)


def fixtures_of(item: pytest.Item) -> list[str]:
    """The names of all fixtures that a test has, those of its fixtures too."""
    return getattr(item, "fixturenames", [])


def fixture(make: Callable[..., object] | None = None, *, at: datetime | None = None):
    """A fixture whose function is called once a run; `at` is what the clock shows it, the present unless given."""
    if make is None:
        return functools.partial(fixture, at=at)

    def visit(database: "Visit", **_: object) -> object:
        return database.value(snapshot)

    snapshot = Snapshot(make, at)
    made: Any = visit
    made.snapshot = snapshot
    names = ["database", *snapshot.parameters]
    made.__signature__ = inspect.Signature(
        [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
    )
    visit.__doc__, visit.__module__ = make.__doc__, make.__module__
    return pytest.fixture(visit, name=make.__name__)


Steps = tuple[Snapshot, ...]


class Visit:
    """Where a test stands: a database, and what the snapshots in it returned."""

    def __init__(self, steps: Steps, values: Path | None) -> None:
        self._steps, self._file = steps, values

    def value(self, snapshot: Snapshot) -> object:
        """What a snapshot returned; a copy of the test's own."""
        if snapshot not in self._steps:
            raise LookupError(f"{snapshot.name} must be asked for by name, not while the test runs.")
        return self._values[snapshot.name]

    @functools.cached_property
    def _values(self) -> dict[str, object]:
        return _load(self._file)


class Snapshots:
    """The databases of one worker."""

    def __init__(self, server: embedded.Server) -> None:
        self._server = server
        self._copies: dict[str, str] = {}
        self._parked: dict[str, Any] = {}
        self._there: set[str] = set()
        self._own: str | None = None
        self._found = 0

    def enter(self, steps: Steps, *, committed: bool) -> Visit:
        """Connect to a database as these snapshots left it: this worker's, or with `committed` one for this time alone."""
        made = self._made(steps)
        if committed:
            self._own = _new_name()
            databases.create(self._server, self._own, of=made)
        self._switch_to(self._own or self._copy(made))
        self._found = _leaves()
        return Visit(steps, _values(made) if steps else None)

    def leave(self) -> None:
        """Drop the database that was for one time alone, or see that the worker's is as it was found.

        What a thread commits would be there for all tests that come after.
        """
        if self._own:
            connections.close_all()
            databases.drop(self._server, self._own)
            self._own = None
        else:
            assert _leaves() == self._found, "This test commits what it does; mark it `committed`."

    def close(self) -> None:
        """Drop all databases of this worker; the snapshots stay."""
        connections.close_all()
        for name in self._copies.values():
            self._drop(name)

    def _switch_to(self, name: str) -> None:
        """Connect to a database. The connection to the one before is kept for when tests come back to it.

        One that is new must read the catalogue and compile the triggers again, which takes as long as a test.
        """
        before = connection.settings_dict["NAME"]
        if before == name:
            return
        if before in self._copies.values() and connection.connection and not connection.connection.closed:
            self._parked[before], connection.connection = connection.connection, None
        connect(self._server, name)
        connection.connection = self._parked.pop(name, None)

    def _drop(self, name: str) -> None:
        if parked := self._parked.pop(name, None):
            parked.close()
        databases.drop(self._server, name)

    def _copy(self, made: str) -> str:
        """This worker's copy of a database; the one that was used last is last."""
        name = self._copies.pop(made, None)
        if name is None:
            if len(self._copies) == AT_MOST:
                connection.close()
                self._drop(self._copies.pop(next(iter(self._copies))))
            name = _new_name()
            databases.create(self._server, name, of=made)
        self._copies[made] = name
        return name

    def _made(self, steps: Steps) -> str:
        """The name of the database that these snapshots, each on the one before, have left."""
        if not steps:
            return databases.template(self._server)
        name = f"{beginning()}_{_hash(steps)}"
        if name not in self._there and not databases.exists(self._server, name):
            of = self._made(steps[:-1])
            databases.make_once(self._server, name, lambda draft: self._make(draft, steps, of, name), of=of)
        self._there.add(name)
        return name

    def _make(self, draft: str, steps: Steps, of: str, name: str) -> None:
        *before, last = steps
        with connected(self._server, draft), _clock_of(steps):
            values = _load(_values(of)) if before else {}
            found = {each.make.__name__: values[each.name] for each in before}
            values[last.name] = last.make(**{each: found[each] for each in last.parameters})
            _keep(values, _values(name))


def steps_of(item: pytest.Item) -> Steps:
    """The snapshots among an item's fixtures and those that it is marked to stand on, each after those below it."""
    ordered: dict[Snapshot, None] = {}

    def add(snapshot: Snapshot) -> None:
        for name in snapshot.parameters:
            add(_snapshot(item, name) or pytest.fail(f"{name} is no snapshot, as {snapshot.name} needs it."))
        ordered.setdefault(snapshot)

    marker = item.get_closest_marker("stands_on")
    named = {_snapshot(item, name) for name in (*fixtures_of(item), *(marker.args if marker else ()))}
    for snapshot in sorted(filter(None, named), key=lambda each: each.name):
        add(snapshot)
    return tuple(ordered)


def _snapshot(item: pytest.Item, name: str) -> Snapshot | None:
    """The snapshot that a fixture of this name is for an item, where it is one."""
    defined = item.session._fixturemanager.getfixturedefs(name, item)
    return getattr(defined[-1].func, "snapshot", None) if defined else None


def begin(server: embedded.Server) -> None:
    """Before a run: a migrated template, and no snapshots that other code or another day left, unless a run uses them."""
    databases.template(server)
    os.environ[RUN] = f"snapshot_{code()}_{datetime.now(UTC):%m%d}"
    KEPT.mkdir(exist_ok=True)
    _RUNNING.append(
        locks.take(KEPT / f"{beginning()}.{os.getpid()}.run", wait=True)
    )  # until this process ends
    _drop_unused(server)


def end(server: embedded.Server) -> None:
    """After a run: what lies in memory is given back, unless another run uses it."""
    os.close(_RUNNING.pop())
    if databases.is_in_memory():
        _drop_unused(server)


def _drop_unused(server: embedded.Server) -> None:
    in_use = tuple(path.name.split(".")[0] for path in KEPT.glob("*.run") if locks.is_held(path))
    databases.drop_others(server, "snapshot_", but=in_use)
    for path in KEPT.iterdir():
        if not path.name.startswith(in_use):
            path.unlink(missing_ok=True)


def beginning() -> str:
    """How the names of this run's snapshots begin; workers have it from the process that started them."""
    return os.environ[RUN]


@functools.cache
def code() -> str:
    """A hash of all code, its data and its libraries."""
    roots = ["audits", "charter", "governance", "ground", "tests"]
    files = [path for root in roots for path in (databases.PROJECT / root).rglob("*") if _is_source(path)]
    return databases.hash_files([*files, databases.PROJECT / "requirements.lock"])


@contextmanager
def connected(server: embedded.Server, name: str) -> Iterator[None]:
    """Connect to a database, and leave it afterwards."""
    connect(server, name)
    try:
        yield
    finally:
        connections.close_all()


def connect(server: embedded.Server, name: str) -> None:
    """Let the connection be one to this database, as the runtime role; stay where one is there already."""
    from governance.config.addresses import database

    if connection.settings_dict["NAME"] != name:
        connection.close()
        connection.settings_dict.update(database(databases.runtime_url(server, name)))


def _leaves() -> int:
    from audits.ledger.models import Entry

    return Entry.objects.count()


def _clock_of(steps: Steps):
    """A snapshot without a time of its own is made at that of the one before."""
    at = next((each.at for each in reversed(steps) if each.at), None)
    return clock.stopped_at(at) if at else nullcontext()


def _is_source(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"


def _keep(values: dict[str, object], path: Path) -> None:
    """Write what snapshots returned, and their rows as they stand in the database now: each test has its own of these.

    Reading them anew for each test took 16 statements, a third of what a small test costs.
    """
    rows: dict[tuple[type[Model], object], Model] = {}

    class Keeper(pickle.Pickler):
        def persistent_id(self, value: object):
            if not isinstance(value, Model):
                return None
            key = type(value), value.pk
            if key not in rows:
                rows[key] = type(value)._base_manager.get(pk=value.pk)
            return key

    kept = io.BytesIO()
    Keeper(kept).dump(values)
    path.write_bytes(pickle.dumps((rows, kept.getvalue())))


def _load(path: Path) -> dict[str, object]:
    rows, kept = pickle.loads(path.read_bytes())  # noqa: S301 - written by this run

    class Reader(pickle.Unpickler):
        def persistent_load(self, key):
            return rows[key]

    return Reader(io.BytesIO(kept)).load()


def _hash(steps: Steps) -> str:
    return sha256(repr([(each.name, each.at) for each in steps]).encode()).hexdigest()[:12]


def _values(name: str) -> Path:
    return KEPT / f"{name}.pickle"


def _new_name() -> str:
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.urandom(6).hex()}"
