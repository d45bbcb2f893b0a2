"""A task for each scan that an app declares, when the beat sends it, and the beat's own signs of life."""

import logging
import socket
from datetime import timedelta
from typing import Any

from celery.schedules import crontab
from celery.signals import after_task_publish, beat_init
from django.db import DatabaseError, connection

from governance.config.celery import app
from governance.people.services import get_system_account
from ground import heartbeats, scans

log = logging.getLogger(__name__)

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def _task(scan: scans.Scan[Any]) -> str:
    """Make a scan's task; gives its name. What waited for nearly as long as until the next is dropped, that one does it all."""

    @app.task(name=f"scans.{scan.name}", expires=expires(scan), bind=True)
    def task(self: Any) -> None:
        by = get_system_account() if scan.steps else None
        scans.run(scan, by=by, worker=self.request.hostname or socket.gethostname())

    return str(task.name)


def expires(scan: scans.Scan[Any]) -> float:
    """After how many seconds a message that nobody took is dropped: well before the next one comes."""
    return scan.every.total_seconds() * 5 / 6


def schedule(scan: scans.Scan[Any]) -> crontab | timedelta:
    """When the beat sends a scan: at minutes of the hour, or where it comes more often than each minute, so often."""
    if scan.every < _MINUTE:
        return scan.every
    return crontab(minute=f"{scan.minute}-59/{scan.every // _MINUTE}")


@beat_init.connect
def _sign_what_is_sent(**_: Any) -> None:
    """Let the beat sign with each task that it sends; as it begins it signs once the clock is its own (`beat.py`)."""
    after_task_publish.connect(beat_sends)


def beat_begins() -> None:
    """Sign for the beat as it starts, and grant each scan the time until its next turn."""
    expected = {scan.name: scan.next_within() for scan in scans.declared()}
    _sign(lambda: heartbeats.announce(expected, _beat()))


def beat_sends(**_: Any) -> None:
    """Sign for the beat, which has just sent a task."""
    _sign(lambda: heartbeats.sign(heartbeats.BEAT, _beat(), within=heartbeats.patience()))


def _sign(write: Any) -> None:
    """Write a sign; a database that is away must not end the beat, which goes on and signs again."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        write()
    except DatabaseError as away:
        log.warning("The beat could not sign: %s", away)


def _beat() -> str:
    return f"beat@{socket.gethostname()}"


app.conf.beat_schedule = {
    scan.name: {"task": _task(scan), "schedule": schedule(scan), "options": {"expires": expires(scan)}}
    for scan in scans.declared()
}
