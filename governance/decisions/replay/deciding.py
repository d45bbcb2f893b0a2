"""Recorded questions decided anew, each once for all that read alike."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from uuid import UUID

from charter.rules import Rulebook
from governance.decisions.replay.counting import AsProposed, CellTally, Change, Moved, count, find_change
from governance.decisions.replay.recorded import RecordedQuestion

REMEMBERED = 200_000  # questions that read otherwise, some 200 bytes each


class UnreadableError(Exception):
    """Facts of an earlier version, which this one cannot read."""


class Deciding:
    """Decides what is recorded as things are and as proposed."""

    def __init__(
        self, in_force: Rulebook, proposal: AsProposed, *, hash_asker: Callable[[UUID], str]
    ) -> None:
        self._in_force, self._proposal = in_force, proposal
        self._hash_asker = lru_cache(maxsize=None)(hash_asker)
        self._remembered: dict[bytes, Change | None] = {}

    def count_part(self, questions: Iterable[RecordedQuestion]) -> tuple[dict[Moved, CellTally], int]:
        """The cells of some questions, and how many of them this version cannot read."""
        cells: dict[Moved, CellTally] = {}
        unreadable = 0
        for each in questions:
            try:
                change = self._find_change(each)
            except UnreadableError:
                unreadable += 1
            else:
                count(change, cells, asker=self._hash_asker(each.by.actor), roles=each.held_roles())
        return cells, unreadable

    def _find_change(self, question: RecordedQuestion) -> Change | None:
        """From memory where what it reads is all that matters: what is rebuilt depends on who asked when as well."""
        if self._proposal.rebuild is not None:
            return self._decide(question)
        alike = question.hash_alike()
        if alike not in self._remembered:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[alike] = self._decide(question)
        return self._remembered[alike]

    def _decide(self, question: RecordedQuestion) -> Change | None:
        facts = question.read_facts()
        if not facts:
            raise UnreadableError
        rebuild = self._proposal.rebuild
        otherwise = rebuild(question.by, facts) if rebuild is not None else None
        return find_change(facts, self._in_force, self._proposal, otherwise)
