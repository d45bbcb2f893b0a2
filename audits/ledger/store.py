"""The tree as the database keeps it: its size, its tiles, its roots and proofs. Reads only; the sequencer writes."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from msgspec import Struct

from audits.ledger.models import FullTile, LogPlace, Outbox, SignedCheckpoint
from audits.ledger.tiles import WIDTH, Tile, is_within, list_proof_tiles, nodes_of, pack_entries
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
SELECT place.number, newest.size, newest.note
FROM (SELECT size, note FROM ledger_signedcheckpoint ORDER BY size DESC LIMIT 1) newest
JOIN ledger_logplace place ON place.entry_id = %(entry)s AND place.number < newest.size
"""


def find_inclusion(entry: UUID) -> InclusionProof | None:
    """The proof that an entry stands in the newest signed state; None while it waits for its place, or for a signature."""
    found = statements.fetch(_PLACE_UNDER, {"entry": entry})
    if not found:
        return None
    number, size, note = found[0]
    tiles = _read_tiles(list(list_proof_tiles(number, size)))
    proof = prove_inclusion(number, size, nodes_of(lambda *tile: tiles[Tile(*tile)], size))
    return InclusionProof(number, size, proof, note)


# Whole tiles as they are kept; of those at the edge the leaves, or the tops of the tiles below.
_TILES = """
SELECT tile.level::int, tile.number, tile.hashes
FROM unnest(%(levels)s::smallint[], %(numbers)s::bigint[]) whole(level, number)
JOIN ledger_fulltile tile ON tile.level = whole.level AND tile.number = whole.number
UNION ALL
SELECT edge.level, edge.number, CASE WHEN edge.level = 0 THEN (
    SELECT string_agg(entry.leaf_hash, '' ORDER BY place.number)
    FROM ledger_logplace place JOIN ledger_entry entry ON entry.id = place.entry_id
    WHERE place.number >= edge.number * 256 AND place.number < edge.number * 256 + edge.width
) ELSE (
    SELECT string_agg(below.top, '' ORDER BY below.number) FROM ledger_fulltile below
    WHERE below.level = edge.level - 1 AND below.number >= edge.number * 256
        AND below.number < edge.number * 256 + edge.width
) END
FROM unnest(%(edge_levels)s::int[], %(edge_numbers)s::bigint[], %(widths)s::int[]) edge(level, number, width)
"""


def _read_tiles(wanted: Sequence[Tile]) -> dict[Tile, bytes]:
    """The hashes of several tiles, read in one statement; ValueError where the tree has not all of them."""
    whole = [each for each in wanted if each.width == WIDTH]
    edge = [each for each in wanted if each.width < WIDTH]
    rows = statements.fetch(_TILES, {
        "levels": [each.level for each in whole], "numbers": [each.number for each in whole],
        "edge_levels": [each.level for each in edge], "edge_numbers": [each.number for each in edge],
        "widths": [each.width for each in edge],
    })  # fmt: skip
    found = {(level, number): hashes or b"" for level, number, hashes in rows}
    read = {each: found.get((each.level, each.number), b"") for each in wanted}
    for tile, hashes in read.items():
        if len(hashes) != tile.width * HASH_BYTES:
            raise ValueError(f"the tree has no tile {tile.path()}")
    return read


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
