"""Checks a receipt that somebody hands in, from what it says alone. Imports no Django: who may ask, and what is shown, is the page's.

A receipt is a `.tlog-proof` file (C2SP tlog-proof, with receipt and leaf in its `extra`), or the JSON that the API gives.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audits.ledger.notes import NoteWrong, Verifier, parse_checkpoint, parse_note, parse_proof, verify_note
from audits.ledger.policies import WitnessPolicy
from audits.ledger.tree import ProofWrong, leaf_hash, verify_inclusion


class ReceiptUnreadable(ValueError):
    """What was handed in is no receipt in either form."""


class HandedIn(NamedTuple):
    """The parts of a receipt: the leaf of its entry, what was signed of it, and the proof where it has one."""

    leaf: bytes
    entry: UUID
    kind: str
    at: datetime
    text: str
    signature: str
    place: int | None
    proof: tuple[bytes, ...]
    checkpoint: str

    @property
    def said(self) -> Mapping[str, Any]:
        """What the signed text says, where there is one."""
        return dict(json.loads(self.text)) if self.text else {}


class ReceiptChecks(NamedTuple):
    """What holds of a receipt; None where it has nothing of the kind. `witnesses` are those of the policy that have cosigned."""

    signed: bool | None
    proved: bool | None
    size: int | None
    witnesses: tuple[str, ...]
    policy_met: bool

    @property
    def holds(self) -> bool:
        """Whether nothing of it is false, and something of it is shown."""
        return False not in (self.signed, self.proved) and True in (self.signed, self.proved)


def read_receipt(text: str) -> HandedIn:
    """The parts of a receipt, nothing of it verified. Raises ReceiptUnreadable."""
    try:
        told = json.loads(text) if text.lstrip().startswith("{") else _of_file(text)
        receipt = told.get("receipt") or {}
        leaf = json.loads(told["leaf"])
        index = told.get("index")
        return HandedIn(
            leaf=told["leaf"].encode(),
            entry=UUID(leaf["id"]),
            kind=str(leaf["kind"]),
            at=datetime.fromisoformat(leaf["at"]),
            text=_text(receipt),
            signature=str(receipt.get("signature", "")),
            place=None if index is None else int(index),
            proof=tuple(bytes.fromhex(each) for each in told.get("proof") or ()),
            checkpoint=str(told.get("checkpoint") or ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ReceiptUnreadable from None


def check_receipt(given: HandedIn, trusted: Sequence[Verifier], policy: WitnessPolicy) -> ReceiptChecks:
    """Hold a receipt against the log's keys and its witnesses."""
    signed = _is_signed(given, trusted) if given.text else None
    if given.place is None:
        return ReceiptChecks(signed, None, None, (), False)
    keys = {each.key: each.name for each in policy.witnesses.values()}
    try:
        note = parse_note(given.checkpoint)
        signers = verify_note(note, [*trusted, *keys])
        state = parse_checkpoint(note)
        verify_inclusion(leaf_hash(given.leaf), given.place, state.size, given.proof, state.root)
    except (NoteWrong, ProofWrong):
        return ReceiptChecks(signed, False, None, (), False)
    ours = state.origin in {each.name for each in signers if each not in keys}
    witnesses = tuple(keys[each] for each in signers if each in keys)
    return ReceiptChecks(signed, ours, state.size, witnesses, policy.is_met(signers))


def _of_file(text: str) -> dict[str, Any]:
    proof = parse_proof(text)
    hashes = [each.hex() for each in proof.hashes]
    return {**json.loads(proof.extra), "index": proof.index, "proof": hashes, "checkpoint": proof.checkpoint}


def _text(receipt: Mapping[str, Any]) -> str:
    """The signed text, which is a JSON object or nothing."""
    text = str(receipt.get("text", ""))
    if text and not isinstance(json.loads(text), dict):
        raise ValueError("a text that is none of a receipt")
    return text


def _is_signed(given: HandedIn, trusted: Sequence[Verifier]) -> bool:
    """Whether one of the log's keys has signed the text, and it is of this very leaf."""
    said = given.said
    if said.get("leaf_hash") != leaf_hash(given.leaf).hex() or said.get("entry") != str(given.entry):
        return False
    return any(_holds(key, given) for key in trusted)


def _holds(key: Verifier, given: HandedIn) -> bool:
    verify: Callable[[bytes, bytes], None] = Ed25519PublicKey.from_public_bytes(key.public).verify
    try:
        verify(bytes.fromhex(given.signature), given.text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
