"""From the client to PostgreSQL: each message is taken as it comes, at once where nobody has to be asked about it."""

import asyncio
import types
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, cast

from governance.sql_door.wire import Incoming, WireError

Take = Callable[[bytes, bytes], Coroutine[Any, Any, None]]
TERMINATE = b"X"


class Hearing(asyncio.Protocol):
    """What the client's connection calls once it is known; `over` is done when it has ended, or said what is no message.

    `take` is given each message with its kind, one after the other; while it waits for an answer, the client is not read.
    `flush` is called where all that came was taken.
    """

    def __init__(self, writer: asyncio.StreamWriter, take: Take, flush: Callable[[], None]) -> None:
        self._transport = cast(asyncio.Transport, writer.transport)
        self._before = cast(
            asyncio.Protocol, self._transport.get_protocol()
        )  # who waits for its writing and its end
        self._take, self._flush = take, flush
        self._incoming = Incoming()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._taking: asyncio.Task[None] | None = None
        self._held = False  # PostgreSQL does not take what is there already
        self._loop = asyncio.get_running_loop()
        self.over: asyncio.Future[None] = self._loop.create_future()

    def begin(self, reader: asyncio.StreamReader) -> None:
        """Take over from the streams by which the client was greeted, with what they have read already."""
        self._transport.set_protocol(self)
        read = bytes(reader._buffer)  # type: ignore[attr-defined]
        if read:
            self.data_received(read)
        if reader.at_eof():
            self._end(None)
        if self._taking is None:
            self._resume()

    def data_received(self, data: bytes) -> None:
        """Take what came, in its order."""
        try:
            self._waiting.extend(self._incoming.feed(data))
        except WireError as error:
            self._waiting.clear()
            self._end(error)
        if self._taking is None:
            self._take_waiting()

    def _take_waiting(self) -> None:
        """Take messages until one has to wait for an answer; go on by a task then."""
        while self._waiting and not self.over.done():
            kind, message = self._waiting.popleft()
            if kind == TERMINATE[0]:
                self._end(None)
                return
            try:
                rest = begin(self._take(bytes((kind,)), message))
            except Exception as error:
                self._end(error)
                return
            if rest is not None:
                self._transport.pause_reading()
                self._taking = self._loop.create_task(self._finish(rest))
                return
        self._flush()

    async def _finish(self, rest: Awaitable[None]) -> None:
        try:
            await rest
        except Exception as error:
            self._end(error)
            return
        self._taking = None
        self._take_waiting()
        if self._taking is None:
            self._resume()

    def _resume(self) -> None:
        if not self._held and not self._transport.is_closing() and not self.over.done():
            self._transport.resume_reading()

    def hold(self, held: bool) -> None:
        """Read nothing more of the client while PostgreSQL does not take what is there."""
        self._held = held
        if held:
            self._transport.pause_reading()
        elif self._taking is None:
            self._resume()

    def eof_received(self) -> bool:
        """The client says no more: that ends it, and what was answered leaves first."""
        self._end(None)
        return True

    def pause_writing(self) -> None:
        self._before.pause_writing()

    def resume_writing(self) -> None:
        self._before.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._before.connection_lost(exc)
        self._end(exc)

    def _end(self, error: Exception | None) -> None:
        if self.over.done():
            return
        if error is None:
            self.over.set_result(None)
        else:
            self.over.set_exception(error)

    async def close(self) -> None:
        """End what is being asked: nobody waits for the answer any more."""
        if self.over.done():
            self.over.exception()  # it was told, or nobody is there to be told
        else:
            self.over.cancel()
        if self._taking is not None:
            self._taking.cancel()
            await asyncio.gather(self._taking, return_exceptions=True)
        self._transport.set_protocol(self._before)


def begin(coroutine: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """Run a coroutine as far as it comes without waiting; None where that is to its end, else what is left of it.

    A task costs a turn of the loop before its first step, which is more than most messages need altogether.
    """
    try:
        waits_for = coroutine.send(None)
    except StopIteration:
        return None
    return cast(Awaitable[None], _go_on(coroutine, waits_for))


@types.coroutine
def _go_on(coroutine: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    while True:
        try:
            try:
                told = yield waits_for
            except BaseException as error:
                waits_for = coroutine.throw(error)
            else:
                waits_for = coroutine.send(told)
        except StopIteration:
            return
