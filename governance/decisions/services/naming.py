"""Putting names to one decision: an auditor's, with why, each time on the log."""

from django.db import transaction

from audits.ledger import services as ledger
from governance.decisions import permissions
from governance.decisions.events import NamesAsked
from governance.decisions.models import DecisionRecord, Naming
from governance.people.models import User
from ground import records


@transaction.atomic(durable=True)
def ask_for_names(*, decision: DecisionRecord, reason: str, by: User) -> Naming:
    """Let an auditor read one decision by name for a day. Raises NotPermitted, and BadInput without a reason."""
    permissions.check_can_ask_for_names(by)
    naming = records.insert(Naming(decision=decision, reason=reason.strip(), asked_by=by))
    asked = NamesAsked(
        naming=naming.pk, decision=decision.pk, receipt=decision.entry_id, reason=naming.reason
    )
    ledger.append(asked, by=by.actor)
    return naming
