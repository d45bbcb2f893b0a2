"""The log of a restored database, held against what was signed of it: every leaf is hashed anew."""

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg

from audits.ledger.notes import Checkpoint
from audits.ledger.packing import read_as_it_lies
from audits.ledger.tree import EMPTY_ROOT, leaf_hash, node_hash
from governance.installation.backups.errors import BackupFailed

_LEAVES = """
SELECT place.number, entry.leaf, entry.leaf_hash
FROM ledger_logplace place JOIN ledger_entry entry ON entry.id = place.entry_id
WHERE place.number < %s ORDER BY place.number
"""
_AT_ONCE = 5000


def check_log(connection: psycopg.Connection[Any], state: Checkpoint) -> None:
    """Raise BackupFailed unless the first entries that a database holds are those of a signed state; whoever calls it closes it."""
    with connection.cursor(name="leaves") as cursor:
        cursor.itersize = _AT_ONCE
        root = find_root(_hashes(cursor.execute(_LEAVES, [state.size]), state.size))
    if root != state.root:
        raise _other_log(f"the root over its first {state.size} entries is not the one that was signed")


def find_root(hashes: Iterable[bytes]) -> bytes:
    """The root over leaves of 32 bytes each, in order, in memory of their number's logarithm (RFC 9162, 2.1.1)."""
    peaks: list[bytes] = []
    for count, leaf in enumerate(hashes):
        node, left = leaf, count
        while left & 1:  # as many whole trees end here as the number before ends in ones
            node, left = node_hash(peaks.pop(), node), left >> 1
        peaks.append(node)
    if not peaks:
        return EMPTY_ROOT
    root = peaks.pop()
    while peaks:
        root = node_hash(peaks.pop(), root)
    return root


def _hashes(rows: Iterable[tuple[int, bytes, bytes]], size: int) -> Iterator[bytes]:
    count = 0
    for number, leaf, kept in rows:
        digest = leaf_hash(read_as_it_lies(leaf))
        if number != count or digest != kept:
            raise _other_log(f"entry {count} is missing, or is not what its hash says")
        count += 1
        yield digest
    if count != size:
        raise _other_log(f"it holds {count} entries of {size}")


def _other_log(why: str) -> BackupFailed:
    return BackupFailed(
        f"The log that was restored is not the one that was signed: {why}. The database is closed to everybody: drop it, tell an auditor, and "
        "restore another backup into a new one.",
        code="backup_other_log",
    )
