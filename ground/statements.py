"""The statements of the line that every question takes: several reads in one, planned once a connection.

All other queries go through the ORM. The connection prepares unless DATABASE_PREPARE=false (governance/config/addresses.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from select import POLLIN, poll
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorDebugWrapper
from django.db.models import BinaryField, JSONField, Model
from msgspec import Struct

from ground import sending

_JSON = msgspec.json.Encoder(order="deterministic")
_AS_STORED = frozenset({str, bool, UUID, date, type(None)})
_WRITTEN = (JSONField, BinaryField)


class Read(Struct, frozen=True):
    """A SELECT whose columns are named as the fields of the struct that each row becomes.

    `first` holds the queries that it reads from, as they stand after WITH.
    """

    sql: str
    of: type
    first: str = ""


class _Prepared(psycopg.Cursor[tuple[Any, ...]]):
    """A cursor whose statements are bound by the server, and planned once a connection where that prepares."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Prepared":
        return super().execute(query, params, prepare=True, **options)


class _Logged(CursorDebugWrapper):
    """Logs a statement as it was given: psycopg does not keep what it sent of a prepared one."""

    def debug_sql(
        self, sql: Any = None, params: Any = None, use_last_executed_query: bool = False, many: bool = False
    ) -> Any:
        return super().debug_sql(sql, params, many=many)


class Asked(NamedTuple):
    """Reads that were sent, to be `found` later: in a pipeline their answer is waited for when that ends, and not twice."""

    reads: tuple[Read, ...]
    sent: Any

    def found(self) -> tuple[list[Any], ...]:
        """What each of the reads found, all in one statement and so at one instant."""
        with connections[DEFAULT_DB_ALIAS].wrap_database_errors:
            (texts,) = self.sent.fetchall()
        return tuple(_decoder(each.of).decode(text) for each, text in zip(self.reads, texts, strict=True))


def ask(*reads: Read, parameters: Mapping[str, Any]) -> Asked:
    """Send reads in one statement."""
    return Asked(reads, _send(_together(reads), parameters))


def read(*reads: Read, parameters: Mapping[str, Any]) -> tuple[list[Any], ...]:
    """What each of the reads finds, all in one statement and so at one instant."""
    return ask(*reads, parameters=parameters).found()


