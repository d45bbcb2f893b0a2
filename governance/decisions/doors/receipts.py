"""A receipt shown again: what it promises, and what is needed to check it without us."""

from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from audits.ledger import signing, store
from audits.ledger.models import Entry
from audits.ledger.receipts import Receipt
from governance.decisions import permissions, queries
from governance.decisions.models import DecisionRecord
from governance.decisions.services.receipts import list_charters, sign_decision
from governance.people.models import User

# Parts of a request that say how the rows were to be, and nothing of anybody.
FILTERS = ("view", "order_by", "limit", "percentile", "compare", "combine", "time_filter", "export")


def serialize_entry(entry: UUID, *, by: User) -> dict[str, Any]:
    """The receipt of a decision's entry with its leaf and the key to check both. Raises NotFound."""
    decision = queries.get_decision_of_entry(entry, by=by)
    return {
        **serialize_proof(decision.entry, sign_decision(decision)),
        "decided": _decided(decision),
        "void": serialize_void(decision),
        **_request(decision, by),
    }


def serialize_proof(entry: Entry, receipt: Receipt) -> dict[str, Any]:
    """A receipt with all that is needed to check it: the leaf of its entry, the key, and its place in the log."""
    return {
        "receipt": msgspec.to_builtins(receipt),
        "leaf": bytes(entry.leaf).decode(),
        "public_key": signing.public_key(settings.LEDGER_SIGNING_KEY_FILE).hex(),
        **_inclusion(entry.pk),
    }


def _inclusion(entry: UUID) -> dict[str, Any]:
    """Where the entry stands in the signed log, and the proof of it; nothing while it waits for its place."""
    found = store.find_inclusion(entry)
    if found is None:
        return {"index": None, "size": None, "proof": None, "checkpoint": None}
    proof = [each.hex() for each in found.proof]
    return {"index": found.index, "size": found.size, "proof": proof, "checkpoint": found.checkpoint}


def _decided(decision: DecisionRecord) -> dict[str, Any]:
    charters = list_charters(decision)
    return {
        "at": decision.at,
        "decision": decision.use,
        "grain": decision.grain,
        "metrics": decision.metrics,
        "cohorts": decision.cohorts,
        "window": decision.request["window"],
        "period": decision.request["period"],
        "filters": {name: decision.request[name] for name in FILTERS},
        "verdict": decision.verdict,
        "rules": decision.rules,
        "charters": [{"metric": metric, "version": charters[metric]} for metric in decision.metrics],
        "rulebook_hash": decision.rulebook_hash,
        "snapshot": decision.snapshot or None,
        "content_hash": decision.content_hash or None,
    }


def serialize_void(decision: DecisionRecord) -> dict[str, Any] | None:
    """That the decision was found to be void, from when and why; None where it stands. The receipt itself stays what it was."""
    voiding = getattr(decision, "voiding", None)
    return {"at": voiding.voided_at, "because": voiding.because} if voiding is not None else None


def _request(decision: DecisionRecord, by: User) -> dict[str, Any]:
    """The request in full, which its hash is of; whoever was looked at learns of nobody else who was, nor of reasons.

    An auditor reads it once they have said why they need the names in it.
    """
    if permissions.was_looked_at(by, decision) or not permissions.sees_names(by, decision):
        return {}
    return {"request": decision.request}
