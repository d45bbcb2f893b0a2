"""A copy of the log for whoever verifies it: entries, checkpoints, tiles and keys, in a folder, a batch at a time.

The form is what `charter-verify` reads (verifier/charter_verify.py). What entries say is left out unless it is asked for: the tree is verified without it.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from django.db import transaction

from audits.ledger import services, store
from audits.ledger.events import LogCopied
from audits.ledger.keys import list_verifiers
from audits.ledger.models import LogPlace, SignedCheckpoint
from audits.ledger.tiles import Tile, list_tiles
from ground.errors import Conflict

ENTRIES, CHECKPOINTS, CHECKPOINT, KEYS = "entries.ndjson", "checkpoints.ndjson", "checkpoint", "keys.txt"
BATCH = 2000


def export_log(folder: Path, *, payloads: bool, say: Callable[[str], object], by: str) -> int:
    """Write the log up to its newest checkpoint into an empty or new folder; gives how many entries. Raises Conflict.

    That it was copied is an entry of its own, which is written before the first byte leaves.
    """
    newest = store.find_checkpoint()
    if newest is None:
        raise Conflict("Nothing of the log has been signed yet. Start `manage.py ledger sequence`.")
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(f"{folder} is not empty. Name a new folder.")
    with transaction.atomic():
        services.append(LogCopied(size=newest.size, payloads=payloads), by=by)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    _write(folder / KEYS, (verifier.format() for verifier in list_verifiers()))
    states = SignedCheckpoint.objects.filter(size__lte=newest.size).order_by("size")
    _write(folder / CHECKPOINTS, (json.dumps({"note": each.note}) for each in states.iterator()))
    _write(folder / ENTRIES, _entries(newest.size, payloads, say))
    for tile in list_tiles(newest.size):
        _write_tile(folder, tile)
    (folder / CHECKPOINT).write_text(newest.note, encoding="utf-8")
    return newest.size


def _entries(size: int, payloads: bool, say: Callable[[str], object]) -> Iterator[str]:
    # As plain values: a million records of three tables each would take three times as long.
    said = ("entry__payload__body", "entry__payload__key") if payloads else ()
    for first in range(0, size, BATCH):
        places = LogPlace.objects.filter(number__gte=first, number__lt=min(size, first + BATCH))
        for place in places.order_by("number").values_list("number", "entry__leaf", *said):
            yield json.dumps(_entry(*place))
        say(f"{min(size, first + BATCH)} of {size} entries")


def _entry(
    number: int, leaf: bytes, body: bytes | None = None, key: bytes | None = None
) -> dict[str, object]:
    """One line; without what it says where that was erased, or is not asked for."""
    told: dict[str, object] = {"index": number, "leaf": bytes(leaf).decode()}
    if body is not None and key is not None:
        told["payload"] = base64.b64encode(body).decode()
        told["key"] = base64.b64encode(key).decode()
    return told


def _write_tile(folder: Path, tile: Tile) -> None:
    """One that the database lacks is left out, as entries are: whoever verifies the copy is to find that."""
    path = folder / "tile" / tile.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(ValueError):
        path.write_bytes(store.read_tile(tile.level or 0, tile.number, tile.width))


def _write(path: Path, lines: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
