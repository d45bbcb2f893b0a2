"""The key that signs receipts: Ed25519, in a file that only this account may read. Imports no Django."""

import hashlib
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audits.ledger import keyfiles

_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@lru_cache(maxsize=4)
def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key at `path` (PEM, PKCS 8). Raises KeyMissing."""
    return parse_key(keyfiles.read(path), path)


def parse_key(pem: bytes, path: Path) -> Ed25519PrivateKey:
    """The key of a file. Raises ValueError where it is another kind of key."""
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds a key of another kind; receipts are signed with Ed25519")
    return key


def public_key(path: Path) -> bytes:
    """The 32 raw bytes of the public key."""
    return public_bytes(signing_key(path))


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes of a key's public half."""
    return key.public_key().public_bytes(*_RAW)


def key_id(path: Path) -> str:
    """A short name of the key at `path`."""
    return name_key(public_key(path))


def name_key(public: bytes) -> str:
    """A short name of a key: the first 8 hex digits of the SHA-256 of its public half."""
    return hashlib.sha256(public).hexdigest()[:8]


def make_key() -> bytes:
    """A new key, as its file holds it."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def format_rotation(old: bytes, new: bytes) -> bytes:
    """What both keys sign when one takes the other's place, of their public halves: three lines, each ending in a newline."""
    return f"metric-charter key rotation v1\n{old.hex()}\n{new.hex()}\n".encode()


def verify_rotation(old: bytes, new: bytes, *, by_old: str, by_new: str) -> bool:
    """Whether the holders of both keys signed it; the signatures are hex."""
    return all(
        verify_half(old, new, signature=signature, by=public)
        for public, signature in ((old, by_old), (new, by_new))
    )


def verify_half(old: bytes, new: bytes, *, signature: str, by: bytes) -> bool:
    """Whether the holder of one of the keys signed that the new one takes the old one's place."""
    try:
        Ed25519PublicKey.from_public_bytes(by).verify(bytes.fromhex(signature), format_rotation(old, new))
    except (InvalidSignature, ValueError):
        return False
    return True
