"""The demo's background work: a beat and a worker, each started again when it ends or stands still."""

import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import psycopg

from ground import guard, heartbeats, logfiles, scans

# Seconds before the first, second … start after it has ended; the last holds for all that follow.
DELAYS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
# Whatever ran for so long begins with the first delay again.
STEADY_SECONDS = 300.0
# Whatever was started has so long before its silence counts, however busy the machine is.
START_SECONDS = 60.0

# How often it looks whether the clock goes.
_LISTEN_SECONDS = 5.0

Say = Callable[[str], None]
Now = Callable[[], float]
Listen = Callable[[], set[str]]
Spawn = Callable[[Sequence[str], Path], guard.Guarded]


class Kept:
    """One process, and whatever is started in its place; `look()` is to be called often."""

    def __init__(
        self, name: str, start: Callable[[], guard.Guarded], log: Path, say: Say, now: Now = time.monotonic
    ) -> None:
        self.name, self.log = name, log
        self._start, self._say, self._now = start, say, now
        self._restarts = 0
        self._again_at: float | None = None
        self._begin()

    def look(self) -> None:
        """Notice that it has ended, and start it again when its delay is over."""
        if self._again_at is None:
            status = self._process.poll()
            if status is not None:
                self._plan(f"has ended (status {status})")
        elif self._now() >= self._again_at:
            self._begin()
            self._say(f"The {self.name} runs again.")

    def has_run_for(self) -> float:
        """Seconds since it was started; none while it waits to be."""
        return self._now() - self._started_at if self._again_at is None else 0.0

    def replace(self, why: str) -> None:
        """End it, and plan to start it again."""
        if self._again_at is None:
            self._process.stop()
            self._plan(why)

    def stop(self) -> None:
        """End it for good."""
        self._process.stop()

    def _begin(self) -> None:
        self._process, self._started_at, self._again_at = self._start(), self._now(), None

    def _plan(self, why: str) -> None:
        if self.has_run_for() >= STEADY_SECONDS:
            self._restarts = 0
        delay = DELAYS[min(self._restarts, len(DELAYS) - 1)]
        self._restarts += 1
        self._again_at = self._now() + delay
        self._say(f"The {self.name} {why}; it is started again in {delay:g} s. See {self.log}.")


class Background:
    """The beat and the worker of a demo; `look_after()` is to be called often.

    `spawn` starts a command with a log; `listen` says what stands still.
    """

    def __init__(
        self, *, spawn: Spawn, folder: Path, say: Say, listen: Listen, now: Now = time.monotonic
    ) -> None:
        self._listen, self._now = listen, now
        self._listen_at = self._now()
        self._known: set[str] = set()
        celery = [sys.executable, "-m", "celery", "--app", "governance.config"]

        def keep(name: str, *arguments: str) -> Kept:
            log = folder / f"{name}.log"
            logfiles.begin(log)
            command = [*celery, *arguments, "--loglevel", "INFO"]
            return Kept(name, lambda: spawn(command, log), log, say, now)

        # Two children, so that a long job leaves the clock going.
        self.worker = keep("worker", "worker", "--concurrency", "2", "--without-gossip", "--without-mingle")
        self.beat = keep("beat", "beat", "--pidfile", "")

    def look_after(self) -> None:
        """Start again what has ended, and replace what stands still."""
        for kept in (self.worker, self.beat):
            kept.look()
        if self._now() >= self._listen_at:
            self._listen_at = self._now() + _LISTEN_SECONDS
            self._heed(self._listen())

    def _heed(self, still: set[str]) -> None:
        """Replace the beat where it gives no sign of life, else the worker where it does not do what the beat sends.

        Neither is judged before it has had the time to give one. A scan that comes more rarely than that is a reason once,
        since its next sign may be an hour away.
        """
        self._known &= still
        new = still - self._known
        kept = self.beat if heartbeats.BEAT in still else self.worker
        if new and kept.has_run_for() > max(heartbeats.patience().total_seconds(), START_SECONDS):
            kept.replace(f"stands still ({', '.join(sorted(still))})")
            self._known |= still - {heartbeats.BEAT, scans.TICK.name}

    def stop(self) -> None:
        """End both for good, the beat first."""
        self.beat.stop()
        self.worker.stop()


def standing_still(dsn: str, now: datetime) -> set[str]:
    """What stands still by the signs of life in a database; nothing where it cannot say."""
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            rows = connection.execute(heartbeats.STILL, {"now": now}).fetchall()
    except psycopg.Error:
        return set()
    return {scan for scan, _worker, _at in rows}
