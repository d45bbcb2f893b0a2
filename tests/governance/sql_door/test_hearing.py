"""A client is read no faster than PostgreSQL takes what it says, whatever it was asked meanwhile."""

import asyncio
from types import SimpleNamespace

from governance.sql_door import wire
from governance.sql_door.hearing import Hearing


class Connection(asyncio.Transport):
    """A client's, of which only is told whether it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.is_read = True

    def get_protocol(self) -> asyncio.BaseProtocol:
        return asyncio.Protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        self.is_read = False

    def resume_reading(self) -> None:
        self.is_read = True


def test_a_client_that_was_held_meanwhile_is_not_read_after_an_answer():
    """Issue 20, 1: bounded, in both directions."""
    asyncio.run(hold_while_the_line_is_asked())


async def hold_while_the_line_is_asked() -> None:
    connection, asked = Connection(), asyncio.Event()

    async def take(_kind: bytes, _message: bytes) -> None:
        await asked.wait()

    hearing = Hearing(SimpleNamespace(transport=connection), take, lambda: None)
    hearing.data_received(wire.make(b"Q", wire.text("SELECT 1")))
    hearing.hold(True)
    asked.set()
    for _ in range(5):
        await asyncio.sleep(0)
    assert hearing._taking is None and not connection.is_read
    hearing.hold(False)
    assert connection.is_read
    await hearing.close()
