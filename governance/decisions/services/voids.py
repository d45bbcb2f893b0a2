"""Saying that a decision is void: its receipt tells it from then on, and stays what it was."""

from django.db import transaction

from audits.ledger import services as ledger
from governance.decisions import permissions
from governance.decisions.events import DecisionVoided
from governance.decisions.models import DecisionRecord, VoidedDecision
from governance.people.models import User
from ground import records


@transaction.atomic
def void_decision(*, decision: DecisionRecord, because: str, by: User) -> VoidedDecision:
    """Record that a decision is void, in the caller's transaction, as the product itself; once is enough."""
    permissions.check_can_void(by)
    known = VoidedDecision.objects.filter(decision=decision).first()
    if known is not None:
        return known
    voiding = records.insert(VoidedDecision(decision=decision, voided_by=by, because=because))
    event = DecisionVoided(decision=decision.pk, receipt=decision.entry_id, because=because)
    ledger.append(event, by=by.actor)
    return voiding
