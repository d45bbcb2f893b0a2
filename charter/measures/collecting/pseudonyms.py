"""Who wrote a commit, as a pseudonym made on the way in: the same for one address always, and nobody's without the key."""

import hashlib
import hmac
import secrets
from pathlib import Path

from audits.ledger import keyfiles


def read_key(path: Path) -> bytes:
    """The collector's key, made at first use, mode 600. With another one everybody is somebody else: it stays."""
    if not path.exists():
        keyfiles.place(path, secrets.token_bytes(32))
    return path.read_bytes()


def make_pseudonym(address: str, key: bytes) -> str:
    """What a source calls whoever has this address; 80 bits of HMAC-SHA-256."""
    folded = address.strip().lower().encode()
    return "dev-" + hmac.new(key, folded, hashlib.sha256).hexdigest()[:20]
