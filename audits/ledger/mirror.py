"""A mirror: follows a log over HTTP and keeps a copy of its tiles in a folder, in the log's own form. Imports no Django.

What is taken over is verified first: the checkpoint's signatures, that it continues the one before, and that the tiles are of it.
A mirror that was stopped goes on where it was; one that is shown another past stops, and keeps what it was shown as evidence.
"""

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from audits.ledger.fetching import HttpAnswer, Unreachable, fetch
from audits.ledger.notes import (
    LONGEST_NOTE,
    Checkpoint,
    NoteWrong,
    Verifier,
    parse_checkpoint,
    parse_note,
    verify_note,
)
from audits.ledger.policies import WitnessPolicy
from audits.ledger.tiles import WIDTH, Tile, fold, is_within, list_tiles, nodes_of, unpack_entries
from audits.ledger.tree import EMPTY_ROOT, HASH_BYTES, leaf_hash, root_of
from ground.errors import Conflict, DomainError

SECONDS = 10.0
LONGEST_BUNDLE = WIDTH * (2 + 0xFFFF)
CHECKPOINT, HISTORY, EVIDENCE = "checkpoint", "checkpoints.ndjson", "evidence"


class LogAway(DomainError):
    """The log does not answer, or not with what it should have; asking again later may help."""

    status, code, title = 503, "log_away", "The log does not answer"


class MirrorRefuses(Conflict):
    """The log shows another past than it did, or what its signature is not of."""

    code = "mirror_refuses"


