"""The loop of the door: rows are gathered for less than a millisecond, in which PostgreSQL does not have to wait (issue 20, Measured)."""

import asyncio
import selectors
import socket
import time
from typing import Any

from governance.sql_door.relaying import GATHER_SECONDS
from governance.sql_door.waking import MILLISECOND, FineSelector, make_loop


def test_a_short_sleep_is_short():
    """Issue 20: epoll alone sleeps a whole millisecond or more, each time."""

    async def sleep() -> float:
        begun = time.perf_counter()
        await asyncio.sleep(GATHER_SECONDS)
        return time.perf_counter() - begun

    with asyncio.Runner(loop_factory=make_loop) as runner:
        slept = [runner.run(sleep()) for _ in range(100)]
    assert min(slept) >= GATHER_SECONDS and min(slept) < MILLISECOND


def test_what_comes_is_seen_whatever_the_wait():
    """Issue 20: the wait ends with what comes, or finds it there already."""
    one, other = socket.socketpair()
    with FineSelector() as waiting, one, other:
        waiting.register(one, selectors.EVENT_READ, "here")
        assert waiting.select(GATHER_SECONDS) == [] and waiting.select(0) == []
        other.send(b"x")
        for wait in (0, GATHER_SECONDS, 1.0, None):
            assert tell(waiting.select(wait)) == ["here"]


def tell(found: list[tuple[selectors.SelectorKey, int]]) -> list[Any]:
    return [key.data for key, _ in found]
