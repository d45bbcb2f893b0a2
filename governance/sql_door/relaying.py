"""From PostgreSQL to the client, as it comes: without a task of its own, since most of what is said is said in one breath."""

import asyncio
from collections.abc import Callable

from governance.sql_door.replies import Replies

SEND_SECONDS = 60.0  # for which a client may not read what it asked for
# Rows come in pieces of 8 kB, of which each would else be a turn of its own. A socket holds some 200 kB of them, which PostgreSQL has
# written in half a millisecond: whoever waits longer has it wait.
GATHER_SECONDS = 0.000_2
FEW_BYTES = 131_072
MOST_HELD = 1_048_576  # bytes for a client that has not read them yet


class Relay(asyncio.Protocol):
    """What PostgreSQL's connection calls once it is ready; `over` is done when one of both sides has ended."""

    def __init__(
        self,
        replies: Replies,
        client: asyncio.StreamWriter,
        server: asyncio.Transport,
        hold: Callable[[bool], None],
    ) -> None:
        self._replies, self._client, self._server, self._hold = replies, client, server, hold
        self._loop = asyncio.get_running_loop()
        self._draining: asyncio.Task[None] | None = None
        self.over: asyncio.Future[None] = self._loop.create_future()
        client.transport.set_write_buffer_limits(high=MOST_HELD)

    def begin(self, reader: asyncio.StreamReader) -> None:
        """Take over from the streams by which the connection was made, with what they have read already."""
        self._server.set_protocol(self)
        read = bytes(reader._buffer)  # type: ignore[attr-defined]
        if read:
            self.data_received(read)
        self._server.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Relay it. A client that does not read stops PostgreSQL; after a while the session ends."""
        out = self._replies.feed(data)
        if out:
            self._client.write(out)
        if self._client.transport.get_write_buffer_size() > MOST_HELD:
            self._server.pause_reading()
            self._draining = self._draining or self._loop.create_task(self._drain())
        elif self._replies.is_in_rows and len(data) < FEW_BYTES:
            self._server.pause_reading()
            self._loop.call_later(GATHER_SECONDS, self._go_on)

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._client.drain()
        except (OSError, TimeoutError) as error:
            self._end(error)
        finally:
            self._draining = None
        self._go_on()

    def _go_on(self) -> None:
        if self._draining is None and not self._server.is_closing():
            self._server.resume_reading()

    def pause_writing(self) -> None:
        """PostgreSQL does not take what is said to it: the client waits."""
        self._hold(True)

    def resume_writing(self) -> None:
        self._hold(False)

    def connection_lost(self, exc: Exception | None) -> None:
        """PostgreSQL has hung up: whatever it said last has been relayed."""
        self._end(exc)

    def _end(self, error: Exception | None) -> None:
        if self.over.done():
            return
        if error is None:
            self.over.set_result(None)
        else:
            self.over.set_exception(error)

    def close(self) -> None:
        """End both: nobody waits for this any more."""
        if self._draining is not None:
            self._draining.cancel()
        self.over.cancel()
        self._server.close()
