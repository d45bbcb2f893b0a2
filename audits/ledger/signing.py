"""The key that signs receipts: Ed25519, in a file that only this account may read. Imports no Django."""

import hashlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


@lru_cache(maxsize=4)
def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key at `path` (PEM, PKCS 8); made there, mode 600, when there is none.

    Two processes that start together end with one key: the file is linked into place, and who loses reads it.
    """
    if not path.exists():
        _make(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds a key of another kind; receipts are signed with Ed25519")
    return key


def public_key(path: Path) -> bytes:
    """The 32 raw bytes of the public key."""
    return signing_key(path).public_key().public_bytes(*_RAW)


def key_id(path: Path) -> str:
    """A short name of the key: the first 8 hex digits of the SHA-256 of its public half."""
    return hashlib.sha256(public_key(path)).hexdigest()[:8]


def _make(path: Path) -> None:
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
