"""Rows that tests write past the services, with entries such as the services would have appended.

The database refuses them otherwise: what it asks for is read from the models' own ties.
"""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import uuid4

import msgspec
import psycopg
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from audits.ledger.leaf import encode_leaf
from audits.ledger.models import Entry, Outbox, Payload
from audits.ledger.states import Visibility
from audits.ledger.ties import Tie, Told
from audits.ledger.tree import leaf_hash
from ground import clock

Row = TypeVar("Row", bound=Model)


def find_tie(model: type[Model], word: str) -> Tie | None:
    """What the log must tell where rows of a model are written so ("insert", "update", "delete")."""
    triggers = getattr(model._meta, "triggers", [])
    return next((each for each in triggers if isinstance(each, Tie) and each.word == word), None)


def tell_of(*records: Model, word: str = "insert") -> None:
    """Let the log tell of rows that were written by no service, by the first of the kinds that account for them."""
    with transaction.atomic():
        for record in records:
            tie = find_tie(type(record), word)
            assert tie, f"nothing ties {record!r} where there is an {word}"
            for way in _list_ways(tie):
                about, says = _read(record, way.about, dict(way.says))
                if (
                    about is not None
                ):  # one that only others of these rows can take: opened again, and this one is closed
                    append(way.events[0].kind, about, says)


def _list_ways(tie: Tie) -> Sequence[Told]:
    """The first of the kinds that account for a row; all where which of them does depends on what was changed."""
    return [way for way in tie.told if "OLD." in way.about] or tie.told[:1]


def _read(record: Model, about: str, says: dict[str, str]) -> tuple[str | None, dict[str, object]]:
    """What an entry about the row has to be about and to say, as the database works it out."""
    parts = [f"({about})::text" if about else "''", *(f"to_jsonb({value})::text" for value in says.values())]
    columns = re.sub(r"\{row\}|\b(OLD|NEW)(?=\.)", "written", ", ".join(parts))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {record._meta.db_table} written WHERE id = %s", [record.pk])
        first, *values = cursor.fetchone()
    return first, {key: value and msgspec.json.decode(value) for key, value in zip(says, values, strict=True)}


def append(kind: str, about: str, says: dict[str, object]) -> None:
    """An entry with a true leaf, so that a copy of the log of any test holds."""
    name, at, body, key = uuid4(), clock.now(), msgspec.json.encode(says), secrets.token_bytes(32)
    leaf = encode_leaf(entry=name, kind=kind, at=at, body=body, key=key)
    entry = Entry.objects.create(
        id=name, kind=kind, at=at, leaf=leaf, leaf_hash=leaf_hash(leaf), visibility=Visibility.OPEN
    )
    Payload.objects.create(entry=entry, actor="", body=body, key=key)
    Outbox.objects.create(entry=entry, about=about)


def make(model: type[Row], **fields: object) -> Row:
    """A row that no service wrote, and the entry of it."""
    with transaction.atomic():
        record = model._base_manager.create(**fields)
        tell_of(record)
    return record


def update(found: QuerySet[Row], **fields: object) -> None:
    """Change rows past the services, with an entry of each."""
    with transaction.atomic():
        records = list(found)
        found.model._base_manager.filter(pk__in=[each.pk for each in records]).update(**fields)
        tell_of(*records, word="update")


@contextmanager
def set_aside(owner: psycopg.Connection, *tables: str) -> Iterator[None]:
    """Let the owner of the tables and everybody else write these past the log, for masses that no service makes."""
    ties = owner.execute(
        "SELECT format('ALTER TABLE %%s %%%%s TRIGGER %%I', tgrelid::regclass, tgname) FROM pg_trigger"
        " WHERE tgrelid::regclass::text = ANY(%s) AND tgname LIKE '%%on\\_the\\_log%%'",
        [list(tables)],
    ).fetchall()
    for (tie,) in ties:
        owner.execute(tie % "DISABLE")
    yield
    for (tie,) in ties:
        owner.execute(tie % "ENABLE")
