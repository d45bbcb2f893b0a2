"""Logs made up without a database: leaves, tiles, checkpoints and receipts, in the forms that the product writes."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audits.ledger import notes, tree
from audits.ledger.leaf import encode_leaf
from audits.ledger.tiles import Tile, list_tiles, pack_entries

ORIGIN = "charter.example.org/log"
BEGUN = datetime(2026, 7, 1, 9, tzinfo=UTC)
KEY, WITNESS = (Ed25519PrivateKey.from_private_bytes(letter * 32) for letter in (b"k", b"w"))
WITNESS_NAME = "witness.example.org/worker-representative"
ERASED = "ledger.payload.erased"


@dataclass
class MadeEntry:
    """An entry with what it says; `payload` is None where that was erased, or never handed on."""

    leaf: bytes
    payload: bytes | None
    key: bytes


@dataclass
class MadeLog:
    """A log in memory, signed in these states."""

    entries: list[MadeEntry] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def append(self, count: int = 1, *, kind: str = "people.role.granted", **says: object) -> "MadeLog":
        """Add entries, a second apart."""
        for _ in range(count):
            number = len(self.entries)
            body, key = json.dumps({"by": "user:1", **says}).encode(), number.to_bytes(32, "big")
            at = BEGUN + timedelta(seconds=number)
            leaf = encode_leaf(entry=UUID(int=number), kind=kind, at=at, body=body, key=key)
            self.entries.append(MadeEntry(leaf, body, key))
        return self

    @property
    def hashes(self) -> list[bytes]:
        return [tree.leaf_hash(each.leaf) for each in self.entries]

    def sign(
        self,
        key: Ed25519PrivateKey = KEY,
        *,
        witnesses: dict[str, Ed25519PrivateKey] | None = None,
        at: int = 0,
    ) -> str:
        """Sign how far it reaches, cosigned by these."""
        note = notes.sign_checkpoint(notes.Checkpoint(ORIGIN, len(self.entries), tree.root(self.hashes)), key)
        at = at or int((BEGUN + timedelta(seconds=len(self.entries))).timestamp())
        cosigned = [
            notes.cosign(note, name=name, key=each, at=at) for name, each in (witnesses or {}).items()
        ]
        self.states.append(notes.SignedNote(note.text, (*note.signatures, *cosigned)).format())
        return self.states[-1]

    def erase(self, number: int) -> None:
        """Destroy what an entry says, and tell so."""
        self.append(kind=ERASED, entry=str(UUID(int=number)), basis="retention")
        self.entries[number].payload = None

    def write(self, folder: Path, *, payloads: bool = True, form: str = "export") -> Path:
        """The copy as `ledger export` writes it, or as a mirror of tiles with their entries."""
        folder.mkdir(parents=True, exist_ok=True)
        size = notes.parse_checkpoint(notes.parse_note(self.states[-1])).size
        if form == "export":
            (folder / "entries.ndjson").write_text("".join(self._lines(size, payloads)))
            (folder / "checkpoints.ndjson").write_text(
                "".join(json.dumps({"note": each}) + "\n" for each in self.states)
            )
            (folder / "keys.txt").write_text(vkey() + "\n")
        (folder / "checkpoint").write_text(self.states[-1])
        hashes = self.hashes
        for tile in list_tiles(size):
            span = 256**tile.level
            firsts = [(tile.number * 256 + place) * span for place in range(tile.width)]
            _put(folder, tile, b"".join(tree.root(hashes[first : first + span]) for first in firsts))
            if form == "mirror" and tile.level == 0:
                bundle = [each.leaf for each in self.entries[tile.number * 256 :][: tile.width]]
                _put(folder, Tile(None, tile.number, tile.width), pack_entries(bundle))
        return folder

    def _lines(self, size: int, payloads: bool):
        for number, each in enumerate(self.entries[:size]):
            told = {"index": number, "leaf": each.leaf.decode()}
            if payloads and each.payload is not None:
                told["payload"] = base64.b64encode(each.payload).decode()
                told["key"] = base64.b64encode(each.key).decode()
            yield json.dumps(told) + "\n"

    def receipt(self, folder: Path, number: int, *, state: int = -1) -> Path:
        """The receipt of an entry as one file, under one of the signed states."""
        size = notes.parse_checkpoint(notes.parse_note(self.states[state])).size
        extra = json.dumps({"leaf": self.entries[number].leaf.decode(), "receipt": None}).encode()
        proof = tree.inclusion_proof(self.hashes, number, size)
        path = folder / f"{number}.tlog-proof"
        path.write_text(
            notes.format_proof(index=number, proof=proof, checkpoint=self.states[state], extra=extra)
        )
        return path


def vkey(key: Ed25519PrivateKey = KEY) -> str:
    """The log's key as it is handed on."""
    return notes.Verifier(ORIGIN, key.public_key().public_bytes_raw()).format()


def witness_vkey(key: Ed25519PrivateKey = WITNESS, name: str = WITNESS_NAME) -> str:
    """A witness's key as it is handed on."""
    return notes.Verifier(name, key.public_key().public_bytes_raw(), notes.COSIGNATURE).format()


POLICY = f"log {vkey()}\nwitness worker-rep {witness_vkey()}\nquorum worker-rep\n"
W = witness_vkey()
NO_POLICIES = [
    "",
    "quorum somebody",
    "quorum none\nquorum none",
    f"witness w {vkey()}\nquorum w",
    f"log {W}\nquorum none",
    f"witness w {W}\nwitness v {W}\nquorum w",
    f"witness w {W}\ngroup g 2 w\nquorum g",
    f"witness w {W}\ngroup g 0 w\nquorum g",
    f"witness w {W}\ngroup g any w w\nquorum g",
    f"group g any w\nwitness w {W}\nquorum g",
    f"witness none {W}\nquorum none",
    f"witness w {W[:-4]}\nquorum w",
    "something else\nquorum none",
]


def _put(folder: Path, tile: Tile, data: bytes) -> None:
    path = folder / "tile" / tile.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
