"""State machines: one table says which state may follow which, to services, to the database and to the docs."""

from collections.abc import Iterator, Mapping, Set
from typing import Generic, TypeVar

from django.db.models import TextChoices
from django.utils.functional import Promise

from ground.errors import Conflict

State = TypeVar("State", bound=TextChoices)


class Transitions(Generic[State]):
    """Which state may follow which. `refusal` is the sentence for any other move; it may hold %(old)s and %(new)s.

    Each state has a row, one that ends with an empty one: a state that somebody adds and forgets here fails at import.
    """

    def __init__(self, table: Mapping[State, Set[State]], *, refusal: str | Promise) -> None:
        self.states: type[State] = type(next(iter(table)))
        if missing := set(self.states) - set(table):
            raise ValueError(f"{self.states.__name__} has no row for {', '.join(sorted(missing))}.")
        self._table = {state: frozenset(table[state]) for state in self.states}
        self._refusal = refusal

    def after(self, old: str) -> list[State]:
        """The states that may follow `old`, in the order of their class."""
        return [new for new in self.states if new in self._table[self.states(old)]]

    def before(self, new: str) -> list[State]:
        """The states that `new` may follow, in the order of their class."""
        return [old for old in self.states if self.states(new) in self._table[old]]

    def check(self, old: str, new: str) -> None:
        """Raise Conflict unless the table lets `new` follow `old`, both a state or its stored word."""
        was, becomes = self.states(old), self.states(new)
        if becomes not in self._table[was]:
            words = {"old": was.label.lower(), "new": becomes.label.lower()}
            raise Conflict(str(self._refusal) % words, code="no_such_transition")

    def __iter__(self) -> Iterator[tuple[State, State]]:
        """Every move that the table allows."""
        return ((old, new) for old in self.states for new in self.after(old))
