"""Receipts: the signed word of what was answered, and that its entry was committed. Imports no Django: anyone can check one."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from ground.canonical import write_canonical

RECEIPT = "metric-charter receipt v2"


class Receipt(Struct, frozen=True):
    """`text` is what is signed, canonical JSON (RFC 8785) that says what was answered; `signature` is Ed25519 over it, in hex.

    `id`, `leaf_hash` and `at` stand in the text too.
    """

    id: UUID
    leaf_hash: str
    at: datetime
    key_id: str
    signature: str
    text: str


def format_receipt(*, entry: UUID, leaf_hash: str, at: datetime, says: Mapping[str, object]) -> str:
    """The text that is signed: which entry, and what it says was answered."""
    text: dict[str, Any] = {**says, **_proof(entry, leaf_hash, at)}
    return write_canonical(text).decode()


def verify_receipt(receipt: Receipt, public_key: bytes) -> bool:
    """Whether the holder of the key signed this receipt, and its text is of the entry that it names."""
    try:
        key = Ed25519PublicKey.from_public_bytes(public_key)
        key.verify(bytes.fromhex(receipt.signature), receipt.text.encode())
        said = json.loads(receipt.text)
    except (InvalidSignature, ValueError):
        return False
    proof = _proof(receipt.id, receipt.leaf_hash, receipt.at)
    return isinstance(said, dict) and all(said.get(name) == value for name, value in proof.items())


def _proof(entry: UUID, leaf_hash: str, at: datetime) -> dict[str, str]:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return {"type": RECEIPT, "entry": str(entry), "leaf_hash": leaf_hash, "at": moment}
