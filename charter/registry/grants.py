"""A charter version and a rulebook never change; only where they stand does."""

from charter.registry.models import (
    CharterVersion,
    Clearance,
    ClockSuspension,
    Metric,
    ProofRun,
    Reminder,
    Review,
    ReviewItem,
    RulebookVersion,
    Source,
    UntiedFlag,
    WarehouseConnection,
)
from ground.grants import ADD, add_and_change

GRANTS = {
    # Which version governs it is written by a trigger alone.
    Metric: add_and_change("owner"),
    CharterVersion: add_and_change(
        "standing",
        "submitted_at",
        "submitted_by",
        "activated_at",
        "activated_by",
        "case_id",
        "expires_at",
        "pilot_cohort",
        "bounds",
        "review_due_on",
        "ended_at",
        "ended_by",
    ),
    RulebookVersion: add_and_change("state", "published_at", "published_by", "case_id"),
    ProofRun: ADD,
    # What the table is called stays; what was said before stands in the log.
    Source: add_and_change(
        "name", "kind", "description", "owner", "cadence", "region", "columns", "described_at", "described_by"
    ),
    WarehouseConnection: add_and_change("sealed", "ended_at", "ended_by"),
    Clearance: ADD,
    Review: add_and_change("closed_at", "closed_by"),
    ReviewItem: add_and_change("result", "note", "decided_at", "decided_by"),
    Reminder: ADD,
    UntiedFlag: add_and_change("asked_on", "ended_at", "ended_by"),
    ClockSuspension: add_and_change("ended_at", "ended_by"),
}
