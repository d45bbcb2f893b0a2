"""What the registry keeps: sources, metrics and charters, rulebooks, reviews, and what its clock has said."""

from charter.registry.models.charters import CharterVersion, Metric
from charter.registry.models.reviews import Review, ReviewItem
from charter.registry.models.rules import Clearance, ClearanceKind, ProofRun, RulebookVersion
from charter.registry.models.sources import Source
from charter.registry.models.warehouses import WarehouseConnection
from charter.registry.reminders import ClockSuspension, Reminder, UntiedFlag

__all__ = [
    "CharterVersion",
    "Clearance",
    "ClearanceKind",
    "ClockSuspension",
    "Metric",
    "ProofRun",
    "Reminder",
    "Review",
    "ReviewItem",
    "RulebookVersion",
    "Source",
    "UntiedFlag",
    "WarehouseConnection",
]
