"""The key that seals payloads: AES-256-GCM, in a file that only this account may read. Imports no Django.

A sealed payload is 12 random bytes and the ciphertext. Whoever has the database alone cannot read it.
"""

import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audits.ledger.keyfiles import read_or_make

_NONCE = 12


def seal(body: bytes, path: Path) -> bytes:
    """The payload so that only the holder of the key at `path` (made there when there is none) reads it."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(path).encrypt(nonce, body, None)


def unseal(sealed: bytes, path: Path) -> bytes:
    """What was sealed. Raises InvalidTag where it was changed or another key sealed it."""
    return _cipher(path).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)


@lru_cache(maxsize=4)
def _cipher(path: Path) -> AESGCM:
    return AESGCM(read_or_make(path, lambda: AESGCM.generate_key(bit_length=256)))
