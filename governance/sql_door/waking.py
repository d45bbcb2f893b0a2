"""The event loop that the door runs in, which can sleep for less than a millisecond."""

import asyncio
import select
import selectors

MILLISECOND = 0.001


class FineSelector(selectors.DefaultSelector):
    """The usual selector, but for short waits: those of epoll are of whole milliseconds."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and 0 < timeout < MILLISECOND:
            select.select([self.fileno()], [], [], timeout)
            timeout = 0
        return super().select(timeout)


def make_loop() -> asyncio.AbstractEventLoop:
    return asyncio.SelectorEventLoop(FineSelector())
