"""Checking a receipt: here, and by the reader with a few lines that need nothing of ours."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from audits.ledger.notes import NoteWrong, Verifier, format_proof, parse_checkpoint, parse_note, verify_note
from audits.ledger.receipts import Receipt, verify_receipt
from audits.ledger.tree import ProofWrong, leaf_hash, verify_inclusion

# What the reader runs. It works the leaf hash out again on purpose: it must not trust our code.
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
    return fits and verify_receipt(receipt, bytes.fromhex(told["public_key"]))


def stands_in_log(told: Mapping[str, Any], trusted: Sequence[Verifier]) -> bool:
    """Whether a told receipt's proof shows its leaf in a log, and one of these keys of that log has signed so."""
    try:
        note = parse_note(told["checkpoint"])
        signers = verify_note(note, trusted)
        state = parse_checkpoint(note)
        proof = [bytes.fromhex(each) for each in told["proof"]]
        verify_inclusion(leaf_hash(told["leaf"].encode()), told["index"], state.size, proof, state.root)
    except (NoteWrong, ProofWrong):
        return False
    return state.origin in {signer.name for signer in signers}


def write_proof_file(told: Mapping[str, Any]) -> str:
    """The receipt as one file that is checked without us (C2SP tlog-proof); its extra is receipt and leaf, as JSON."""
    extra = msgspec.json.encode({"receipt": told["receipt"], "leaf": told["leaf"]}, order="sorted")
    proof = [bytes.fromhex(each) for each in told["proof"]]
    return format_proof(index=told["index"], proof=proof, checkpoint=told["checkpoint"], extra=extra)


def write_check_code(told: Mapping[str, Any]) -> str:
    """Python that checks the receipt anywhere; it ends with an error where the receipt is not genuine."""
    receipt = _receipt(told)
    return _CODE.format(
        key=told["public_key"],
        leaf=told["leaf"],
        leaf_hash=receipt.leaf_hash,
        signature=receipt.signature,
        signed=receipt.text,
    )
