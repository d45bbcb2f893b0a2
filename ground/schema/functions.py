"""Functions that do as the owner what whoever calls them may not, as an app declares them in its `owner_functions.py`."""

from typing import NamedTuple


class OwnerFunction(NamedTuple):
    """A function's arguments, what it gives, and its body in PL/pgSQL."""

    arguments: str
    result: str
    body: str
