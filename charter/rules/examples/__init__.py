"""Every rule by example, for people to read and for the engine to run: uses that it leaves alone, uses that it stops.

Pure. The examples stand on one made-up organisation and one day (`base.AT`), so they say the same wherever they run.
"""

from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct

from charter.rules.engine import decide
from charter.rules.examples.house import HOUSE
from charter.rules.examples.table import RuleExample
from charter.rules.rulebook import Rulebook
from charter.rules.verdict import Bite, Verdict
from charter.rules.vocabulary import Outcome

BY_RULE = {rule: tuple(found) for rule, found in groupby(HOUSE, key=lambda example: example.rule)}


class Tried(Struct, frozen=True):
    """An example that was just run: what the rules said of it, and whether that is what the example says."""

    example: RuleExample
    verdict: Verdict

    @property
    def bite(self) -> Bite | None:
        """What its own rule said, where it bit."""
        return next((bite for bite in self.verdict.rules if bite.id == self.example.rule), None)

    @property
    def matches(self) -> bool:
        """A permitted example is permitted; a stopped one is stopped by its own rule, for what that rule does."""
        if self.example.permitted:
            return self.verdict.permits
        return self.bite is not None and self.bite.effect is self.example.expects


def examples_of(rule: str) -> tuple[RuleExample, ...]:
    """Return a rule's examples, permitted ones first; none for a rule that the house does not know."""
    return BY_RULE.get(rule, ())


def run(example: RuleExample, rulebook: Rulebook) -> Tried:
    """Ask the engine about one example."""
    return Tried(example, decide([example.facts], rulebook))


def run_all(rulebook: Rulebook) -> tuple[Tried, ...]:
    """Ask the engine about every example of the house whose rule the rulebook has."""
    return tuple(run(example, rulebook) for example in HOUSE if example.rule in rulebook.by_id)


def failing(rulebook: Rulebook) -> Sequence[Tried]:
    """Return the stopped examples that the rulebook does not stop by their rule, or no longer.

    An organisation may add rules, which may stop what the house permits; it may not open what the house stops.
    """
    stopped = [run(example, rulebook) for example in HOUSE if not example.permitted]
    return [tried for tried in stopped if not tried.matches]


__all__ = ["HOUSE", "Outcome", "RuleExample", "Tried", "examples_of", "failing", "run", "run_all"]
