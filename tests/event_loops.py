"""What is asynchronous, run to its end in the thread that holds a test's transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from asgiref.sync import async_to_sync
from django.db import DEFAULT_DB_ALIAS, connections


def run_to_end(main: Callable[[], Awaitable[Any]]) -> Any:
    """What `main` returns, also where a browser test came first: its driver keeps an event loop in this thread."""
    with _without_loop():
        return async_to_sync(main)()


@contextmanager
def _without_loop() -> Iterator[None]:
    """Set a loop that is kept here aside, but not the connection: beside a loop, Django keeps other ones than without."""
    loop, connection = asyncio._get_running_loop(), connections[DEFAULT_DB_ALIAS]
    asyncio._set_running_loop(None)
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connection
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before
        asyncio._set_running_loop(loop)
