"""A receipt shown again: what it promises, and what is needed to check it without us."""

from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings

from audits.ledger import services as ledger
from audits.ledger import signing
from governance.decisions import queries
from governance.people.models import User


def told_entry(entry: UUID, *, by: User) -> dict[str, Any]:
    """The receipt of a decision's entry with its leaf and the key to check both. Raises NotFound."""
    decision = queries.decision_of_entry(entry, by=by)
    return {
        "receipt": msgspec.to_builtins(ledger.sign(decision.entry)),
        "leaf": bytes(decision.entry.leaf).decode(),
        "public_key": signing.public_key(settings.LEDGER_SIGNING_KEY_FILE).hex(),
        "decided": {
            "at": decision.at,
            "decision": decision.use,
            "grain": decision.grain,
            "metrics": decision.metrics,
            "cohorts": decision.cohorts,
            "verdict": decision.verdict,
            "rules": decision.rules,
            "rulebook_hash": decision.rulebook_hash,
            "content_hash": decision.content_hash or None,
        },
    }
