"""The proof held to the engine: the same requests put to both, and what they say compared. Pure.

A proof is of the text that was written of the rules. That the text means what the engine does is not proved but tried.
"""

import random
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from charter.rules.engine import judge
from charter.rules.examples import BUILTIN_EXAMPLES
from charter.rules.facts import Facts
from charter.rules.proof.problem import SolverText
from charter.rules.proof.realise import list_values
from charter.rules.proof.solvers import Z3Evaluator
from charter.rules.proof.world import WORLD
from charter.rules.rulebook import Rulebook

_PARTS = ("request", "actor", "charter", "decision", "values", "looking", "waived", "ruled", "fairness_until")
_TOGETHER = {"request": ("cohorts", "person_classes", "beside")}  # what follows from what is asked


class Agreement(Struct, frozen=True):
    """How many requests were put to both, how many were permitted, and each difference in words."""

    asked: int
    permitted: int
    differences: tuple[str, ...] = ()


class Twin:
    """A rulebook as the solver reads it, to be asked what the engine is asked."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        text = SolverText(without=frozenset(each.id for each in WORLD))
        self._permitted = text.add_rulebook("now", rulebook)
        policies = rulebook.policies.to_pst().static_policies
        forbids = (each for each, policy in policies.items() if policy.effect == "forbid")
        self._matches = {f"now.{each}.matches": each for each in forbids}
        self._world = {text.name(f"world.{each.id}", each.smt): each.id for each in WORLD}
        self._solver = Z3Evaluator(text.text(plain=False))

    def judge(self, facts: Facts) -> tuple[bool, frozenset[str]]:
        """Whether the text permits these facts, and the forbidding policies that match."""
        names = {self._permitted, *self._matches}
        true = self._solver.find_true(list_values(facts, self._rulebook), names)
        return self._permitted in true, frozenset(self._matches[each] for each in true & self._matches.keys())

    def find_untrue(self, facts: Facts) -> frozenset[str]:
        """The side conditions that these facts do not keep."""
        true = self._solver.find_true(list_values(facts, self._rulebook), self._world)
        return frozenset(self._world[each] for each in self._world.keys() - true)


def hold_to_engine(rulebook: Rulebook, asked: Iterable[Facts]) -> Agreement:
    """Put the same facts to the engine and to the text, and compare who permits and which rules match."""
    twin = Twin(rulebook)
    count, permitted, differences = 0, 0, []
    for facts in asked:
        count += 1
        said = judge(facts, rulebook)
        allowed, matching = twin.judge(facts)
        permitted += allowed
        named = frozenset(rule.id for rule in said.rules) - {rulebook.permit.id}
        if (allowed, matching) != (said.permitted, named):
            differences.append(f"engine {said.permitted} {sorted(named)}, text {allowed} {sorted(matching)}")
    return Agreement(count, permitted, tuple(differences))


def draw_facts(many: int, seed: int = 1) -> Iterator[Facts]:
    """Facts with some parts of one built-in example and the rest of another: the same for the same seed."""
    drawn = random.Random(seed)  # noqa: S311 - it has to be the same each time, not hard to guess
    examples = [example.facts for example in BUILTIN_EXAMPLES]
    for _ in range(many):
        one, other = drawn.sample(examples, 2)
        parts = [each for each in _PARTS if drawn.random() < 0.25]
        names = [name for part in parts for name in (part, *_TOGETHER.get(part, ()))]
        yield replace(one, **{name: getattr(other, name) for name in names})
