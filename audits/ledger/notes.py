"""Signed notes, checkpoints and cosignatures, byte for byte as C2SP says (signed-note, tlog-checkpoint, tlog-cosignature).

Imports nothing of ours but the tree, and `cryptography`, so that whoever checks the log takes these files along.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audits.ledger.tree import HASH_BYTES

ED25519, COSIGNATURE = 0x01, 0x04  # signature types of signed-note
LONGEST_NOTE = 64 * 1024  # characters; a checkpoint with its sixteen cosignatures has four thousand
_TIME_BYTES = 8
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteWrong(ValueError):
    """A note that is not of the form, or that nobody whom we trust has signed."""


@dataclass(frozen=True)
class Signature:
    """One line under a note: whose it says it is, the number of the key (4 bytes), and what was signed with it."""

    name: str
    key_id: bytes
    signed: bytes

    def line(self) -> str:
        """The line as it stands under a note."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signed).decode()}\n"


@dataclass(frozen=True)
class SignedNote:
    """A text that ends in a newline, and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def format(self) -> str:
        """The note as it is handed on."""
        return f"{self.text}\n{''.join(signature.line() for signature in self.signatures)}"


@dataclass(frozen=True)
class Checkpoint:
    """How far a log reaches: its name, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def format(self) -> str:
        """The text that is signed; three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """A key that is trusted to sign for a name. `kind` is ED25519 for a log's own, COSIGNATURE for a witness's."""

    name: str
    public: bytes = field(repr=False)
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ kind ‖ key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def check(self) -> None:
        """Raise NoteWrong where no key can have this name."""
        _check_name(self.name)

    def format(self) -> str:
        """The key as it is handed to whoever checks: `name+number+key` (a vkey)."""
        key = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"


def parse_verifier(text: str) -> Verifier:
    """The key that a vkey names. Raises NoteWrong."""
    try:
        name, number, key = text.strip().split("+", 2)
        raw = base64.b64decode(key, validate=True)
    except ValueError:
        raise NoteWrong("A key is written as name+number+key.") from None
    if len(raw) != 1 + HASH_BYTES or raw[0] not in (ED25519, COSIGNATURE):
        raise NoteWrong(f"The key of {name} is none of Ed25519.")
    _check_name(name)
    verifier = Verifier(name, raw[1:], raw[0])
    if verifier.key_id.hex() != number:
        raise NoteWrong(f"The number of the key of {name} is not the key's.")
    return verifier


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> SignedNote:
    """The checkpoint as a note that the log itself has signed."""
    _check_name(checkpoint.origin)
    text = checkpoint.format()
    verifier = Verifier(checkpoint.origin, key.public_key().public_bytes_raw())
    return SignedNote(text, (Signature(checkpoint.origin, verifier.key_id, key.sign(text.encode())),))


def cosign(note: SignedNote, *, name: str, key: Ed25519PrivateKey, at: int) -> Signature:
    """A witness's signature: at `at` (seconds since 1970) this was the longest state it had seen, and all of one log."""
    _check_name(name)
    verifier = Verifier(name, key.public_key().public_bytes_raw(), COSIGNATURE)
    signed = key.sign(_cosigned(note.text, at))
    return Signature(name, verifier.key_id, at.to_bytes(_TIME_BYTES, "big") + signed)


def parse_note(text: str) -> SignedNote:
    """The parts of a note, nothing of it verified. Raises NoteWrong."""
    if len(text) > LONGEST_NOTE or _CONTROL.search(text):
        raise NoteWrong("This is no signed note: it is too long, or holds control characters.")
    body, gap, below = text.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise NoteWrong("This is no signed note: it needs a text, an empty line, and signatures.")
    return SignedNote(f"{body}\n", tuple(_signature(line) for line in below[:-1].split("\n")))


def parse_checkpoint(note: SignedNote) -> Checkpoint:
    """What the text of a note says of a log. Raises NoteWrong."""
    origin, size, root, *more = [*note.text.split("\n"), "", "", ""]
    try:
        digest = base64.b64decode(root, validate=True)
    except binascii.Error:
        raise NoteWrong("The third line of a checkpoint is the root in base64.") from None
    if not origin or not _SIZE.fullmatch(size) or len(digest) != HASH_BYTES or any(more):
        raise NoteWrong("A checkpoint says the log's name, its size and its root, and nothing more.")
    return Checkpoint(origin, int(size), digest)


def verify_note(note: SignedNote, trusted: Iterable[Verifier]) -> list[Verifier]:
    """Which of these have signed it. Raises NoteWrong where a signature of one of them does not hold, or none has.

    Signatures of others are passed over, as anybody may add one.
    """
    known = {(verifier.name, verifier.key_id): verifier for verifier in trusted}
    signers = []
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not _holds(note.text, signature, verifier):
            raise NoteWrong(f"The signature of {signature.name} does not hold.")
        signers.append(verifier)
    if not signers:
        raise NoteWrong("Nobody whom you trust has signed this.")
    return list(dict.fromkeys(signers))


def read_time(signature: Signature) -> int:
    """When a witness signed, in seconds since 1970."""
    return int.from_bytes(signature.signed[:_TIME_BYTES], "big")


def format_proof(*, index: int, proof: Sequence[bytes], checkpoint: str, extra: bytes = b"") -> str:
    """A proof that stands alone (C2SP tlog-proof): where an entry stands, the path to the root, the signed checkpoint."""
    lines = ["c2sp.org/tlog-proof@v1"]
    if extra:
        lines.append(f"extra {base64.b64encode(extra).decode()}")
    lines += [f"index {index}", *(base64.b64encode(each).decode() for each in proof), ""]
    return "\n".join(lines) + "\n" + checkpoint


@dataclass(frozen=True)
class Proof:
    """A proof that stands alone: where an entry stands, the path to the root, the signed checkpoint, and what came with it."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""


def parse_proof(text: str) -> Proof:
    """The parts of a proof that stands alone, nothing of it verified. Raises NoteWrong."""
    head, gap, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    try:
        if first != "c2sp.org/tlog-proof@v1" or not gap:
            raise ValueError
        extra = base64.b64decode(lines.pop(0)[6:], validate=True) if lines[0].startswith("extra ") else b""
        index = lines.pop(0)
        if not index.startswith("index ") or not _SIZE.fullmatch(index[6:]):
            raise ValueError
        hashes = tuple(base64.b64decode(line, validate=True) for line in lines)
    except (ValueError, IndexError):
        raise NoteWrong("This is no proof of the log (c2sp.org/tlog-proof).") from None
    return Proof(int(index[6:]), hashes, checkpoint, extra)


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _holds(text: str, signature: Signature, verifier: Verifier) -> bool:
    signed, message = signature.signed, text.encode()
    if verifier.kind == COSIGNATURE:
        message = _cosigned(text, read_time(signature))
        signed = signed[_TIME_BYTES:]
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signed, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _signature(line: str) -> Signature:
    dash, name, signed, *more = [*line.split(" "), "", ""][:4]
    if dash != "—" or not name or any(more):
        raise NoteWrong("A signature is written as a dash, a name and base64.")
    try:
        raw = base64.b64decode(signed, validate=True)
    except binascii.Error:
        raise NoteWrong(f"The signature of {name} is not base64.") from None
    if len(raw) < 5:
        raise NoteWrong(f"The signature of {name} is cut short.")
    _check_name(name)
    return Signature(name, raw[:4], raw[4:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise NoteWrong("The name of a key has neither blanks nor a plus.")
