"""What falls due in this app with nobody asking: values of periods that have closed."""

from collections.abc import Iterable
from datetime import timedelta

from charter.measures import asking, queries, services
from governance.people.models import User
from ground import scans
from ground.errors import Conflict


def _due(by: User) -> Iterable[User]:
    return [by] if queries.is_publishing_due() else []


def _publish(_due: object, by: User) -> int:
    """Publish what has become due; nothing where somebody publishes already, or there is no programme yet."""
    try:
        return services.publish(by=by, progress=lambda *_: scans.alive()).values_written
    except Conflict as busy:
        if busy.code not in {"publishing_now", "no_programme"}:
            raise
        return 0


# One charter's values may take so long on a slow warehouse, and so may writing them all.
PUBLISHING = scans.Scan(
    "publishing",
    every=timedelta(hours=1),
    minute=10,
    silence=timedelta(minutes=30),
    steps=(scans.Step("values published", _due, _publish),),
)

# Those that an administrator asked for; a worker looks every few seconds.
ASKED_PUBLISHING: scans.Scan[User] = scans.Scan(
    "asked_publishing",
    every=timedelta(seconds=10),
    silence=timedelta(minutes=30),
    steps=(
        scans.Step(
            "values published as asked",
            lambda _by: list(asking.find_waiting().values_list("pk", flat=True)),
            lambda key, _by: asking.work_asked(key=key),
        ),
    ),
)
