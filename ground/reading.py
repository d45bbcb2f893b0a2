"""What one page asks several times is read once. For pages alone: a service that acts reads what is true then."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_read: ContextVar[dict[Hashable, object] | None] = ContextVar("read", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Let functions marked `read_once` remember what they found until the block ends. Nothing may be written in it."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def read_once(function: Callable[P, T]) -> Callable[P, T]:
    """Read once in a block of `one_reading`, and each time outside of one. Positional arguments, which can be hashed."""

    @wraps(function)
    def reading(*given: P.args, **named: P.kwargs) -> T:
        known = _read.get()
        if known is None or named:
            return function(*given, **named)
        key = (function, given)
        if key not in known:
            known[key] = function(*given, **named)
        return known[key]  # type: ignore[return-value]

    return reading
