"""The key that signs receipts: Ed25519, in a file that only this account may read. Imports no Django."""

import hashlib
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audits.ledger.keyfiles import read_or_make

_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@lru_cache(maxsize=4)
def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key at `path` (PEM, PKCS 8); made there, mode 600, when there is none."""
    key = serialization.load_pem_private_key(read_or_make(path, _new), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds a key of another kind; receipts are signed with Ed25519")
    return key


def public_key(path: Path) -> bytes:
    """The 32 raw bytes of the public key."""
    return signing_key(path).public_key().public_bytes(*_RAW)


def key_id(path: Path) -> str:
    """A short name of the key: the first 8 hex digits of the SHA-256 of its public half."""
    return hashlib.sha256(public_key(path)).hexdigest()[:8]


def _new() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
