"""The one clock: everything that asks for the time asks here, so that a test or the demo can set it; for days `calendar`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_stopped: ContextVar[datetime | None] = ContextVar("stopped_clock", default=None)
_moved: ContextVar[timedelta] = ContextVar("moved_clock", default=timedelta(0))


def now() -> datetime:
    """The present moment, UTC.

    The environment variable CLOCK_OFFSET (seconds, may be negative) moves it, which is how the demo stands at
    the end of its data; `moved` moves it for a while, and `stopped_at` holds it still.
    """
    return held() or datetime.now(UTC) + _offset() + _moved.get()


def held() -> datetime | None:
    """The moment at which the clock is held still; None while it goes."""
    stopped = _stopped.get()
    return stopped + _moved.get() if stopped else None


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block."""
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Move the clock inside the block, going or held; negative is back."""
    token = _moved.set(_moved.get() + by)
    try:
        yield
    finally:
        _moved.reset(token)


def _offset() -> timedelta:
    return timedelta(seconds=float(os.environ.get("CLOCK_OFFSET", "0")))
