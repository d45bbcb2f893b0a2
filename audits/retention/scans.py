"""What falls due by itself: what was kept long enough goes, in batches."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from audits.retention import queries, services
from audits.retention.states import PurgeKind
from governance.people.models import User
from ground.scans import Scan, Step

Batch = tuple[PurgeKind, date, tuple[UUID, ...]]


def _batches(what: PurgeKind) -> Iterator[Batch]:
    due = queries.find_due(what)
    yield from ((what, due.before, batch) for batch in due.batches)


def _purge(batch: Batch, by: User) -> int:
    what, before, wanted = batch
    return services.purge(what=what, before=before, wanted=wanted, by=by)


# Each hour, so that a day never passes without one; what there is more of than a pass takes goes with the next.
RETENTION: Scan[User] = Scan(
    "retention",
    every=timedelta(hours=1),
    minute=10,
    steps=(
        Step("decisions deleted", due=lambda _by: _batches(PurgeKind.DECISIONS), act=_purge),
        Step("values deleted", due=lambda _by: _batches(PurgeKind.VALUES), act=_purge),
        Step("names of leavers deleted", due=lambda _by: _batches(PurgeKind.IDENTITIES), act=_purge),
        Step("calibration deleted", due=lambda _by: _batches(PurgeKind.CALIBRATIONS), act=_purge),
        Step("strain deleted", due=lambda _by: _batches(PurgeKind.STRAIN), act=_purge),
    ),
)
