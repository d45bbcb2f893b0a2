"""The log's tiles and newest checkpoint as files, for whoever serves or mirrors them without us (C2SP tlog-tiles).

Where they go is the storage `log` of Django's STORAGES: a folder, or whatever django-storages knows. The checkpoint is written
last, so that what it covers is there, and says by itself from where to go on. What is of another past than the database's, after an
older backup was restored, is not served beside it: its checkpoint is kept under `lost`, its tiles go.
"""

import logging
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, Storage, storages

from audits.ledger import store
from audits.ledger.models import SignedCheckpoint
from audits.ledger.notes import Checkpoint, NoteWrong, parse_checkpoint, parse_note
from audits.ledger.tiles import Tile, list_tiles

CHECKPOINT, LOST, ALIAS = "checkpoint", "lost", "log"
logger = logging.getLogger(__name__)


class TileFolder(FileSystemStorage):
    """A folder in which a file is whole or not there, and an older one is replaced in one step."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File) -> str:  # type: ignore[type-arg]
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
            draft.writelines(content.chunks())
        os.chmod(draft.name, 0o644)
        os.replace(draft.name, path)
        return name


def find_storage() -> Storage | None:
    """Where tiles are written besides the database; None where nowhere."""
    return storages[ALIAS] if ALIAS in settings.STORAGES else None


def publish_tiles() -> int:
    """Write what the storage lacks of the newest published state; gives how many files. Raises what the storage raises."""
    storage, newest = find_storage(), store.find_checkpoint()
    if storage is None:
        return 0
    old = _read_size(storage)
    if newest is None or old >= newest.size:
        return 0
    written = sum(_write(storage, tile) for tile in list_tiles(newest.size) if _is_fresh(tile, old))
    _replace(storage, newest)
    return written + 1


def _read_size(storage: Storage) -> int:
    """How much of the log the storage has: what its checkpoint says, once what is of another past is set aside."""
    shown = _read_checkpoint(storage)
    if shown is None:
        return 0
    if _is_ours(shown):
        return shown.size
    _set_aside(storage, shown)
    return 0


def _read_checkpoint(storage: Storage) -> Checkpoint | None:
    """What the storage shows; None where there is nothing, or what cannot be read."""
    if not storage.exists(CHECKPOINT):
        return None
    try:
        with storage.open(CHECKPOINT) as file:
            return parse_checkpoint(parse_note(file.read().decode()))
    except (NoteWrong, UnicodeDecodeError):
        return None


def _is_ours(shown: Checkpoint) -> bool:
    """Whether the database signed just this, and has not signed it away since by going back to an older backup."""
    return any(bytes(each.root) == shown.root for each in SignedCheckpoint.objects.filter(size=shown.size))


def _set_aside(storage: Storage, shown: Checkpoint) -> None:
    """Clear away the tiles of a past that the database knows nothing of, and keep its checkpoint: that is evidence.

    The checkpoint goes last, so that what is killed in between is cleared by the next pass.
    """
    with storage.open(CHECKPOINT) as file:
        note = file.read()
    name = f"{LOST}/{shown.size}-{shown.root.hex()[:16]}"
    if not storage.exists(name):
        storage.save(name, ContentFile(note))
    _clear(storage, "tile")
    storage.delete(CHECKPOINT)
    logger.error(
        "The tiles were of a past that this database does not have. Their checkpoint is kept; they are written anew.",
        extra={"size": shown.size, "kept": name},
    )


def _clear(storage: Storage, folder: str) -> None:
    """Delete all files under a folder of the storage."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for each in files:
        storage.delete(f"{folder}/{each}")
    for each in folders:
        _clear(storage, f"{folder}/{each}")


def _is_fresh(tile: Tile, old: int) -> bool:
    """Whether a log of `old` entries had not all of the tile's hashes."""
    span: int = 256 ** (tile.level or 0)
    return (tile.number * 256 + tile.width) * span > old


def _write(storage: Storage, tile: Tile) -> int:
    """A tile, and the entries under it where they are for anybody; what is there is the same for good."""
    files = {tile: store.read_tile(tile.level or 0, tile.number, tile.width)}
    if tile.level == 0 and settings.LEDGER_ENTRIES_PUBLIC:
        files[Tile(None, tile.number, tile.width)] = store.read_entries(tile.number, tile.width)
    lacking = {each: data for each, data in files.items() if not storage.exists(f"tile/{each.path()}")}
    for each, data in lacking.items():
        storage.save(f"tile/{each.path()}", ContentFile(data))
    return len(lacking)


def _replace(storage: Storage, newest: SignedCheckpoint) -> None:
    """The one file that changes. A storage that would give a new one another name is rid of the old one first."""
    if not isinstance(storage, TileFolder) and storage.exists(CHECKPOINT):
        storage.delete(CHECKPOINT)
    storage.save(CHECKPOINT, ContentFile(newest.note.encode()))
