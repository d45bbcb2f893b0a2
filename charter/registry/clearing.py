"""Which charter versions have passed their fairness audit, and until when: the latest audit of each decides (S22, S43)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from charter.registry.document import WhichDecisions
from charter.registry.models import Clearance, ClearanceKind
from charter.rules.facts import DecisionFacts


def read_audited(versions: Collection[UUID], on: date) -> frozenset[UUID]:
    """Those of these versions whose latest fairness audit was passed and is in date on a day; one statement."""
    found = (
        Clearance.objects.filter(charter_version__in=versions, kind=ClearanceKind.FAIRNESS_AUDIT)
        .order_by("charter_version_id", "-granted_at", "-id")
        .distinct("charter_version_id")
    )
    return frozenset(
        version
        for version, passed, until in found.values_list("charter_version_id", "passed", "valid_until")
        if passed and until >= on
    )


def list_to_audit(uses: Mapping[UUID, WhichDecisions], decisions: Iterable[DecisionFacts]) -> list[UUID]:
    """Those of these charter versions that list a decision for which the programme needs an audit."""
    needing = {each.decision for each in decisions if each.fairness_needed}
    return [key for key, said in uses.items() if any(use.decision in needing for use in said.allowed)]
