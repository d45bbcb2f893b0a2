"""What a receipt proves, checked here: the signature, what it is of, and that the entry stands in the signed log.

Nothing is taken from the server on trust but its published keys, and not those where the caller brings their own.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from charter_client.answers import Checked, list_all_rows
from charter_client.errors import ProofFailed
from charter_client.receipts import Receipt

_TYPE = "metric-charter receipt v2"
_HASH_BYTES, _KEY_ID_BYTES, _LINES = 32, 4, 3


@dataclass(frozen=True)
class Verified:
    """The signature holds and is of this answer. `index` of `size` is where the entry stands in the log; None while it waits."""

    key_id: str
    index: int | None
    size: int | None

    @property
    def included(self) -> bool:
        """Whether it was proved that the entry stands in the log."""
        return self.index is not None


def name_key(public_key: str) -> str:
    """The id of a key (hex), as receipts name it."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def verify_answer(answer: Checked, keys: Collection[str]) -> dict[str, Any]:
    """What the receipt says, once it is signed by one of these keys (hex) and is of this very answer. Raises ProofFailed."""
    said = verify_signature(answer.receipt, keys)
    _hold(said.get("verdict") == answer.verdict, "The receipt is of another verdict.")
    _hold(said.get("rules") == sorted({rule.id for rule in answer.rules}), "The receipt is of other rules.")
    _hold(said.get("charters") == dict(answer.charters), "The receipt is of other charters.")
    expected = _digest(list_all_rows(answer.raw)) if "rows" in answer.raw else None
    _hold(said.get("rows_hash") == expected, "These are not the rows that were signed.")
    return said


def verify_signature(receipt: Receipt, keys: Collection[str]) -> dict[str, Any]:
    """What a receipt says, once one of these keys has signed it. Raises ProofFailed."""
    signed = any(_signs(key, receipt.text.encode(), receipt.signature) for key in keys)
    _hold(signed, "None of the keys that are trusted has signed this receipt.")
    said = json.loads(receipt.text)
    same = said.get("type") == _TYPE and (said.get("entry"), said.get("leaf_hash")) == (
        receipt.id,
        receipt.leaf_hash,
    )
    _hold(same, "What is signed is of another entry.")
    return dict(said)


def verify_place(receipt: Receipt, shown: Mapping[str, Any], keys: Collection[str]) -> Verified:
    """Where the entry stands, from the receipt as the server shows it again. Raises ProofFailed."""
    leaf = hashlib.sha256(b"\x00" + str(shown["leaf"]).encode()).digest()
    _hold(leaf.hex() == receipt.leaf_hash, "The leaf is not the one of the receipt.")
    _hold(json.loads(shown["leaf"]).get("id") == receipt.id, "The leaf is of another entry.")
    if shown.get("checkpoint") is None:
        return Verified(receipt.key_id, None, None)
    size, root = _read_checkpoint(str(shown["checkpoint"]), keys)
    _hold(size == shown["size"], "The proof is for another checkpoint.")
    proof = [bytes.fromhex(each) for each in shown["proof"]]
    _verify_inclusion(leaf, int(shown["index"]), size, proof, root)
    return Verified(receipt.key_id, int(shown["index"]), size)


def _read_checkpoint(note: str, keys: Collection[str]) -> tuple[int, bytes]:
    """Size and root of a checkpoint (C2SP tlog-checkpoint) that one of the keys has signed."""
    text, _, below = note.partition("\n\n")
    lines = text.split("\n")
    _hold(len(lines) >= _LINES, "The checkpoint has not the form of one.")
    origin, signed = lines[0], f"{text}\n".encode()
    for line in below.splitlines():
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.rpartition(" ")
        if dash == "—" and name == origin and _is_signed(base64.b64decode(encoded), origin, signed, keys):
            return int(lines[1]), base64.b64decode(lines[2])
    raise ProofFailed("None of the keys that are trusted has signed the checkpoint.")


def _is_signed(signature: bytes, origin: str, text: bytes, keys: Collection[str]) -> bool:
    number, signed = signature[:_KEY_ID_BYTES], signature[_KEY_ID_BYTES:]
    for key in keys:
        raw = bytes.fromhex(key)
        own = hashlib.sha256(origin.encode() + b"\n\x01" + raw).digest()[:_KEY_ID_BYTES]
        if own == number and _signs(key, text, signed.hex()):
            return True
    return False


def _verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, 2.1.3.2."""
    _hold(0 <= index < size, "A log of this size has no entry at that place.")
    place, last, reached = index, size - 1, leaf
    for sibling in proof:
        _hold(last > 0 and len(sibling) == _HASH_BYTES, "The proof goes on above the root.")
        if place & 1 or place == last:
            reached = _join(sibling, reached)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            reached = _join(reached, sibling)
        place, last = place >> 1, last >> 1
    _hold(last == 0 and reached == root, "The entry does not stand in this log at this place.")


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _signs(key: str, text: bytes, signature: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _digest(value: Any) -> str:
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def _hold(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ProofFailed(otherwise)
