"""Every rule by example, for people to read and for the engine to run: uses that it leaves alone, uses that it stops.

Pure. The examples stand on one made-up organisation and one day (`base.AT`), so they say the same wherever they run.
"""

from collections.abc import Sequence
from itertools import groupby

from msgspec import Struct

from charter.rules.engine import decide
from charter.rules.examples.builtin import BUILTIN_EXAMPLES
from charter.rules.examples.table import RuleExample
from charter.rules.rulebook import Rulebook
from charter.rules.verdict import RuleMatch, Verdict
from charter.rules.vocabulary import Outcome

BY_RULE = {rule: tuple(found) for rule, found in groupby(BUILTIN_EXAMPLES, key=lambda example: example.rule)}


class ExampleResult(Struct, frozen=True):
    """An example that was just run: what the rules said of it, and whether that is what the example says."""

    example: RuleExample
    verdict: Verdict

    @property
    def own_match(self) -> RuleMatch | None:
        """What its own rule said, where it matched."""
        return next((match for match in self.verdict.rules if match.id == self.example.rule), None)

    @property
    def matches(self) -> bool:
        """A permitted example is permitted; a stopped one is stopped by its own rule, for what that rule does."""
        if self.example.permitted:
            return self.verdict.permits
        return self.own_match is not None and self.own_match.effect is self.example.expects


def list_examples(rule: str) -> tuple[RuleExample, ...]:
    """Return a rule's examples, permitted ones first; none for a rule that is not built in."""
    return BY_RULE.get(rule, ())


def run(example: RuleExample, rulebook: Rulebook) -> ExampleResult:
    """Ask the engine about one example."""
    return ExampleResult(example, decide([example.facts], rulebook))


def run_all(rulebook: Rulebook) -> tuple[ExampleResult, ...]:
    """Ask the engine about every built-in example whose rule the rulebook has."""
    return tuple(run(example, rulebook) for example in BUILTIN_EXAMPLES if example.rule in rulebook.by_id)


def find_failing(rulebook: Rulebook) -> Sequence[ExampleResult]:
    """Return the stopped examples that the rulebook does not stop by their rule, or no longer.

    An organisation may add rules, which may stop what the built-in rules permit; it may not permit what they stop.
    """
    stopped = [run(example, rulebook) for example in BUILTIN_EXAMPLES if not example.permitted]
    return [tried for tried in stopped if not tried.matches]


__all__ = [
    "BUILTIN_EXAMPLES",
    "ExampleResult",
    "Outcome",
    "RuleExample",
    "examples_of",
    "failing",
    "run",
    "run_all",
]
