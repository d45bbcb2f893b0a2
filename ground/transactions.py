"""A transaction that takes two round trips: BEGIN goes out with what is read first, COMMIT with what is written last.

    with one_turn() as turn:
        with turn.begins():
            ...  # read; the transaction is open from here on
        ...
        with turn.ends():
            ...  # write; committed when the block is left

psycopg waits for an answer to each BEGIN and each COMMIT of its own, so both are sent here as statements among others. All
else stays Django's: its marks, its savepoints, its rollback of whatever fails. An error of any statement, COMMIT too, is
raised before the block `ends` is left, so what comes after it has been committed.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import DatabaseError, connection, transaction

from ground import statements

_HOOK = "_start_transaction_under_autocommit"  # how Django lets a backend begin by itself


class Turn:
    """One transaction; nothing of it may be read or written outside of its blocks before it `begins`."""

    def __init__(self, until: ExitStack) -> None:
        self._until = until

    @contextmanager
    def begins(self) -> Iterator[None]:
        """Open the transaction with the first statement of the block, which may only use `ground.statements`."""
        with statements.together():
            with _sending_begin():
                self._until.enter_context(transaction.atomic(durable=True))
            yield

    @contextmanager
    def ends(self) -> Iterator[None]:
        """Commit with the last statement of the block, which may only use `ground.statements` and reads nothing."""
        with statements.together():
            yield
            if not connection.savepoint_ids:  # those of a test's own transaction
                committed = statements.commit()
        if not connection.savepoint_ids and committed.statusmessage != "COMMIT":
            # PostgreSQL rolls back what had failed before, and says so without an error.
            raise DatabaseError("The transaction had failed and was not committed.")


@contextmanager
def one_turn() -> Iterator[Turn]:
    """A transaction of its own, in none. What is raised inside undoes it; left without `ends`, it is committed as any other."""
    with ExitStack() as until:
        yield Turn(until)


@contextmanager
def _sending_begin() -> Iterator[None]:
    """Have Django send BEGIN as a statement, which does not wait for its answer in a pipeline."""
    setattr(connection, _HOOK, statements.begin)
    try:
        yield
    finally:
        delattr(connection, _HOOK)
