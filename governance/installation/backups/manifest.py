"""What a backup says of itself: `manifest.json`, written last and signed with the log's key, so that a half or a changed one is told.

{"manifest": {…}, "key": "name+number+key", "signature": "hex of Ed25519 over a first line and the canonical manifest"}
"""

import hashlib
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from audits.ledger.notes import Checkpoint, NoteWrong, Verifier, parse_checkpoint, parse_note, verify_note
from audits.ledger.signing import public_bytes
from governance.installation.backups.errors import BackupRefused
from ground.canonical import write_canonical

MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
MOST_BYTES = 4 * 2**20
_FIRST_LINE = b"metric-charter backup v1\n"
_READ_BYTES = 2**20


class BackedUpFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a backup: its size in bytes, and its SHA-256 in hex."""

    name: Literal["database.dump"]
    size: int
    sha256: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a backup holds, all of it seen by one snapshot of the database.

    `migrations` are those applied, “app.name” to the SHA-256 of ours, blank for those of libraries; `postgresql` is the server's
    `server_version_num`; `entries` have their place in the log, `waiting` not yet; `checkpoint` is the newest signed one, blank
    where nothing was signed.
    """

    format: Literal["metric-charter backup 1"]
    made_at: datetime
    postgresql: int
    migrations: dict[str, str]
    file: BackedUpFile
    entries: int
    waiting: int
    checkpoint: str


class SignedManifest(Struct, frozen=True, forbid_unknown_fields=True):
    """A manifest, and which key has signed it."""

    manifest: Manifest
    key: str
    signature: str


def sign_manifest(manifest: Manifest, *, origin: str, key: Ed25519PrivateKey) -> bytes:
    """The file of a manifest, signed with the key of the log of this name."""
    name = Verifier(origin, public_bytes(key)).format()
    signed = SignedManifest(manifest, name, key.sign(_text(manifest)).hex())
    return msgspec.json.format(msgspec.json.encode(signed), indent=2) + b"\n"


def read_manifest(folder: Path, trusted: Sequence[Verifier]) -> Manifest:
    """What the backup in a folder says of itself, signed by one of these keys. Raises BackupRefused."""
    signed = _parse(folder)
    signers = [each for each in trusted if each.format() == signed.key]
    if not signers:
        raise BackupRefused(
            f"The backup in {folder} was signed by {signed.key}, which is not the key here. Put back the keys that were backed up "
            "with it, or name that key with --key where whoever holds the log has told you so.",
            code="backup_key_unknown",
        )
    if not _holds(signed, signers[0]):
        raise BackupRefused(
            f"{folder / MANIFEST} was changed after it was signed. Take another copy of this backup.",
            code="backup_changed",
        )
    return signed.manifest


def read_state(manifest: Manifest, trusted: Sequence[Verifier]) -> Checkpoint | None:
    """The newest signed state of the log that a backup holds; None where nothing was signed. Raises BackupRefused."""
    if not manifest.checkpoint:
        return None
    try:
        note = parse_note(manifest.checkpoint)
        verify_note(note, trusted)
        return parse_checkpoint(note)
    except NoteWrong as error:
        raise BackupRefused(
            f"The checkpoint of this backup is not the log’s: {error}", code="backup_changed"
        ) from error


def check_file(folder: Path, told: BackedUpFile) -> None:
    """Raise BackupRefused unless the file is the one that the manifest tells of."""
    path = folder / told.name
    if not path.is_file() or path.stat().st_size != told.size:
        found = path.stat().st_size if path.is_file() else 0
        raise BackupRefused(
            f"{path} has {found} bytes, and {told.size} were backed up. Take another copy of this backup.",
            code="backup_cut_short",
        )
    if _hash(path) != told.sha256:
        raise BackupRefused(
            f"{path} is not what was backed up: its SHA-256 is another. Take another copy of this backup.",
            code="backup_changed",
        )


def find_newest(folder: Path) -> SignedManifest | None:
    """The newest whole backup in a folder of backups, or the folder itself; no signature is looked at."""
    found = [_parse(path.parent) for path in (*folder.glob(MANIFEST), *folder.glob(f"*/{MANIFEST}"))]
    return max(found, key=lambda each: each.manifest.made_at, default=None)


def _parse(folder: Path) -> SignedManifest:
    path = folder / MANIFEST
    if not path.is_file():
        raise BackupRefused(
            f"{folder} holds no whole backup: {MANIFEST} is written last, and is not there. Take another backup.",
            code="backup_half",
        )
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("it is too long")
        return msgspec.json.decode(path.read_bytes(), type=SignedManifest)
    except (msgspec.MsgspecError, ValueError) as error:
        raise BackupRefused(
            f"{path} is no manifest that this version reads: {error}.", code="backup_changed"
        ) from error


def _text(manifest: Manifest) -> bytes:
    return _FIRST_LINE + write_canonical(manifest)


def _holds(signed: SignedManifest, by: Verifier) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(by.public)
        key.verify(bytes.fromhex(signed.signature), _text(signed.manifest))
    except (InvalidSignature, ValueError):
        return False
    return True


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that its owner alone reads, and that is on the disk, whole, or not there. Raises OSError."""
    draft = path.with_name(f"{path.name}.part")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put_in_place(draft, path)


def put_in_place(draft: Path, path: Path) -> None:
    """Give what was written whole its name, for good."""
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
