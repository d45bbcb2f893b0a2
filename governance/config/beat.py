"""One beat at a time, on however many hosts: others stand by, and one of them goes on within seconds of its end.

The lock is of the beat's own session with the database, so that it is gone with the process, with its host, and with the network between:
PostgreSQL asks a silent one whether it is there. A beat that cannot ask the database whether it still has the lock sends nothing.
"""

import logging
from typing import Any

from celery.beat import PersistentScheduler
from django.db import Error, connection

STAND_BY_SECONDS = 2.0
_TAKE = "SELECT pg_try_advisory_lock(hashtextextended('clock', 0))"
_STILL = "SELECT true"  # whoever can be asked has the session, and with it the lock
# Fifteen seconds after the last word of a host that is away its lock is free; they mean nothing on a socket of this machine.
_NOTICE = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 2"

log = logging.getLogger(__name__)


class Fence:
    """The lock of the clock, held by a connection that is used for nothing else."""

    def __init__(self) -> None:
        self._session = connection.copy()
        self._session.settings_dict = {**self._session.settings_dict, "CONN_MAX_AGE": None}
        self._held = False

    def take(self) -> bool:
        """Whether it is ours now: still, or from now on."""
        try:
            with self._session.cursor() as cursor:
                if not self._held:
                    cursor.execute(_NOTICE)
                cursor.execute(_STILL if self._held else _TAKE)
                self._held = bool(cursor.fetchone()[0])
        except Error as away:
            log.warning("The beat cannot ask for the lock of the clock: %s", away)
            self.leave()
        return self._held

    def leave(self) -> None:
        """Let another have it at once."""
        self._held = False
        self._session.close()


class FencedScheduler(PersistentScheduler):
    """Celery's own, which sends only while the lock of the clock is this process's."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self._fence, self._at_work = Fence(), False
        super().__init__(*given, **named)

    def tick(self, *given: Any, **named: Any) -> float:
        """Send what is due; gives the seconds until there is more to look at."""
        if not self._fence.take():
            if self._at_work:
                log.warning("Another beat has the clock now; this one stands by.")
            self._at_work = False
            return STAND_BY_SECONDS
        if not self._at_work:
            self._at_work = True
            self._begin()
        return float(super().tick(*given, **named))

    def close(self) -> None:
        self._fence.leave()
        super().close()

    def _begin(self) -> None:
        from governance.config import tasks

        log.info("This beat has the clock.")
        tasks.beat_begins()
