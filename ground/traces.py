"""Steps worth a name in a trace, for whoever operates it. Nothing is timed and nothing is told until an app that stands above says to whom."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Begin = Callable[[str], AbstractContextManager[Any]]
_begin: list[Begin] = []  # at most one
# Whether what is under way here is traced at all: most requests are not, and their steps cost one look at this.
under_way: ContextVar[bool] = ContextVar("traced", default=False)


def traced(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Let each call of a function be a step of this name, a constant: no step names anybody."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def step(*given: P.args, **named: P.kwargs) -> T:
            if not under_way.get() or not _begin:
                return function(*given, **named)
            with _begin[0](name):
                return function(*given, **named)

        return step

    return decorate


def tell(begin: Begin | None) -> None:
    """From now on a step is begun by this; None lets nobody be told any more."""
    _begin[:] = [begin] if begin else []
