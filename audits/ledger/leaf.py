"""What a leaf says, and its hash. Imports no Django, so that a verifier can run anywhere."""

import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

import rfc8785

LEAF_VERSION = 1


def leaf_bytes(*, entry: UUID, kind: str, at: datetime, body: bytes, key: bytes) -> bytes:
    """The canonical bytes of a leaf (RFC 8785): version, random id, kind, time, HMAC-SHA-256 of the payload.

    It names nobody: with payload and key erased, what is left points at no one.
    """
    return rfc8785.dumps(
        {
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "id": str(entry),
            "kind": kind,
            "payload_hmac": hmac.digest(key, body, "sha256").hex(),
            "v": LEAF_VERSION,
        }
    )


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf), the leaf hash of RFC 9162 section 2.1.1."""
    return hashlib.sha256(b"\x00" + leaf).digest()
