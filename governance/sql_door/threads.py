"""The threads that ask the line: the door itself waits for nobody."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")

MOST = 4


class Threads:
    """A few threads, each with a connection of Django's own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(MOST, "sql-door")

    async def ask(self, function: Callable[..., T], *given: object) -> T:
        """What a function gives that reads or writes the database."""
        loop, context = asyncio.get_running_loop(), copy_context()
        return await loop.run_in_executor(self._pool, lambda: context.run(_connected, function, *given))

    def close(self) -> None:
        """Close each thread's connection, and end them."""
        self._pool.shutdown(wait=True)


def _connected(function: Callable[..., T], *given: object) -> T:
    """Call a function with the connection of this thread, made anew where it was lost or has grown old."""
    close_old_connections()
    return function(*given)
