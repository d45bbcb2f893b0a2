"""Data versions: one changes with every committed write to the tables that stand for it.

What was read under a data version is true while it is the same, so the line reads the data versions at every question, in
its transaction and under its locks, and the rest only when they have changed (`cached`). A data version is random, never
counted up, so that no two databases or rolled-back transactions ever share one. Each app declares its own in its
`data_versions.py`; only a trigger writes them, the runtime role may not.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from typing import Concatenate, NamedTuple, ParamSpec, TypeAlias, TypeVar

from msgspec import Struct

from ground import statements
from ground.schema.declared import Named
from ground.statements import Read

P = ParamSpec("P")
T = TypeVar("T")


class DataVersion(NamedTuple):
    """Its name, and the models whose rows change it: of each the fields whose update matters, none for all.

    Adding and removing rows always matters.
    """

    name: str
    changed_by: Mapping[Named, tuple[str, ...]]


# All data versions as they were seen at one instant, by name.
Versions: TypeAlias = Mapping[str, str]


class _Row(Struct, frozen=True):
    name: str
    version: str


# To be read in one statement with what has to be seen at the same instant, and put together by `by_name`.
ALL = Read("SELECT name, version FROM data_version", _Row)


def read() -> Versions:
    """All data versions now, in one statement."""
    return by_name(statements.read(ALL, parameters={})[0])


def by_name(rows: Iterable[_Row]) -> Versions:
    return {each.name: each.version for each in rows}


def cached(
    *under: DataVersion, most: int = 10_000
) -> Callable[[Callable[P, T]], Callable[Concatenate[Versions, P], T]]:
    """Let a function that reads from these data versions' tables remember what it read while they are the same.

    The data versions that were seen become its first argument. Errors are not remembered.
    """
    names = tuple(each.name for each in under)

    def remembering(function: Callable[P, T]) -> Callable[Concatenate[Versions, P], T]:
        @lru_cache(maxsize=most)
        def remembered(_versions: tuple[str, ...], *args: P.args, **kwargs: P.kwargs) -> T:
            return function(*args, **kwargs)

        @wraps(function)
        def recalled(seen: Versions, /, *args: P.args, **kwargs: P.kwargs) -> T:
            versions = tuple(seen[name] for name in names)
            return remembered(versions, *args, **kwargs)  # type: ignore[arg-type]  # no ParamSpec says hashable

        return recalled

    return remembering
