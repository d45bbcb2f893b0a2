"""What the receipt of a decision says, so that its holder can show anybody what was asked and answered."""

import hashlib
from collections.abc import Iterable, Mapping

from audits.ledger import services as ledger
from audits.ledger.receipts import Receipt
from charter.rules.request import Request
from governance.decisions.models import DecisionRecord
from ground.canonical import write_canonical


def sign_decision(decision: DecisionRecord, charters: Mapping[str, int] | None = None) -> Receipt:
    """The receipt of a committed decision; `charters` are its metrics' versions, read from its facts where not given.

    Its text is the same each time, since a decision is written once; it is signed by the key of now.
    """
    return ledger.sign(decision.entry, _says(decision, charters or list_charters(decision)))


def list_charters(decision: DecisionRecord) -> dict[str, int]:
    """The charter version that governed each metric asked for."""
    charters = (facts["charter"] for facts in decision.facts)
    return {charter["metric"]: charter["version"] for charter in charters}


def hash_rows(rows: Iterable[object]) -> str:
    """SHA-256 of the rows as they leave, as canonical JSON (RFC 8785), in hex."""
    return _hash(list(rows))


def _says(decision: DecisionRecord, charters: Mapping[str, int]) -> dict[str, object]:
    return {
        "verdict": str(decision.verdict),
        "rules": list(decision.rules),
        "request_hash": _hash(decision.request),
        "charters": dict(charters),
        "rulebook": decision.rulebook_hash,
        "snapshot": decision.snapshot or None,
        "rows_hash": decision.content_hash or None,
        "checked_only": decision.checked_only,
    }


def _hash(value: Request | Mapping[str, object] | list[object]) -> str:
    return hashlib.sha256(write_canonical(value)).hexdigest()
