"""What the board bound its approval of a charter to: some of the grains, some of the decisions. Pure.

Bounds narrow: they never give a use that the charter does not list. Rules, matrix and pages all see a charter through
them.
"""

from collections.abc import Mapping
from typing import Any, Self

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from charter.registry.document import Access, Allowed, CharterDocument, Example, WhichDecisions
from charter.rules.vocabulary import DecisionType, Grain


class Bounds(Struct, frozen=True, omit_defaults=True):
    """The grains and the decisions that are left; None where all of the charter's are."""

    grains: frozenset[Grain] | None = None
    decisions: frozenset[DecisionType] | None = None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From their stored form, in which what is not bound does not stand."""
        return msgspec.convert(stored, cls)

    def stored(self) -> dict[str, list[str]]:
        """As JSON values, in alphabetical order."""
        found: dict[str, list[str]] = msgspec.to_builtins(self)
        return {name: sorted(values) for name, values in found.items()}

    def allow(self, decision: DecisionType, grain: Grain) -> bool:
        """Whether a listed use lies within them."""
        return (self.grains is None or grain in self.grains) and (
            self.decisions is None or decision in self.decisions
        )

    def within(self, other: Self) -> Self:
        """Both of them at once."""
        return type(self)(_both(self.grains, other.grains), _both(self.decisions, other.decisions))

    def uses(self, listed: WhichDecisions) -> WhichDecisions:
        """What is left of the uses that a charter lists; what it forbids stays forbidden."""
        narrowed = (self._allowed(clause) for clause in listed.allowed)
        return replace(listed, allowed=tuple(clause for clause in narrowed if clause.grains))

    def left_out(self, listed: WhichDecisions) -> frozenset[DecisionType]:
        """The decisions that the charter lists and the board left no use of."""
        kept = {clause.decision for clause in self.uses(listed).allowed}
        return frozenset(clause.decision for clause in listed.allowed) - kept

    def document(self, document: CharterDocument) -> CharterDocument:
        """The charter as it was approved."""
        if self == UNBOUND:
            return document
        access = (self._access(entry) for entry in document.who.access)
        return replace(
            document,
            what=replace(document.what, grains=self._grains(document.what.grains)),
            who=replace(document.who, access=tuple(entry for entry in access if entry.grains)),
            which_decisions=self.uses(document.which_decisions),
            examples=replace(
                document.examples, correct=tuple(filter(self._shows, document.examples.correct))
            ),
        )

    def _allowed(self, clause: Allowed) -> Allowed:
        kept = tuple(grain for grain in clause.grains if self.allow(clause.decision, grain))
        return clause if kept == clause.grains else replace(clause, grains=kept)

    def _shows(self, example: Example) -> bool:
        """Whether an example shows a use that is left."""
        asked = example.request
        return self.allow(DecisionType(str(asked["decision"])), Grain(str(asked["grain"])))

    def _access(self, entry: Access) -> Access:
        return replace(entry, grains=self._grains(entry.grains))

    def _grains(self, grains: tuple[Grain, ...]) -> tuple[Grain, ...]:
        return tuple(grain for grain in grains if self.grains is None or grain in self.grains)


UNBOUND = Bounds()


def _both(mine: frozenset[Any] | None, other: frozenset[Any] | None) -> frozenset[Any] | None:
    if mine is None or other is None:
        return other if mine is None else mine
    return mine & other
