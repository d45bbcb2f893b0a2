"""What the registry keeps: the programme, metrics and charters, rulebooks, reviews, and what its clock has said."""

from charter.registry.models.charters import CharterVersion, Draft, DraftPermission, Metric
from charter.registry.models.programme import DecisionKind, Programme, Source, choices
from charter.registry.models.reviews import Contract, Review, ReviewItem
from charter.registry.models.rules import Clearance, ClearanceKind, RulebookVersion
from charter.registry.reminders import ClockSuspension, Reminder, UntiedFlag

__all__ = [
    "CharterVersion",
    "Clearance",
    "ClearanceKind",
    "ClockSuspension",
    "Contract",
    "DecisionKind",
    "Draft",
    "DraftPermission",
    "Metric",
    "Programme",
    "Reminder",
    "Review",
    "ReviewItem",
    "RulebookVersion",
    "Source",
    "UntiedFlag",
    "choices",
]
