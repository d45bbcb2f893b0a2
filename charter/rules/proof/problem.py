"""One text for a solver: the world, rulebooks and statements, with a name for each question. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from cedarpy import pst

from charter.rules.proof.schema import BOOL, LONG, RuleShape, read_shape
from charter.rules.proof.terms import both, either, negate, word_of
from charter.rules.proof.translate import Translator, declare, list_variables
from charter.rules.proof.world import write_world
from charter.rules.rulebook import BUILTIN, SCHEMA, Rulebook

# What is plain about a request: of all that show the same, the one with the most of this is shown.
_TRUE = ("c.roles.manager", "r.roles.manager", "c.acknowledged", "r.in_force", "c.at_level")
_WORDS = {
    "principal": "Asker.human", "r.standing": "Standing.active", "r.kind": "Kind.outcome", "r.category": "Category.outcome",
    "r.view": "View.diagnostic", "c.view": "View.diagnostic", "c.grain": "Grain.team", "c.decision": "Decision.retrospective",
}  # fmt: skip
_NUMBERS = {
    "c.from_day": 739617, "r.kept_from": 737791, "r.data_from": 0, "c.metrics": 1,
    "c.evidence_needed": 1, "c.persons_limit": 10, "c.persons_today": 1,
}  # fmt: skip


@lru_cache(maxsize=1)
def builtin_shape() -> RuleShape:
    """What the rules of this version may look at."""
    return read_shape((BUILTIN / SCHEMA).read_text(encoding="utf-8"))


class SolverText:
    """A text as it grows. Whatever is named can be asked about; `plain.…` name what a plain request has."""

    def __init__(self, shape: RuleShape | None = None, *, without: frozenset[str] = frozenset()) -> None:
        self.shape = shape or builtin_shape()
        self._without = without
        self._strings: dict[str, set[str]] = defaultdict(set)
        self._lines: list[str] = []

    def name(self, name: str, condition: str) -> str:
        """Give a condition a name, which is what solvers are asked by."""
        self._lines += [f"(declare-const {name} Bool)", f"(assert (= {name} {condition}))"]
        return name

    def declare(self, name: str) -> str:
        """A condition that may hold or not."""
        self._lines.append(f"(declare-const {name} Bool)")
        return name

    def add_policy(
        self,
        name: str,
        policy: pst.Template,
        rulebook: Rulebook | None = None,
        fixed: Mapping[str, str] | None = None,
    ) -> None:
        """Name when a policy matches and fails: `name.matches`, `name.fails`. Raises `NotCoveredError`."""
        allowed = {"waived": rulebook.waivable, "ruled": rulebook.referring} if rulebook else {}
        translator = Translator(self.shape, allowed, fixed)
        matches, fails = translator.policy(policy)
        for attr, words in translator.strings.items():
            self._strings[attr] |= words
        self.name(f"{name}.matches", matches)
        self.name(f"{name}.fails", fails)

    def add_rulebook(self, prefix: str, rulebook: Rulebook, fixed: Mapping[str, str] | None = None) -> str:
        """Name each of its policies, and `prefix.permitted`: the permit matches, no rule does, and nothing fails.

        `fixed` says in other words what some variables are for it.
        """
        policies = rulebook.policies.to_pst().static_policies
        for each, policy in policies.items():
            self.add_policy(f"{prefix}.{each}", policy, rulebook, fixed)
        permits = [each for each, policy in policies.items() if policy.effect == "permit"]
        forbids = [each for each in policies if each not in permits]
        return self.name(
            f"{prefix}.permitted",
            both(
                either(*(f"{prefix}.{each}.matches" for each in permits)),
                *(negate(f"{prefix}.{each}.matches") for each in forbids),
                *(negate(f"{prefix}.{each}.fails") for each in policies),
            ),
        )

    def variables(self) -> Mapping[str, str]:
        """Each thing that a request and a charter can differ in, with its sort."""
        return list_variables(self.shape, self._strings)

    def text(self, *, plain: bool = True) -> str:
        """The whole of it in SMT-LIB, less the questions; without what is plain where nobody is to be shown anything."""
        head = ["(set-logic ALL)", *declare(self.shape, self._strings), *write_world(self._without)]
        wishes = [
            line
            for name, sort in (self.variables().items() if plain else ())
            for line in (
                f"(declare-const plain.{name} Bool)",
                f"(assert (= plain.{name} {_plain(name, sort, self.shape)}))",
            )
        ]
        return "\n".join([*head, *self._lines, *wishes, ""])

    def wishes(self) -> list[str]:
        """The names of what is plain, the weightiest first: who asks and about what, then all the rest."""
        return [
            f"plain.{name}"
            for name in sorted(self.variables(), key=lambda name: name not in {*_WORDS, *_TRUE})
        ]


def _plain(name: str, sort: str, shape: RuleShape) -> str:
    if sort == BOOL:
        return name if name in _TRUE else negate(name)
    if sort == LONG:
        return f"(= {name} {_NUMBERS.get(name, 0)})"
    return f"(= {name} {_WORDS.get(name) or word_of(sort, shape.vocabularies[sort][0])})"
