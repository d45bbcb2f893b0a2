"""A receipt shown again: what it promises, and what is needed to check it without us."""

from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from audits.ledger import signing, store
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
        "receipt": msgspec.to_builtins(sign_decision(decision)),
        "leaf": bytes(decision.entry.leaf).decode(),
        "public_key": signing.public_key(settings.LEDGER_SIGNING_KEY_FILE).hex(),
        **_inclusion(entry),
        "decided": _decided(decision),
        **_request(decision, by),
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


def _request(decision: DecisionRecord, by: User) -> dict[str, Any]:
    """The request in full, which its hash is of; whoever was looked at learns of nobody else who was, nor of reasons."""
    return {} if permissions.was_looked_at(by, decision) else {"request": decision.request}
