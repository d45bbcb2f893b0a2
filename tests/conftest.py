"""Fixtures for the whole suite."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests import house

_server = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that outlives all others; workers find it running."""
    global _server
    _server = house.start()
    if not hasattr(config, "workerinput"):
        house.template(_server)


@pytest.fixture(scope="session")
def server():
    """The embedded server of this run."""
    return _server


@pytest.fixture(scope="session")
def django_db_setup(server, django_db_blocker):
    """A copy of the template a worker, connected as the runtime role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock(), house.copy(server, f"test_{worker}_{os.getpid()}") as name:
        _connect(server, name)
        yield
        from django.db import connections

        connections.close_all()


@pytest.fixture
def committed_db(server, django_db_setup, django_db_blocker):
    """A database of the test's own, where commits are real and threads see them."""
    with django_db_blocker.unblock(), connected_copy(server) as name:
        yield name


@contextmanager
def connected_copy(server, of: str = "") -> Iterator[str]:
    """Connect to a copy of the template, or of another database, and back to where we were afterwards."""
    from django.db import connection, connections

    before = connection.settings_dict["NAME"]
    with house.copy(server, of=of) as name:
        _connect(server, name)
        try:
            yield name
        finally:
            connections.close_all()
            _connect(server, before)


@pytest.fixture
def by(db):
    """The system's own account, for tests that need some account to act."""
    from governance.people import services

    return services.system_account()


def _connect(server, name: str) -> None:
    from django.db import connection

    from governance.config.settings import database

    connection.close()
    connection.settings_dict.update(database(house.runtime_url(server, name)))