def fetch(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement."""
    with _cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def run(statement: str, parameters: Mapping[str, Any]) -> None:
    """Run a statement that gives no rows, or none that matter."""
    _send(statement, parameters)


def begin() -> None:
    """Send BEGIN as a statement among others."""
    _send("BEGIN")


def commit() -> Any:
    """Send COMMIT as a statement among others, unless a savepoint failed; gives what was sent. Django notes its own, and sends none."""
    ours = _connection()
    ours.validate_no_broken_transaction()
    with ours.wrap_database_errors:
        return sending.send(ours.connection, "COMMIT", None) or _Prepared(ours.connection).execute("COMMIT")


def insert(record: Model) -> None:
    """Insert one record; its keys and defaults are already made in Python, and its JSON may hold structs."""
    run(_insertion(type(record)), _columns(record))


def insert_all(records: Sequence[Model]) -> None:
    """Insert several records of one model as `insert` does, in one statement; none is fine."""
    if len(records) == 1:
        insert(records[0])
    elif records:
        ours = connections[DEFAULT_DB_ALIAS]
        rows = [
            {each.column: _said(each, one, ours) for each in one._meta.concrete_fields} for one in records
        ]
        run(_insertion_of_all(type(records[0])), {"rows": _JSON.encode(rows).decode()})


def insert_unless_there(record: Model) -> bool:
    """Insert one record as `insert` does, unless a unique constraint has its like already; gives whether it was."""
    return bool(fetch(f"{_insertion(type(record))} ON CONFLICT DO NOTHING RETURNING true", _columns(record)))


@contextmanager
def together() -> Iterator[None]:
    """Send the statements of the block without waiting for one before the next; an error of any is raised here."""
    ours = _connection()
    with ours.wrap_database_errors, ours.connection.pipeline():
        yield


@lru_cache(maxsize=100)
def _together(reads: tuple[Read, ...]) -> str:
    columns = ",\n".join(
        f"(SELECT coalesce(jsonb_agg(to_jsonb(found)), '[]') FROM ({each.sql}) found)::text" for each in reads
    )
    first = ",\n".join(each.first for each in reads if each.first)
    return f"WITH {first}\nSELECT {columns}" if first else f"SELECT {columns}"


@lru_cache(maxsize=100)
def _decoder(of: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(list[of])  # type: ignore[valid-type]


@lru_cache(maxsize=100)
def _insertion(model: type[Model]) -> str:
    fields = model._meta.concrete_fields
    names = ", ".join(f'"{each.column}"' for each in fields)
    ours = connections[DEFAULT_DB_ALIAS]
    values = ", ".join(f"%({each.column})s::{each.db_type(ours)}" for each in fields)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({values})'


@lru_cache(maxsize=100)
def _insertion_of_all(model: type[Model]) -> str:
    table = model._meta.db_table
    names = ", ".join(f'"{each.column}"' for each in model._meta.concrete_fields)
    return (
        f'INSERT INTO "{table}" ({names}) SELECT {names} '
        f'FROM jsonb_populate_recordset(NULL::"{table}", %(rows)s::jsonb)'
    )


def _columns(record: Model) -> dict[str, Any]:
    ours = connections[DEFAULT_DB_ALIAS]
    return {
        column: value if as_it_is and _is_as_stored(value) else _stored(field, record, ours)
        for column, field, as_it_is, value in _list_values(record)
    }


def _list_values(record: Model) -> Iterator[tuple[str, Any, bool, Any]]:
    """Of each column its field, whether that may store its value as it is, and the value."""
    for column, name, field, as_it_is in _list_columns(type(record)):
        yield column, field, as_it_is, getattr(record, name)


@lru_cache(maxsize=100)
def _list_columns(model: type[Model]) -> tuple[tuple[str, str, Any, bool], ...]:
    """Of each column the attribute, the field, and whether it writes simple values as they are: JSON, bytes and times of writing are none."""
    return tuple(
        (each.column, each.attname, each, not isinstance(each, _WRITTEN) and not getattr(each, "auto_now", False))
        for each in model._meta.concrete_fields
    )  # fmt: skip


def _stored(field: Any, record: Model, ours: Any) -> Any:
    value = field.pre_save(record, True)
    if isinstance(field, JSONField):
        return _JSON.encode(value).decode()
    if isinstance(field, BinaryField):
        return field.get_db_prep_save(value, ours)
    return value if _is_as_stored(value) else field.get_db_prep_save(value, ours)


def _said(field: Any, record: Model, ours: Any) -> Any:
    """A column as JSON says it, of which PostgreSQL makes the column again."""
    value = field.pre_save(record, True)
    if isinstance(field, BinaryField):
        return f"\\x{bytes(field.get_db_prep_save(value, ours).obj).hex()}"
    return value if isinstance(field, JSONField) else field.get_db_prep_save(value, ours)


def _is_as_stored(value: Any) -> bool:
    """Whether a field would give a value of this kind to the database as it is."""
    return type(value) in _AS_STORED or (type(value) is list and all(type(each) is str for each in value))


def _send(statement: str, parameters: Mapping[str, Any] | None = None) -> Any:
    """Send a statement past all cursors, unless somebody looks at those, or it must be prepared first; gives what was sent."""
    ours = _connection()
    if not (ours.queries_logged or ours.execute_wrappers):
        ours.validate_no_broken_transaction()
        with ours.wrap_database_errors:
            sent = sending.send(ours.connection, statement, parameters)
        if sent is not None:
            return sent
    cursor = _cursor()
    cursor.execute(statement, parameters)
    return cursor


def _cursor() -> Any:
    """Django's wrapper around a prepared cursor, so that its errors and query counts stay Django's."""
    ours = _connection()
    with ours.wrap_database_errors:
        cursor: Any = _Prepared(ours.connection)  # the stubs know Django's own cursors alone
    return _Logged(cursor, ours) if ours.queries_logged else ours.make_cursor(cursor)


def _connection() -> Any:
    """Django's own, connected; asked for once a statement, since its name stands for a look-up each time."""
    ours: Any = connections[DEFAULT_DB_ALIAS]
    if ours.health_check_enabled and not ours.health_check_done and ours.connection is not None:
        _close_if_hung_up(ours)
    if ours.connection is None:
        ours.ensure_connection()
    return ours


def _close_if_hung_up(ours: Any) -> None:
    """Django's health check, once a request, without a statement: whether the server has hung up is seen at the socket.

    What cannot be seen there, such as a cable that was pulled, fails the first statement, as it would fail Django's.
    """
    if ours.connection.closed or (_has_word_of(ours.connection) and not ours.is_usable()):
        ours.close()
    ours.health_check_done = True


def _has_word_of(server: psycopg.Connection[Any]) -> bool:
    """Whether something lies at the socket that nobody asked for: that it has hung up, or a notice."""
    looking = poll()
    looking.register(server.fileno(), POLLIN)
    return bool(looking.poll(0))
