"""Moving a charter version from one standing to another: held, by the table, and on the log."""

from msgspec import UNSET

from audits.ledger import services as ledger
from charter.registry import locks, versions
from charter.registry.events import (
    CharterActivated,
    CharterAllowedPilot,
    CharterExpired,
    CharterRejected,
    CharterRetired,
    CharterSubmitted,
    CharterSuspended,
    CharterTakenUp,
)
from charter.registry.models import CharterVersion
from charter.registry.states import CHARTER_TRANSITIONS, StandingChoices
from governance.people.models import User

# What the log is told of a version that moved to a standing.
_MOVED = {
    StandingChoices.SUBMITTED: CharterSubmitted,
    StandingChoices.IN_REVIEW: CharterTakenUp,
    StandingChoices.PILOT: CharterAllowedPilot,
    StandingChoices.ACTIVE: CharterActivated,
    StandingChoices.SUSPENDED: CharterSuspended,
    StandingChoices.RETIRED: CharterRetired,
    StandingChoices.REJECTED: CharterRejected,
    StandingChoices.EXPIRED: CharterExpired,
}


def lock_version(version: CharterVersion) -> CharterVersion:
    """The version as it stands now, with its metric, held until the transaction ends."""
    locks.take_metric(version.metric.slug)
    held = CharterVersion.objects.select_for_update(of=("self",)).select_related("metric__programme")
    return held.get(pk=version.pk)


def move_version(
    version: CharterVersion, standing: StandingChoices, *fields: str, by: User
) -> CharterVersion:
    """Move a held version to a standing, by the table, with the fields that go with it."""
    CHARTER_TRANSITIONS.check(version.standing, standing)
    bounds = version.bounds if "bounds" in fields and version.bounds else UNSET
    moved = _MOVED[standing](
        **versions.describe_version(version), was=version.standing, case=version.case_id, bounds=bounds
    )
    version.standing = standing
    version.save(update_fields=["standing", *fields])
    ledger.append(moved, by=by.actor)
    return version
