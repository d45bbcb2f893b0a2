"""The tree as the database keeps it: its size, its tiles, its roots and proofs. Reads only; the sequencer writes."""

from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from msgspec import Struct

from audits.ledger.models import FullTile, LogPlace, Outbox, SignedCheckpoint
from audits.ledger.tiles import WIDTH, Tile, is_within, nodes_of, pack_entries
from audits.ledger.tree import HASH_BYTES, Nodes, prove_consistency, prove_inclusion, root_of
from ground import clock, statements


class InclusionProof(Struct, frozen=True):
    """Where an entry stands in the newest signed state of the log, and what proves it."""

    index: int
    size: int
    proof: list[bytes]
    checkpoint: str


def count_places() -> int:
    """How many entries have their place in the tree."""
    last = LogPlace.objects.aggregate(last=Max("number"))["last"]
    return 0 if last is None else last + 1


def is_late() -> bool:
    """Whether an entry waits for its place longer than is promised."""
    promised = clock.now() - timedelta(seconds=settings.LEDGER_PROMISE_SECONDS)
    return Outbox.objects.filter(queued_at__lt=promised).exists()


def find_checkpoint() -> SignedCheckpoint | None:
    """The newest state of the log that was signed."""
    return SignedCheckpoint.objects.order_by("-size").first()


_TILE = "SELECT hashes FROM ledger_fulltile WHERE level = %(level)s AND number = %(number)s"


def read_tile(level: int, number: int, width: int = WIDTH) -> bytes:
    """The hashes of a tile, one after another; ValueError where the tree has not so many.

    A whole tile is kept. Of one at the edge the hashes are those of leaves, or the tops of the tiles below.
    """
    if width == WIDTH:
        hashes = [row[0] for row in statements.fetch(_TILE, {"level": level, "number": number})]
    else:
        hashes = list_hashes(level, number * WIDTH, number * WIDTH + width)
    read = b"".join(hashes)
    if len(read) != width * HASH_BYTES:
        raise ValueError(f"the tree has no tile {Tile(level, number, width).path()}")
    return read


def read_entries(number: int, width: int = WIDTH) -> bytes:
    """The entries under a tile of level 0, as they are served; ValueError where the tree has not so many."""
    first = number * WIDTH
    leaves = LogPlace.objects.filter(number__gte=first, number__lt=first + width).values_list(
        "entry__leaf", flat=True
    )
    entries = [bytes(leaf) for leaf in leaves.order_by("number")]
    if len(entries) != width:
        raise ValueError(f"the tree has no entries {Tile(None, number, width).path()}")
    return pack_entries(entries)


def find_tile(tile: Tile) -> bytes | None:
    """What is served at the address of a tile: only what the newest signed state has."""
    checkpoint = find_checkpoint()
    if checkpoint is None or not is_within(tile, checkpoint.size):
        return None
    if tile.level is None:
        return read_entries(tile.number, tile.width)
    return read_tile(tile.level, tile.number, tile.width)


def nodes(size: int) -> Nodes:
    """The nodes of the tree as it was with `size` leaves."""
    return nodes_of(read_tile, size)


def find_root(size: int) -> bytes:
    """The root over the first `size` entries, as the database holds them now."""
    return root_of(size, nodes(size))


_PLACE_UNDER = """
SELECT place.number, newest.size, newest.root, newest.note
FROM (SELECT size, root, note FROM ledger_signedcheckpoint ORDER BY size DESC LIMIT 1) newest
JOIN ledger_logplace place ON place.entry_id = %(entry)s AND place.number < newest.size
"""


def find_inclusion(entry: UUID) -> InclusionProof | None:
    """The proof that an entry stands in the newest signed state; None while it waits for its place, or for a signature."""
    for number, size, root, note in statements.fetch(_PLACE_UNDER, {"entry": entry}):
        proof = prove_inclusion(number, size, _signed_nodes(size, bytes(root)))
        return InclusionProof(number, size, proof, note)
    return None


@lru_cache(maxsize=2)
def _signed_nodes(size: int, root: bytes) -> Nodes:
    """The nodes under a signed root. What lies under it never changes, so its tiles are kept while it is the newest.

    `root` is not read: it keeps the trees of two databases apart.
    """
    return nodes(size)


def find_leaf_hash(index: int) -> bytes | None:
    """The hash of the entry at a place; None where the log does not reach so far."""
    found = LogPlace.objects.filter(number=index).values_list("entry__leaf_hash", flat=True).first()
    return None if found is None else bytes(found)


def find_consistency(old: int, new: int) -> list[bytes]:
    """What shows that the log of `new` entries continues the one of `old`."""
    return prove_consistency(old, new, nodes(new))


def list_hashes(level: int, first: int, end: int) -> list[bytes]:
    """The hashes of a level of tiles, from one place to before another."""
    span = {"number__gte": first, "number__lt": end}
    if level == 0:
        leaves = LogPlace.objects.filter(**span).order_by("number")
        return [bytes(each) for each in leaves.values_list("entry__leaf_hash", flat=True)]
    below = FullTile.objects.filter(level=level - 1, **span).order_by("number")
    return [bytes(each) for each in below.values_list("top", flat=True)]