@dataclass(frozen=True)
class Mirror:
    """The copy in a folder of the log at an address, whose keys are trusted, and what witnesses must have cosigned."""

    folder: Path
    url: str
    trusted: Sequence[Verifier]
    policy: WitnessPolicy

    def follow(self, ends: Event, *, every: float, once: bool, say: Callable[[str], object]) -> None:
        """Take over what is new, again and again. Raises MirrorRefuses; a log that is away is waited for, unless `once`."""
        while not ends.is_set():
            try:
                size = self.catch_up()
                say(f"{time.strftime('%H:%M:%S')} {size} entries, verified")
            except LogAway as error:
                if once:
                    raise
                say(str(error.detail))
            if once:
                return
            ends.wait(every)

    def catch_up(self) -> int:
        """Take over what is new up to the log's newest checkpoint; gives its size. Raises LogAway or MirrorRefuses."""
        note = self._get(CHECKPOINT, LONGEST_NOTE * 4)
        text = note.decode("utf-8", "replace")
        new, old = self._read(text), self._find_known()
        if new == old:
            return old.size
        if new.size < old.size:
            raise self._behind(old, new, text)
        for tile in list_tiles(new.size):
            self._take(tile)
        self._check(old, new, text)
        self._take_entries(new.size)
        self._keep(text)
        self._tidy(old, new)
        return new.size

    def _behind(self, old: Checkpoint, new: Checkpoint, text: str) -> DomainError:
        """Fewer entries than it has shown before: an answer from some cache, or a log that was restored from a backup."""
        if self._root(new.size) != new.root:
            return self._refuse(old, new, text)
        return LogAway(
            f"{self.url} shows {new.size} entries, and has shown {old.size} before. If this lasts, its database is older than "
            "what it has signed: tell an auditor."
        )

    def _read(self, text: str) -> Checkpoint:
        try:
            note = parse_note(text)
            state = parse_checkpoint(note)
            signers = verify_note(
                note, [*self.trusted, *(each.key for each in self.policy.witnesses.values())]
            )
        except NoteWrong as error:
            raise MirrorRefuses(f"The checkpoint of {self.url}: {error}") from error
        if state.origin not in {each.name for each in signers}:
            raise MirrorRefuses(f"The checkpoint of {self.url} is not signed by the log {state.origin}.")
        if not self.policy.is_met(signers):
            raise MirrorRefuses(f"The checkpoint of {self.url} lacks cosignatures that the policy asks for.")
        return state

    def _find_known(self) -> Checkpoint:
        path = self.folder / CHECKPOINT
        if not path.exists():
            return Checkpoint("", 0, EMPTY_ROOT)
        return parse_checkpoint(parse_note(path.read_text(encoding="utf-8")))

    def _take(self, tile: Tile) -> None:
        """Fetch a tile that is not there yet."""
        path = self._path(tile)
        if path.exists() and path.stat().st_size == tile.width * HASH_BYTES:
            return
        data = self._get(f"tile/{tile.path()}", WIDTH * HASH_BYTES)
        if len(data) != tile.width * HASH_BYTES:
            raise LogAway(f"The tile {tile.path()} of {self.url} is cut short.")
        _write(path, data)

    def _check(self, old: Checkpoint, new: Checkpoint, text: str) -> None:
        """Hold the tiles against both checkpoints; where they do not fit, what is new is put aside."""
        if (
            self._root(new.size) != new.root
            or self._root(old.size) != old.root
            or not self._fits(old.size, new.size)
        ):
            raise self._refuse(old, new, text)

    def _refuse(self, old: Checkpoint, new: Checkpoint, text: str) -> MirrorRefuses:
        self._put_aside(old, new, text)
        return MirrorRefuses(
            f"What {self.url} shows at {new.size} entries is not of its checkpoint, or does not continue the {old.size} that "
            f"this mirror has. What it showed lies in {self.folder / EVIDENCE}; tell an auditor."
        )

    def _root(self, size: int) -> bytes:
        return root_of(size, nodes_of(self._read_tile, size)) if size else EMPTY_ROOT

    def _read_tile(self, level: int, number: int, width: int) -> bytes:
        """A tile out of the newest that the folder has of it: what an older state had of it is its beginning."""
        for path in self._list_versions(Tile(level, number)):
            if path.stat().st_size >= width * HASH_BYTES:
                return path.read_bytes()[: width * HASH_BYTES]
        raise MirrorRefuses(f"The mirror lacks the tile {Tile(level, number, width).path()}.")

    def _list_versions(self, tile: Tile) -> list[Path]:
        """The files of a tile, the widest first."""
        whole = self._path(tile)
        parts = whole.with_name(f"{whole.name}.p")
        found = [each for each in parts.iterdir() if each.name.isdecimal()] if parts.is_dir() else []
        return [*([whole] if whole.exists() else []), *sorted(found, key=lambda each: -int(each.name))]

    def _fits(self, old: int, new: int) -> bool:
        """Whether every new hash above the first level is that of its tile below."""
        for tile in list_tiles(new):
            if tile.level and not is_within(tile, old):
                data = self._read_tile(tile.level, tile.number, tile.width)
                first = tile.number * WIDTH
                below = (self._read_tile(tile.level - 1, first + place, WIDTH) for place in range(tile.width))
                if data != b"".join(fold(_hashes(each)) for each in below):
                    return False
        return True

    def _take_entries(self, size: int) -> None:
        """The entries as well, where the log gives them to anybody; each is the one whose hash its tile has."""
        for tile in list_tiles(size):
            if tile.level:
                return
            bundle = Tile(None, tile.number, tile.width)
            if self._path(bundle).exists():
                continue
            answer = self._ask(f"tile/{bundle.path()}", LONGEST_BUNDLE)
            if answer.status in (403, 404):
                return
            data = self._body(answer, bundle.path())
            if [leaf_hash(each) for each in _unpack(data)] != _hashes(
                self._read_tile(0, tile.number, tile.width)
            ):
                raise MirrorRefuses(
                    f"The entries {bundle.path()} of {self.url} are not those whose hashes it shows."
                )
            _write(self._path(bundle), data)

    def _keep(self, text: str) -> None:
        """The newest checkpoint comes last: what it covers is there."""
        _write(self.folder / CHECKPOINT, text.encode())
        with (self.folder / HISTORY).open("a", encoding="utf-8") as history:
            history.write(json.dumps({"note": text}) + "\n")

    def _tidy(self, old: Checkpoint, new: Checkpoint) -> None:
        """Of a tile at the edge the newest width is kept; the narrower ones are its beginning."""
        for tile in set(list_tiles(old.size)) - set(list_tiles(new.size)):
            for each in (tile, Tile(None, tile.number, tile.width)) if tile.level == 0 else (tile,):
                self._path(each).unlink(missing_ok=True)

    def _put_aside(self, old: Checkpoint, new: Checkpoint, text: str) -> None:
        folder = self.folder / EVIDENCE / f"{new.size}-{new.root.hex()[:16]}"
        _write(folder / CHECKPOINT, text.encode())
        kept = set(list_tiles(old.size))
        for tile in list_tiles(new.size):
            if tile not in kept and self._path(tile).exists():
                path = folder / "tile" / tile.path()
                path.parent.mkdir(parents=True, exist_ok=True)
                self._path(tile).replace(path)

    def _path(self, tile: Tile) -> Path:
        return self.folder / "tile" / tile.path()

    def _get(self, path: str, most: int) -> bytes:
        return self._body(self._ask(path, most), path)

    def _ask(self, path: str, most: int) -> HttpAnswer:
        try:
            return fetch(f"{self.url.rstrip('/')}/{path}", seconds=SECONDS, most=most)
        except Unreachable as error:
            raise LogAway(str(error)) from error

    def _body(self, answer: HttpAnswer, path: str) -> bytes:
        if answer.status != 200:
            raise LogAway(f"{self.url} answers {answer.status} when it is asked for {path}.")
        return answer.body


def _hashes(data: bytes) -> list[bytes]:
    return [data[start : start + HASH_BYTES] for start in range(0, len(data), HASH_BYTES)]


def _unpack(data: bytes) -> list[bytes]:
    try:
        return list(unpack_entries(data))
    except ValueError:
        return []


def _write(path: Path, data: bytes) -> None:
    """A file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
