"""Terms of SMT-LIB: for each expression its value, and whether Cedar would fail to work it out. Pure."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from charter.rules.proof.schema import LEAST, MOST, NotCoveredError

TRUE, FALSE = "true", "false"


class TypedTerm(Struct, frozen=True):
    """One value: its sort, what it is, and when it fails; what it is means nothing where it fails."""

    sort: str
    value: str
    error: str = FALSE


class Words(Struct, frozen=True):
    """A set: for each word that it may hold, when it does; `open_ended` where it may hold others that no rule names."""

    of: str
    holds: Mapping[str, str]
    error: str = FALSE
    open_ended: bool = False


def both(*parts: str) -> str:
    """All of these, less those that are plainly true."""
    left = [part for part in parts if part != TRUE]
    if FALSE in left:
        return FALSE
    return left[0] if len(left) == 1 else f"(and {' '.join(left)})" if left else TRUE


def either(*parts: str) -> str:
    left = [part for part in parts if part != FALSE]
    if TRUE in left:
        return TRUE
    return left[0] if len(left) == 1 else f"(or {' '.join(left)})" if left else FALSE


def negate(part: str) -> str:
    return {TRUE: FALSE, FALSE: TRUE}.get(part) or f"(not {part})"


def choose(test: str, this: str, that: str) -> str:
    return this if this == that else f"(ite {test} {this} {that})"


def number(value: int) -> str:
    return str(value) if value >= 0 else f"(- {-value})"


def overflows(value: str) -> str:
    """When a number leaves what a Long of Cedar holds, which is an error there."""
    return f"(or (< {value} {number(LEAST)}) (> {value} {number(MOST)}))"


def word_of(vocabulary: str, word: str) -> str:
    """The constant that stands for a word of a vocabulary."""
    return f"{vocabulary}.{word}"


def same_sort(terms: Iterable[TypedTerm], wanted: str = "") -> str:
    """The sort of terms that have one. Raises `NotCoveredError` where they differ, or it is not the one wanted."""
    sorts = {term.sort for term in terms} | ({wanted} if wanted else set())
    if len(sorts) != 1:
        raise NotCoveredError(f"a comparison of {' with '.join(sorted(sorts))}")
    return sorts.pop()
