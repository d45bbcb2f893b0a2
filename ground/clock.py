"""The one clock: everything that asks for the time asks here, so that a test or the demo can set it; for days `calendar`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_stopped: ContextVar[datetime | None] = ContextVar("stopped_clock", default=None)


def now() -> datetime:
    """The present moment, UTC.

    The environment variable CLOCK_OFFSET (seconds, may be negative) moves it, which is how the demo stands at
    the end of its data; `stopped_at` holds it still.
    """
    return held() or datetime.now(UTC) + _offset()


def held() -> datetime | None:
    """The moment at which the clock is held still; None while it goes."""
    return _stopped.get()


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (aware) inside the block."""
    token = _stopped.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)


def _offset() -> timedelta:
    return timedelta(seconds=float(os.environ.get("CLOCK_OFFSET", "0")))
