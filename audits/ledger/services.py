"""The only writer of the log, and the receipts it gives."""

import secrets
from collections.abc import Mapping, Sequence
from uuid import uuid4

import msgspec
from django.conf import settings
from django.db import connection

from audits.ledger import sealing, signing
from audits.ledger.events import Event
from audits.ledger.leaf import encode_leaf
from audits.ledger.models import Entry, Payload
from audits.ledger.packing import is_packed, pack
from audits.ledger.receipts import Receipt, format_receipt
from audits.ledger.states import Visibility
from audits.ledger.tree import leaf_hash
from ground import clock, statements

_ENCODER = msgspec.json.Encoder(order="sorted")

# One statement, so that an entry, its payload and its place in the queue cost one round trip.
_APPEND = """
WITH entry AS (
    INSERT INTO ledger_entry (id, kind, at, leaf, leaf_hash, visibility)
    VALUES (%(id)s, %(kind)s, %(at)s, %(leaf)s, %(leaf_hash)s, %(visibility)s)
), payload AS (
    INSERT INTO ledger_payload (entry_id, actor, body, key) VALUES (%(id)s, %(actor)s, %(body)s, %(key)s)
)
INSERT INTO ledger_outbox (entry_id, queued_at, about) VALUES (%(id)s, %(at)s, %(about)s)
"""

# The same of several, as many columns as lists.
_APPEND_ALL = """
WITH said AS (
    SELECT * FROM unnest(
        %(id)s::uuid[], %(kind)s::text[], %(at)s::timestamptz[], %(leaf)s::bytea[], %(leaf_hash)s::bytea[],
        %(visibility)s::text[], %(actor)s::text[], %(body)s::bytea[], %(key)s::bytea[], %(about)s::text[]
    ) AS row(id, kind, at, leaf, leaf_hash, visibility, actor, body, key, about)
), entry AS (
    INSERT INTO ledger_entry (id, kind, at, leaf, leaf_hash, visibility)
    SELECT id, kind, at, leaf, leaf_hash, visibility FROM said
), payload AS (
    INSERT INTO ledger_payload (entry_id, actor, body, key) SELECT id, actor, body, key FROM said
)
INSERT INTO ledger_outbox (entry_id, queued_at, about) SELECT id, at, about FROM said
"""


def append(event: Event, *, by: str) -> Entry:
    """Write one event, its payload and its outbox row in the caller's transaction.

    `by` is the actor (`User.actor`). A sealed payload is encrypted and not searchable by actor. Raises RuntimeError outside a
    transaction: an entry that could commit without what it speaks of would be a lie.
    """
    _check_in_transaction()
    entry, columns = _prepare(event, by)
    statements.run(_APPEND, columns)
    return entry


def append_all(events: Sequence[Event], *, by: str) -> list[Entry]:
    """As `append`, of several at once, in one statement; none is fine."""
    if len(events) == 1:
        return [append(events[0], by=by)]
    _check_in_transaction()
    prepared = [_prepare(event, by) for event in events]
    if prepared:
        rows = [columns for _entry_of, columns in prepared]
        statements.run(_APPEND_ALL, {name: [row[name] for row in rows] for name in rows[0]})
    return [entry for entry, _columns in prepared]


def _check_in_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("The ledger is written in the transaction of what it records.")


def _prepare(event: Event, by: str) -> tuple[Entry, dict[str, object]]:
    """The entry of an event, and the columns by which it, its payload and its place in the queue are written."""
    body, visibility = _ENCODER.encode({"by": by, **event.payload()}), event.seen_as
    if visibility == Visibility.SEALED:
        body = _seal(body)
    entry, key = _entry(event.kind, body, visibility)
    stored = {name: getattr(entry, name) for name in ("id", "kind", "at", "leaf_hash")}
    return entry, {
        **stored,
        "leaf": pack(entry.leaf),
        "visibility": visibility.value,
        "actor": "" if visibility == Visibility.SEALED else by,
        "body": pack(body) if event.packed else body,
        "key": key,
        "about": event.row,
    }


def _seal(body: bytes) -> bytes:
    """The body sealed; once more where its random beginning is that of something packed."""
    sealed = sealing.seal(body, settings.LEDGER_SEALING_KEY_FILE)
    return _seal(body) if is_packed(sealed) else sealed


def sign(entry: Entry, says: Mapping[str, object]) -> Receipt:
    """The signed receipt of a committed entry, never of one that may still be rolled back; `says` is what it tells of it.

    The same entry always gives the same text; it is signed by the key of now, which a rotation exchanges.
    """
    path = settings.LEDGER_SIGNING_KEY_FILE
    digest = bytes(entry.leaf_hash).hex()
    text = format_receipt(entry=entry.id, leaf_hash=digest, at=entry.at, says=says)
    return Receipt(
        id=entry.id,
        leaf_hash=digest,
        at=entry.at,
        key_id=signing.key_id(path),
        signature=signing.signing_key(path).sign(text.encode()).hex(),
        text=text,
    )


def read_payload(payload: Payload) -> bytes:
    """The JSON of a payload, unsealed where it is sealed; who may see it is for the caller to check."""
    body = bytes(payload.body)
    if payload.entry.visibility == Visibility.SEALED:
        return sealing.unseal(body, settings.LEDGER_SEALING_KEY_FILE)
    return body


def _entry(kind: str, body: bytes, visibility: Visibility) -> tuple[Entry, bytes]:
    """A new entry and the random key of its payload."""
    key = secrets.token_bytes(32)
    name, at = uuid4(), clock.now()
    leaf = encode_leaf(entry=name, kind=kind, at=at, body=body, key=key)
    return Entry(id=name, kind=kind, at=at, leaf=leaf, leaf_hash=leaf_hash(leaf), visibility=visibility), key
