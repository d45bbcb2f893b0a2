"""A ZIP archive that leaves while it is written, and ends with the hashes of all that is in it. Knows no app."""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, cast

# What a file is called, and its content piece by piece.
ArchiveFile = tuple[str, Iterable[bytes]]
_A_PIECE = 64 * 1024


class _Leaving:
    """What the archive writes to: it holds no more than has not left yet."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, piece: bytes) -> int:
        self._waiting += piece
        return len(piece)

    def flush(self) -> None:
        """Nothing is buffered below."""

    def take(self) -> bytes:
        """What has not left yet."""
        piece, self._waiting = bytes(self._waiting), bytearray()
        return piece

    def __len__(self) -> int:
        return len(self._waiting)


def stream_archive(
    files: Iterable[ArchiveFile], last: Callable[[Mapping[str, str]], Iterable[ArchiveFile]], *, at: datetime
) -> Iterator[bytes]:
    """The archive in pieces; `last` makes the files that end it from the SHA-256 (hex) of each before, by name."""
    leaving, digests = _Leaving(), dict[str, str]()
    with zipfile.ZipFile(
        cast("Any", leaving), "w", zipfile.ZIP_DEFLATED
    ) as archive:  # it only ever writes on
        for name, pieces in files:
            yield from _put(archive, leaving, name, pieces, digests, at)
        for name, pieces in last(dict(digests)):
            yield from _put(archive, leaving, name, pieces, digests, at)
    yield leaving.take()


def _put(
    archive: zipfile.ZipFile,
    leaving: _Leaving,
    name: str,
    pieces: Iterable[bytes],
    digests: dict[str, str],
    at: datetime,
) -> Iterator[bytes]:
    told = zipfile.ZipInfo(name, at.timetuple()[:6])
    told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    digest = hashlib.sha256()
    with archive.open(told, "w", force_zip64=True) as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
            if len(leaving) >= _A_PIECE:
                yield leaving.take()
    digests[name] = digest.hexdigest()
