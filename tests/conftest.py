"""Fixtures for the whole suite."""

import gc
from collections.abc import Iterator
from functools import wraps
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.test import override_settings
from pytest_django.plugin import blocking_manager_key

from tests import databases, proof, snapshots
from tests.layers import active_charter, board, founded
from tests.snapshots import Snapshots, Visit

__all__ = ["active_charter", "board", "founded"]

SNAPSHOTS = pytest.StashKey[Snapshots]()
VISIT = pytest.StashKey[Visit]()
SERVER = pytest.StashKey[Any]()


# How long one example may take says more of the machine than of the law. Laws that do not say how many examples they are
# tried on have twenty-five in the suite, and four hundred in the proof.
EXAMPLES = proof.whole_or_short(400, 25)
hypothesis.settings.register_profile("suite", deadline=None, max_examples=EXAMPLES)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that outlives all others; workers find it running."""
    config.stash[SERVER] = server = databases.start()
    databases.make_keys()
    if not hasattr(config, "workerinput"):
        snapshots.begin(server)
    config.stash[SNAPSHOTS] = Snapshots(server)


# Passwords are hashed at the least cost, and static files are not looked for whenever a client is made (28 ms each). The
# processes that tests start have the settings as they are, the browser's server its files.
QUICK = {"PASSWORD_HASHERS": ["tests.hashing.QuickArgon2"], "WHITENOISE_USE_FINDERS": False}


def pytest_sessionstart() -> None:
    """Do without what costs every test time and proves nothing, and look at every event that is appended."""
    override_settings(**QUICK).enable()
    _check_events()


def _check_events() -> None:
    """Whatever the suite appends to the log holds what its class declares: structs do not look at what they are given."""
    import msgspec

    from audits.ledger import services

    real = services.append

    @wraps(real)
    def append(event, *, by):
        msgspec.json.decode(msgspec.json.encode(event.payload()), type=type(event))
        return real(event, by=by)

    services.append = append


def pytest_unconfigure(config: pytest.Config) -> None:
    if SNAPSHOTS not in config.stash:
        return  # the server did not start, and pytest is telling why
    with config.stash[blocking_manager_key].unblock():
        config.stash[SNAPSHOTS].close()
    if not hasattr(config, "workerinput"):
        snapshots.end(config.stash[SERVER])


def pytest_itemcollected(item: pytest.Item) -> None:
    """Laws belong to the proof too, which tries them on more examples."""
    if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
        item.add_marker("proof")


# What takes longest begins first, so that no worker is left alone with it at the end.
FIRST = ("tests/governance/demo/", "tests/browser/", "tests/governance/decisions/test_at_once.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests first, and those of a file together, as they stand on the same snapshots; long journeys in the proof alone."""
    if left := [item for item in items if _is_left_out(item)]:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


def pytest_collection_finish() -> None:
    """Never look for garbage among what stays until the end: a million objects, which took a tenth of the suite's time."""
    gc.collect()
    gc.freeze()


def _is_left_out(item: pytest.Item) -> bool:
    """What is for the proof alone from the suite, and from the short proof what the suite ran or is for the whole one alone."""
    markers = list(item.iter_markers("proof"))
    said = {word for marker in markers for word, is_said in marker.kwargs.items() if is_said}
    if proof.ASKED == "short":
        return bool(markers) and said != {"alone"}
    return ("alone" in said or "whole" in said) and not proof.ASKED


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Connect to the database in which the test's snapshots stand, before any fixture looks into it."""
    if _needs_database(item):
        _forget_time_zones()
        with item.config.stash[blocking_manager_key].unblock():
            steps = snapshots.steps_of(item)
            item.stash[VISIT] = item.config.stash[SNAPSHOTS].enter(steps, committed=_commits(item))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call() -> None:
    """Know no time zone of a programme from another test, nor from preparing this one, so that statements can be counted."""
    _forget_time_zones()


def _forget_time_zones() -> None:
    from charter.programme.queries import known_zones

    known_zones.clear()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """See that the test has left the database as it found it, unless that was its own."""
    if VISIT in item.stash:
        with item.config.stash[blocking_manager_key].unblock():
            item.config.stash[SNAPSHOTS].leave()


def _needs_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db")) or not {"db", "database"}.isdisjoint(
        snapshots.fixtures_of(item)
    )


def _commits(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("committed")) or "committed_db" in snapshots.fixtures_of(item)


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config):
    """The embedded server of this run."""
    return pytestconfig.stash[SERVER]


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Nothing to set up: each test is connected to its database before its fixtures are."""


@pytest.fixture
def database(request: pytest.FixtureRequest, django_db_blocker) -> Iterator[Visit]:
    """Where the test stands. What it does is undone at its end; if it is marked `committed`, the database is its own."""
    if _commits(request.node):
        with django_db_blocker.unblock():
            yield request.node.stash[VISIT]
    else:
        request.getfixturevalue("db")
        yield request.node.stash[VISIT]


@pytest.fixture
def committed_db(database) -> str:
    """A database of the test's own, where commits are real and threads see them; gives its name."""
    return connection.settings_dict["NAME"]


@pytest.fixture
def by(database):
    """The system's own account, for tests that need some account to act."""
    from governance.people import services

    return services.get_system_account()
