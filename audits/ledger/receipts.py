"""Receipts: the signed promise that an entry was committed. Imports no Django, so that anyone can check one."""

from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct


class Receipt(Struct, frozen=True):
    """`leaf_hash` and `signature` are hex; `signature` is Ed25519 over `receipt_text`."""

    id: UUID
    leaf_hash: str
    at: datetime
    key_id: str
    signature: str


def receipt_text(*, entry: UUID, leaf_hash: str, at: datetime) -> bytes:
    """The bytes that are signed: four lines, each ending in a newline."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"metric-charter receipt v1\n{entry}\n{leaf_hash}\n{moment}\n".encode()


def verifies(receipt: Receipt, public_key: bytes) -> bool:
    """Whether the holder of the key signed this receipt."""
    text = receipt_text(entry=receipt.id, leaf_hash=receipt.leaf_hash, at=receipt.at)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(receipt.signature), text)
    except (InvalidSignature, ValueError):
        return False
    return True
