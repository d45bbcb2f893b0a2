"""An open door over the small governed house, in a thread of its own; clients connect as the manager, by a token."""

import asyncio
import threading
from collections.abc import Iterator
from contextvars import copy_context
from typing import Any

import psycopg
import pytest
from msgspec import Struct

from governance.people.scopes import Scope
from governance.sql_door.server import Certificate, SqlDoor
from governance.sql_door.upstream import Address
from ground.embedded import cluster
from tests import databases, factories
from tests.governance.decisions.conftest import governed, house, stopped

__all__ = ["governed", "house", "stopped"]

LEAD_TIME = "governed.lead_time_for_changes__team"


class Opened(Struct):
    """An open door: its port, and how to come in as an account's token."""

    door: SqlDoor
    port: int
    tokens: dict[str, str]

    def says(self, name: str = "manager", decision: str = "retrospective", **more: str) -> dict[str, object]:
        given = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": name,
            "password": self.tokens[name],
            "dbname": "charter",
            "options": f"-c charter.decision={decision}",
            "sslmode": "disable",
            "autocommit": True,
        }
        return {**given, **more}

    def connect(self, name: str = "manager", **more: str) -> psycopg.Connection:
        return psycopg.connect(**self.says(name, **more))


@pytest.fixture
def opened(house, committed_db) -> Iterator[Opened]:
    """The door, open for as long as the test lasts."""
    tokens = {each.username: factories.a_token(each, Scope.ASK) for each in (house.manager, house.stranger)}
    yield from open_door(committed_db, tokens, None)


def open_door(name: str, tokens: dict[str, str], certificate: Certificate | None) -> Iterator[Opened]:
    address = Address.read(cluster.address(databases.FOLDER, cluster.READER, name))
    door, ready = SqlDoor(address, certificate), threading.Event()
    found: list[Any] = []

    async def serve() -> None:
        over = asyncio.Event()
        server = await door.open("127.0.0.1", 0)
        found.extend([server.sockets[0].getsockname()[1], asyncio.get_running_loop(), over])
        ready.set()
        await over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)

    context = copy_context()
    thread = threading.Thread(target=lambda: context.run(asyncio.run, serve()))
    thread.start()
    ready.wait(10)
    port, loop, over = found
    try:
        yield Opened(door, port, tokens)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        door.threads.close()
