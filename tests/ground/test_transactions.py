"""A transaction in two round trips: it is a transaction like any other, whatever fails."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, connection, connections, transaction

from ground import statements
from ground.models import Count
from ground.statements import Read
from ground.transactions import one_turn
from tests import databases

KEPT = "INSERT INTO ground_count (key, spent, ends_at, granted) VALUES (%(key)s, 1, now(), true)"
ONE = Read("SELECT 1 AS spent", dict)
COMMITS_FAIL = """
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$;
CREATE CONSTRAINT TRIGGER fails_at_commit AFTER INSERT ON ground_count
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail();
"""


def write(key: str = "a") -> None:
    statements.run(KEPT, {"key": key})


def keys() -> set[str]:
    return set(Count.objects.values_list("key", flat=True))


def usable() -> bool:
    """Whether the connection is as Django left it: outside of a transaction, and each statement committed by itself."""
    raw = connection.connection
    idle = raw is None or (
        raw.autocommit and raw.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    )
    return idle and connection.get_autocommit() and not connection.in_atomic_block


@contextmanager
def traced() -> Iterator[list[str]]:
    """What the server sends back, message by message, as libpq traces it."""
    with tempfile.NamedTemporaryFile() as file:
        raw = connection.connection.pgconn
        raw.trace(file.fileno())
        raw.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)
        said: list[str] = []
        try:
            yield said
        finally:
            raw.untrace()
            said += Path(file.name).read_text().splitlines()


def round_trips(lines: list[str]) -> int:
    """How often the client spoke after the server had: each time it had waited for an answer."""
    sides = [line.split()[0] for line in lines]
    return sum(now == "F" and before == "B" for before, now in zip(["B", *sides], sides, strict=False))


def test_what_ends_a_turn_is_committed(committed_db) -> None:
    with one_turn() as turn:
        with turn.begins():
            asked = statements.ask(ONE, parameters={})
        assert asked.found() == ([{"spent": 1}],)
        assert connection.in_atomic_block
        with turn.ends():
            write()
        assert not elsewhere_in_transaction()
    assert keys() == {"a"} and usable()


def elsewhere_in_transaction() -> bool:
    return connection.connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE


def test_a_turn_takes_two_round_trips(committed_db) -> None:
    """Issue 14, 6: reads with BEGIN, inserts with COMMIT."""

    def turn_of(key: str) -> None:
        with one_turn() as turn:
            with turn.begins():
                asked = statements.ask(ONE, parameters={})
            asked.found()
            with turn.ends():
                write(key)
                write(f"{key} again")

    turn_of("to prepare them")
    with traced() as lines:
        turn_of("b")
    assert sum(line.split()[2] == "ReadyForQuery" for line in lines) == 2, lines
    assert round_trips(lines) == 2, lines


@pytest.mark.parametrize("where", ["between", "while it ends"])
def test_what_fails_undoes_the_turn(committed_db, where) -> None:
    with pytest.raises(ValueError, match="stop"), one_turn() as turn:
        with turn.begins():
            statements.ask(ONE, parameters={})
        if where == "between":
            write()
            raise ValueError("stop")
        with turn.ends():
            write()
            raise ValueError("stop")
    assert keys() == set() and usable()


@pytest.mark.parametrize("twice", [0, 1], ids=["the first statement", "the last statement"])
def test_a_statement_that_fails_undoes_the_turn(committed_db, twice) -> None:
    """The commit is sent behind it, and PostgreSQL does not take it."""
    with pytest.raises(IntegrityError), one_turn() as turn:
        with turn.begins():
            statements.ask(ONE, parameters={})
        write("there")
        with turn.ends():
            for key in (["there", "b"], ["b", "there"])[twice]:
                write(key)
    assert keys() == set() and usable()


def test_a_commit_that_fails_raises_before_what_comes_after_it(committed_db, server) -> None:
    """Issue 2, 7: nothing leaves of what was not committed."""
    address = databases.owner_url(server, connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute(COMMITS_FAIL)
    after = []
    with pytest.raises(IntegrityError), one_turn() as turn:
        with turn.begins():
            statements.ask(ONE, parameters={})
        with turn.ends():
            write()
        after.append("left")
    assert after == [] and keys() == set() and usable()


def test_what_had_failed_is_not_said_to_be_committed(committed_db) -> None:
    """PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and no error."""
    with pytest.raises(DatabaseError, match="not committed"), one_turn() as turn:
        with turn.begins():
            statements.ask(ONE, parameters={})
        write()
        raw = connection.connection
        with pytest.raises(psycopg.errors.DivisionByZero):  # past Django, which would know
            raw.execute("SELECT 1/0")
        with turn.ends():
            pass
    assert keys() == set() and usable()


def test_a_savepoint_that_failed_for_good_is_not_committed(committed_db) -> None:
    with pytest.raises(transaction.TransactionManagementError), one_turn() as turn:
        with turn.begins():
            statements.ask(ONE, parameters={})
        write()
        connection.needs_rollback = True
        with turn.ends():
            pass
    assert keys() == set() and usable()


def test_a_turn_left_without_its_end_is_committed(committed_db) -> None:
    """What is written through Django belongs to it as well."""
    with one_turn() as turn:
        with turn.begins():
            statements.ask(ONE, parameters={})
        with transaction.atomic():
            write()
    assert keys() == {"a"} and usable()


def test_a_turn_is_in_no_other_transaction(committed_db) -> None:
    with (
        transaction.atomic(),
        pytest.raises(RuntimeError, match="durable"),
        one_turn() as turn,
        turn.begins(),
    ):
        pass
    assert usable()


def test_in_a_tests_own_transaction_it_is_a_savepoint(db) -> None:
    with pytest.raises(IntegrityError), one_turn() as turn:
        with turn.begins():
            statements.ask(ONE, parameters={})
        with turn.ends():
            write()
            write()
    with one_turn() as turn:
        with turn.begins():
            statements.ask(ONE, parameters={})
        with turn.ends():
            write("b")
    assert keys() == {"b"}


def test_a_connection_that_was_hung_up_is_made_anew(committed_db, server) -> None:
    """Issue 14, 6: the health check costs no statement, and what it is for still works."""
    statements.read(ONE, parameters={})
    address = databases.owner_url(server, connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    ours: Any = connections[DEFAULT_DB_ALIAS]
    ours.health_check_enabled, ours.health_check_done = True, False
    with one_turn() as turn:
        with turn.begins():
            asked = statements.ask(ONE, parameters={})
        assert asked.found()
        with turn.ends():
            write()
    assert keys() == {"a"} and usable()
