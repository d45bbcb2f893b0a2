"""What may be missing by its type and is there by a promise: of a constraint, or of the state that a row is in."""

from typing import TypeVar

T = TypeVar("T")


def promised(value: T | None) -> T:
    """The value. LookupError where it is missing: a fault of ours, which nobody mends by asking otherwise."""
    if value is None:
        raise LookupError("What was promised to be there is missing.")
    return value
