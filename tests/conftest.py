"""Fixtures for the whole suite."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import furnished, house

_server = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that outlives all others; workers find it running."""
    global _server
    _server = house.start()
    if not hasattr(config, "workerinput"):
        house.template(_server)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords at the least cost; processes that tests start hash them at the full one."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickArgon2"]):
        yield


@pytest.fixture(scope="session")
def server():
    """The embedded server of this run."""
    return _server


@pytest.fixture(scope="session")
def django_db_setup(server, django_db_blocker):
    """A copy of the template a worker, connected as the runtime role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock(), house.copy(server, f"test_{worker}_{os.getpid()}") as name:
        furnished.connect(server, name)
        yield
        from django.db import connections

        connections.close_all()


@pytest.fixture
def committed_db(server, django_db_setup, django_db_blocker):
    """A database of the test's own, where commits are real and threads see them."""
    with django_db_blocker.unblock(), house.copy(server) as name, furnished.connected(server, name):
        yield name


@pytest.fixture(scope="session")
def houses(server, django_db_setup, django_db_blocker) -> Iterator[furnished.Houses]:
    """Houses that are furnished once a worker."""
    with django_db_blocker.unblock(), ExitStack() as kept:
        yield furnished.Houses(server, kept)


@pytest.fixture
def by(db):
    """The system's own account, for tests that need some account to act."""
    from governance.people import services

    return services.system_account()
