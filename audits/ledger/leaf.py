"""What a leaf says. Imports no Django, so that a verifier can run anywhere."""

import hmac
from datetime import UTC, datetime
from uuid import UUID

from ground.canonical import write_canonical

LEAF_VERSION = 1


def encode_leaf(*, entry: UUID, kind: str, at: datetime, body: bytes, key: bytes) -> bytes:
    """The canonical bytes of a leaf (RFC 8785): version, random id, kind, time, HMAC-SHA-256 of the payload.

    It names nobody: with payload and key erased, what is left points at no one.
    """
    return write_canonical(
        {
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "id": str(entry),
            "kind": kind,
            "payload_hmac": hmac.digest(key, body, "sha256").hex(),
            "v": LEAF_VERSION,
        }
    )
