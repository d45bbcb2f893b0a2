"""Furnished houses: made once a worker, as making one takes seconds, and visited by many tests.

What a visitor does is undone at the end. A test whose work must be committed, as other threads or processes are to see
it, is marked `committed` and gets a copy of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from django.db import connection, connections, transaction

from ground import clock, embedded
from tests import house

Furnish = Callable[[], None]


class Houses:
    """The databases that functions furnished in this worker, by function."""

    def __init__(self, server: embedded.Server, kept: ExitStack) -> None:
        self._server, self._kept = server, kept
        self._names: dict[Furnish, str] = {}

    def furnished(self, *steps: Furnish, at: datetime) -> str:
        """The name of a database in which these functions have been called, each on what the one before left."""
        *before, last = steps
        if last not in self._names:
            of = self.furnished(*before, at=at) if before else ""
            name = self._kept.enter_context(house.copy(self._server, of=of))
            with connected(self._server, name), clock.stopped_at(at):
                last()
            self._names[last] = name
        return self._names[last]

    @contextmanager
    def visited(self, name: str, *, committed: bool) -> Iterator[None]:
        """Be in a furnished house; what is done there stays for nobody."""
        with ExitStack() as stack:
            if committed:
                stack.enter_context(
                    connected(self._server, stack.enter_context(house.copy(self._server, of=name)))
                )
            else:
                stack.enter_context(connected(self._server, name))
                stack.enter_context(_left_as_found())
                stack.enter_context(undone())
            yield


@contextmanager
def connected(server: embedded.Server, name: str) -> Iterator[None]:
    """Connect to a database, and back to where we were afterwards."""
    before = connection.settings_dict["NAME"]
    connect(server, name)
    try:
        yield
    finally:
        connections.close_all()
        connect(server, before)


def connect(server: embedded.Server, name: str) -> None:
    """Let the connection be one to this database, as the runtime role."""
    from governance.config.settings import database

    connection.close()
    connection.settings_dict.update(database(house.runtime_url(server, name)))


@contextmanager
def undone() -> Iterator[None]:
    """Undo at the end what was done in the block; transactions that ask to be the outermost are let be inside it."""
    block = transaction.atomic()
    block._from_testcase = True  # as Django's own TestCase does
    with block:
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def _left_as_found() -> Iterator[None]:
    """Catch a visitor whose work stays, such as a thread's: it would be there for all who come after."""
    before = _leaves()
    yield
    assert _leaves() == before, "This test commits what it does; mark it `committed`."


def _leaves() -> int:
    from audits.ledger.models import Entry

    return Entry.objects.count()
