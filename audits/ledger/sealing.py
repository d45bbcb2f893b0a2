"""The key that seals payloads: AES-256-GCM, in a file that only this account may read. Imports no Django.

What is sealed is 12 random bytes and the ciphertext. Whoever has the database alone cannot read it, nor learn from its
length more than within which power of two it lies, the least of them 1,024 bytes. It is bound to what it is `about`: moved
to another place, it does not open.
"""

import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audits.ledger import keyfiles

_NONCE = 12
_LEAST = 1024
# Ends the body before zeros fill it up, as in ISO/IEC 7816-4. JSON ends with neither, so what was sealed unfilled opens too.
_END = b"\x80"


def seal(body: bytes, path: Path, *, about: bytes = b"") -> bytes:
    """The body so that only the holder of the key at `path` reads it. Raises KeyMissing."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(path).encrypt(nonce, _filled(body), about)


def unseal(sealed: bytes, path: Path, *, about: bytes = b"") -> bytes:
    """What was sealed. Raises InvalidTag where it was changed or moved, or another key sealed it."""
    filled = _cipher(path).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
    return filled.rstrip(b"\x00").removesuffix(_END)


def _filled(body: bytes) -> bytes:
    """The body with as many bytes as the next power of two, so that a short reason is as long as none."""
    size = max(_LEAST, 1 << len(body).bit_length())
    return (body + _END).ljust(size, b"\x00")


@lru_cache(maxsize=4)
def _cipher(path: Path) -> AESGCM:
    return AESGCM(keyfiles.read(path))


def check_key(path: Path) -> None:
    """Raise KeyMissing, or ValueError where the file holds no key of this kind."""
    _cipher(path)


def make_key() -> bytes:
    """A new key, as its file holds it."""
    return AESGCM.generate_key(bit_length=256)
