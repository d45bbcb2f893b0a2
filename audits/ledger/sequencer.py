"""Gives the entries that wait their places in the tree, and signs how far it reaches.

Place and commit; read back what the database kept; check that it continues what was signed before; sign; ask the witnesses;
publish. Nothing is signed that was not read back, so that a crash between any two steps leaves a longer tree under an older
signature, never a signature without its tree. What the witnesses have not cosigned as the policy asks is signed anew later, of
whatever the log has by then. One at a time: a second one does not get the lock, and one that lost it (its connection broke) finds that
places are taken in turn.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from audits.ledger import keyfiles, signing, store, witnesses
from audits.ledger.models import FullTile, SignedCheckpoint
from audits.ledger.notes import Checkpoint, SignedNote, sign_checkpoint
from audits.ledger.packing import read_as_it_lies
from audits.ledger.tiles import WIDTH, fold
from audits.ledger.tree import leaf_hash
from ground import clock, statements
from ground.errors import Conflict

# Entries a transaction: enough that its cost is spread, few enough that a stop waits for no long one.
BATCH = 4096

# The lock is the session's, so that it is gone with the process that held it.
_LOCK = "SELECT pg_try_advisory_lock(hashtext('ledger.sequencer'))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('ledger.sequencer'))"
# Gives the hashes of what got a place, in its order: they are read where they lie, once.
_PLACE = """
WITH placed AS (
    INSERT INTO ledger_logplace (number, entry_id)
    SELECT %(size)s - 1 + row_number() OVER (ORDER BY queued_at, entry_id), entry_id
    FROM (SELECT queued_at, entry_id FROM ledger_outbox ORDER BY queued_at, entry_id LIMIT %(batch)s) waiting
    ORDER BY 1
    RETURNING number, entry_id
), gone AS (
    DELETE FROM ledger_outbox waiting USING placed WHERE waiting.entry_id = placed.entry_id
)
SELECT entry.leaf_hash FROM placed JOIN ledger_entry entry ON entry.id = placed.entry_id ORDER BY placed.number
"""
_LEAVES = """
SELECT place.number, entry.leaf, entry.leaf_hash FROM ledger_logplace place JOIN ledger_entry entry ON entry.id = place.entry_id
WHERE place.number >= %(first)s AND place.number < %(end)s ORDER BY place.number
"""


class LogBroken(Conflict):
    """What the database holds of the log is not what was signed of it. Nothing is signed until somebody has looked."""

    code = "log_broken"


class SequencerRuns(Conflict):
    """Another sequencer is at work, and only one gives places."""

    code = "sequencer_runs"


class Sequenced(NamedTuple):
    """What one pass came to: how many entries got their place, and how many the log has."""

    placed: int
    size: int


@contextmanager
def the_only_one() -> Iterator[None]:
    """Hold the sequencer's lock. Raises SequencerRuns where another one does."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if not cursor.fetchone()[0]:
            raise SequencerRuns("Another sequencer is at work on this database; only one gives places.")
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute(_UNLOCK)


def sequence(*, signs: bool = True) -> Sequenced:
    """Give all that waits its place, then sign and publish how far the tree reaches, where that is further than before.

    Without `signs` it stops after the places. Raises LogBroken, and NotWitnessed where publishing has to wait.
    """
    placed = 0
    while now := place_batch():
        placed += now
        if now < BATCH:
            break
    return Sequenced(placed, sign_state() if signs else 0)


@transaction.atomic(durable=True)
def place_batch(limit: int = BATCH) -> int:
    """Move the entries that have waited longest from the queue to their places; gives how many."""
    size = store.count_places()
    placed = [hash_ for (hash_,) in statements.fetch(_PLACE, {"size": size, "batch": limit})]
    FullTile.objects.bulk_create(list(_completed(size, placed)))
    return len(placed)


def sign_state() -> int:
    """Sign the state of the tree where it has grown since the last one that was published, and publish it; gives its size.

    Raises LogBroken, and NotWitnessed where the witnesses have not cosigned it as the policy asks.
    """
    last = store.find_checkpoint()
    before = 0 if last is None else last.size
    size = store.count_places()
    if size == before:
        return size
    _check_leaves(before, size)
    if last is not None and store.find_root(before) != bytes(last.root):
        raise LogBroken(
            f"The first {before} entries of the log are not those that were signed. Nothing more is signed. Compare the "
            "database with a backup and with the copies of the log that others keep."
        )
    state = Checkpoint(settings.LEDGER_ORIGIN, size, store.find_root(size))
    _publish(state, witnesses.cosign_state(_sign(state), state))
    return size


def _sign(state: Checkpoint) -> SignedNote:
    """Signed with the key of now: it is read anew, as another may have taken its place while this process runs."""
    path = settings.LEDGER_SIGNING_KEY_FILE
    return sign_checkpoint(state, signing.parse_key(keyfiles.read(path), path))


@transaction.atomic(durable=True)
def _publish(state: Checkpoint, note: SignedNote) -> None:
    SignedCheckpoint.objects.create(
        size=state.size, root=state.root, note=note.format(), signed_at=clock.now()
    )


def _check_leaves(first: int, end: int) -> None:
    """Each leaf that is signed for the first time hashes to what stands in the tree for it."""
    for begin in range(first, end, BATCH):
        rows = statements.fetch(_LEAVES, {"first": begin, "end": min(end, begin + BATCH)})
        for number, leaf, digest in rows:
            if leaf_hash(read_as_it_lies(leaf)) != digest:
                raise LogBroken(
                    f"Entry {number} of the log is not what its hash says. Nothing more is signed."
                )


def _completed(old: int, placed: Sequence[bytes]) -> Iterator[FullTile]:
    """The tiles that became whole as leaves of these hashes were added to a tree of `old`, level by level."""
    level, first, end = 0, old // WIDTH, (old + len(placed)) // WIDTH
    fresh = placed
    while end > first:
        fresh = [*store.list_hashes(level, first * WIDTH, old), *fresh]
        tops = []
        for number in range(first, end):
            tile = _full(level, number, fresh[(number - first) * WIDTH : (number - first + 1) * WIDTH])
            tops.append(bytes(tile.top))
            yield tile
        level, fresh, old = level + 1, tops, first
        first, end = first // WIDTH, end // WIDTH


def _full(level: int, number: int, hashes: Sequence[bytes]) -> FullTile:
    return FullTile(level=level, number=number, hashes=b"".join(hashes), top=fold(hashes))
