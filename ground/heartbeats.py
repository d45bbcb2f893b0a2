"""Signs of life of the background work: each says by when the next must have come, so that stillness can be read.

The beat signs whenever it sends a task, and each pass of a scan when it begins, between its items and when it ends.
One row a scan and worker, written over each time.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from ground import clock
from ground.models import Heartbeat

BEAT = "beat"
# Rows of workers that are gone for so long tell nothing any more.
_FORGOTTEN = timedelta(days=1)

# The newest sign of each scan, where it is past its time. The demo's supervisor asks the same, without Django's connection.
STILL = """
SELECT scan, worker, at FROM (
    SELECT DISTINCT ON (scan) scan, worker, at, due_at FROM ground_heartbeat ORDER BY scan, due_at DESC, at DESC
) newest WHERE due_at < %(now)s ORDER BY scan
"""


class Still(NamedTuple):
    """What stands still: a scan or the beat, the worker that gave its last sign, and when (None: never)."""

    scan: str
    worker: str
    at: datetime | None


def patience() -> timedelta:
    """How long the clock may stand still before somebody is told."""
    return timedelta(seconds=settings.CLOCK_STILL_SECONDS)


def sign(scan: str, worker: str, *, within: timedelta, **said: Any) -> None:
    """Write that a scan (or the beat) lives on a worker and gives its next sign `within` a time from now."""
    now = clock.now()
    row = Heartbeat(scan=scan, worker=worker, at=now, due_at=now + within, **said)
    Heartbeat.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["scan", "worker"],
        update_fields=["at", "due_at", "running", *(name for name in said if name != "running")],
    )


def announce(expected: Mapping[str, timedelta], worker: str) -> None:
    """Sign for the beat as it starts, and give each scan until its next turn (name → time from now) before it is missed."""
    now = clock.now()
    Heartbeat.objects.exclude(scan__in=[BEAT, *expected]).delete()
    Heartbeat.objects.filter(at__lt=now - _FORGOTTEN).delete()
    for scan, within in expected.items():
        due_at = now + within
        Heartbeat.objects.filter(scan=scan).update(due_at=due_at)
        Heartbeat.objects.get_or_create(scan=scan, worker="", defaults={"at": now, "due_at": due_at})
    sign(BEAT, worker, within=patience())


def standing_still() -> list[Still]:
    """What has given no sign of life in its time: nothing where all is well, the beat where there never was one."""
    if not Heartbeat.objects.filter(scan=BEAT).exists():
        return [Still(BEAT, "", None)]
    with connection.cursor() as cursor:
        cursor.execute(STILL, {"now": clock.now()})
        return [Still(*row) for row in cursor.fetchall()]
