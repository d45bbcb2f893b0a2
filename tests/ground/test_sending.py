"""Statements that are prepared already go past psycopg's cursors, and leave nothing behind (issue 14, 6)."""

import gc
import weakref

import psycopg

from ground import sending
from tests import databases

STATEMENT = "SELECT %(number)s::int, NULL"


def connect(server) -> psycopg.Connection:
    return psycopg.connect(databases.runtime_url(server, "postgres"), autocommit=True)


def test_what_is_not_prepared_is_left_to_a_cursor(server):
    with connect(server) as raw:
        assert sending.send(raw, STATEMENT, {"number": 1}) is None
        raw.execute(STATEMENT, {"number": 1}, prepare=True)
        sent = sending.send(raw, STATEMENT, {"number": 2})
        assert sent is not None and sent.fetchall() == [(b"2", None)]


def test_a_connection_that_is_closed_is_kept_by_nothing(server):
    """Django opens another each minute; a map of statements by connection kept them all, as each statement holds its own."""
    raw = connect(server)
    raw.execute(STATEMENT, {"number": 1}, prepare=True)
    sending.send(raw, STATEMENT, {"number": 2})
    raw.close()
    kept = weakref.ref(raw)
    del raw
    gc.collect()
    assert kept() is None
