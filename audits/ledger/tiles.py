"""The tree cut into tiles of 256 hashes, as C2SP tlog-tiles serves it: what they are called, how wide, and the nodes in them."""

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from audits.ledger.tree import HASH_BYTES, Nodes, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
HIGHEST_LEVEL = 63
KEPT_TILES = 256
LONGEST_ENTRY = 0xFFFF  # bytes

_NUMBER = r"(?P<number>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
_TILE = re.compile(rf"(?P<level>0|[1-9][0-9]?)/{_NUMBER}")
_BUNDLE = re.compile(rf"entries/{_NUMBER}")


class Tile(NamedTuple):
    """The hashes `number` * 256 and on of a level of tiles, `width` of them. Level None: the entries under level 0."""

    level: int | None
    number: int
    width: int = WIDTH

    def path(self) -> str:
        """Its address below `/log/tile/`, or in a folder."""
        parts = [f"{self.number % 1000:03d}"]
        above = self.number // 1000
        while above:
            parts.append(f"x{above % 1000:03d}")
            above //= 1000
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{level}/{'/'.join(reversed(parts))}{partial}"


ReadTile = Callable[[int, int, int], bytes]  # level, number, width: its hashes, one after another


def parse_tile(path: str) -> Tile | None:
    """The tile of an address; None where it is written in any but the one way."""
    found = _TILE.fullmatch(path) or _BUNDLE.fullmatch(path)
    if not found:
        return None
    level = found.groupdict().get("level")
    number = int(found["number"].replace("x", "").replace("/", ""))
    tile = Tile(None if level is None else int(level), number, int(found["width"] or WIDTH))
    return tile if tile.path() == path and (tile.level or 0) <= HIGHEST_LEVEL else None


def is_within(tile: Tile, size: int) -> bool:
    """Whether a log of `size` entries has all of this tile."""
    span = 1 << HEIGHT * (tile.level or 0)
    return (tile.number * WIDTH + tile.width) * span <= size


def list_tiles(size: int) -> Iterator[Tile]:
    """All tiles of a tree of `size` leaves, the partial ones at its edge as well, without the entries; level by level."""
    level, hashes = 0, size
    while hashes:
        full, rest = divmod(hashes, WIDTH)
        yield from (Tile(level, number) for number in range(full))
        if rest:
            yield Tile(level, full, rest)
        level, hashes = level + 1, full


def list_proof_tiles(index: int, size: int) -> Iterator[Tile]:
    """The tiles that all nodes between a leaf and the root lie in: its own of each level, and those at the edge of the tree."""
    level = 0
    while hashes := size >> HEIGHT * level:
        for number in sorted({index >> HEIGHT * (level + 1), hashes // WIDTH}):
            if (width := min(WIDTH, hashes - number * WIDTH)) > 0:
                yield Tile(level, number, width)
        level += 1


def nodes_of(read: ReadTile, size: int) -> Nodes:
    """The nodes of a tree of `size` leaves, out of its tiles; of the last ones each is read once, some 25 kB each."""

    @lru_cache(maxsize=KEPT_TILES)
    def row(level: int, number: int) -> tuple[bytes, ...]:
        hashes = size >> HEIGHT * level
        data = read(level, number, min(WIDTH, hashes - number * WIDTH))
        return tuple(data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES))

    def node(level: int, index: int) -> bytes:
        # The tile whose own hashes lie at or just under this level.
        tiles, above = divmod(level, HEIGHT)
        number, place = divmod(index << above, WIDTH)
        return fold(row(tiles, number)[place : place + (1 << above)])

    return node


def fold(hashes: Iterable[bytes]) -> bytes:
    """The hash over a power of two of neighbouring hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = list(map(node_hash, row[::2], row[1::2]))
    return row[0]


def pack_entries(entries: Iterable[bytes]) -> bytes:
    """Entries as they are served: each after its length in two bytes. Raises ValueError for one that is too long."""
    parts = []
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise ValueError(f"an entry of the log has at most {LONGEST_ENTRY} bytes")
        parts += [struct.pack(">H", len(entry)), entry]
    return b"".join(parts)


def unpack_entries(data: bytes) -> Iterator[bytes]:
    """The entries of a bundle. Raises ValueError where it is cut short."""
    place = 0
    while place < len(data):
        if place + 2 > len(data):
            raise ValueError("the bundle is cut short")
        (length,) = struct.unpack_from(">H", data, place)
        entry = data[place + 2 : place + 2 + length]
        if len(entry) < length:
            raise ValueError("the bundle is cut short")
        yield entry
        place += 2 + length
