"""Checking a receipt: here, and by the reader with a few lines that need nothing of ours."""

from collections.abc import Mapping
from typing import Any

import msgspec

from audits.ledger.leaf import leaf_hash
from audits.ledger.receipts import Receipt, receipt_text, verifies

# What the reader runs. It repeats receipt_text and leaf_hash on purpose: it must not trust our code.
_CODE = """\
# pip install cryptography
import hashlib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

public_key = bytes.fromhex("{key}")
leaf = {leaf!r}.encode()
leaf_hash = "{leaf_hash}"
signature = bytes.fromhex("{signature}")
signed = {signed!r}.encode()

assert hashlib.sha256(b"\\x00" + leaf).hexdigest() == leaf_hash, "the leaf is another"
assert leaf_hash in signed.decode(), "the receipt is of another leaf"
Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed)
print("This receipt is genuine.")
"""


def _receipt(told: Mapping[str, Any]) -> Receipt:
    return msgspec.convert(told["receipt"], Receipt)


def is_genuine(told: Mapping[str, Any]) -> bool:
    """Whether leaf, hash and signature of a told receipt fit each other."""
    receipt = _receipt(told)
    fits = leaf_hash(told["leaf"].encode()).hex() == receipt.leaf_hash
    return fits and verifies(receipt, bytes.fromhex(told["public_key"]))


def code(told: Mapping[str, Any]) -> str:
    """Python that checks the receipt anywhere; it ends with an error where the receipt is not genuine."""
    receipt = _receipt(told)
    signed = receipt_text(entry=receipt.id, leaf_hash=receipt.leaf_hash, at=receipt.at).decode()
    return _CODE.format(
        key=told["public_key"],
        leaf=told["leaf"],
        leaf_hash=receipt.leaf_hash,
        signature=receipt.signature,
        signed=signed,
    )
