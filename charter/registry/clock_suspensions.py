"""Suspensions by the clock: each with its reason on the record before the charter is out of use, and ended with it."""

from typing import Any

from audits.ledger import services as ledger
from charter.registry import services
from charter.registry.events import (
    AgreementSuspended,
    AgreementSuspensionEnded,
    ReviewOverdue,
    ReviewSuspensionEnded,
    UntiedOverdue,
    UntiedSuspensionEnded,
)
from charter.registry.models import CharterVersion, ClockSuspension
from charter.registry.reminders import SuspendedFor
from governance.people.models import User
from ground import clock

# What the log is told.
_SUSPENDED = {
    SuspendedFor.REVIEW: ReviewOverdue,
    SuspendedFor.UNTIED: UntiedOverdue,
    SuspendedFor.AGREEMENT: AgreementSuspended,
}
_ENDED = {
    SuspendedFor.REVIEW: ReviewSuspensionEnded,
    SuspendedFor.UNTIED: UntiedSuspensionEnded,
    SuspendedFor.AGREEMENT: AgreementSuspensionEnded,
}


def suspend(version: CharterVersion, reason: SuspendedFor, *, by: User, **because: Any) -> ClockSuspension:
    """Suspend a version that is held, in the caller's transaction. `because` is what the reason's event keeps besides."""
    suspension = ClockSuspension.objects.create(
        charter_version=version, reason=reason, suspended_at=clock.now(), suspended_by=by
    )
    said = _SUSPENDED[reason](**_recorded(version), suspension=suspension.pk, **because)
    ledger.append(said, by=by.actor)
    services.suspend(version=version, by=by)
    return suspension


def put_back(version: CharterVersion, *, by: User) -> ClockSuspension:
    """Put a version back in force that the clock has suspended."""
    suspension = end(version, by=by)
    services.reinstate(version=version, by=by)
    return suspension


def end(version: CharterVersion, *, by: User) -> ClockSuspension:
    """Note that a suspension by the clock is over, whatever became of the charter."""
    suspension = version.clock_suspensions.select_for_update().get(ended_at__isnull=True)
    suspension.ended_at, suspension.ended_by = clock.now(), by
    suspension.save(update_fields=["ended_at", "ended_by"])
    event = _ENDED[SuspendedFor(suspension.reason)]
    ledger.append(event(**_recorded(version), suspension=suspension.pk), by=by.actor)
    return suspension


def _recorded(version: CharterVersion) -> dict[str, Any]:
    return {"charter_version": version.pk, "metric": version.metric.slug}
