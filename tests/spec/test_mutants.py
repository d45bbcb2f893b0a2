"""The rulebook mutated, policy by policy and part by part: what no example notices, no example proves."""

from functools import lru_cache

import pytest

from charter import rules
from charter.rules import examples
from charter.rules.engine import judge
from charter.rules.facts import Facts
from charter.rules.rulebook import Rulebook
from tests.spec.examples import EXAMPLES
from tests.spec.mutants import EQUIVALENT, Mutant, instead, mutants, without
from tests.spec.mutation_table import PAGE, list_rows, read_rows, render

HOUSE = rules.compile_rulebook(rules.builtin_files())
BUILTIN = [example.facts for example in examples.BUILTIN_EXAMPLES]
RULES = sorted(HOUSE.by_id)


def matched(facts: Facts, rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(rule.id for rule in judge(facts, rulebook).rules)


@lru_cache
def ground(rule: str) -> tuple[Rulebook, list[tuple[Facts, tuple[str, ...]]]]:
    """The rules that a mutant is made of, and what matches there; the permit shows what it lists where AR14 is away.

    The rule's own examples come first, as one of them notices most of its mutants.
    """
    rulebook = without("AR14") if rule == "USE" else HOUSE
    by_rule = sorted(EXAMPLES.items(), key=lambda item: item[0] != rule)
    asked = [*(example.facts for _, of_rule in by_rule for example in of_rule), *BUILTIN]
    return rulebook, [(facts, matched(facts, rulebook)) for facts in asked]


def survives(mutant: Mutant) -> bool:
    """Whether no example comes out otherwise."""
    rulebook, expected = ground(mutant.rule)
    changed = instead(mutant.rule, mutant.policy, of=rulebook)
    return all(matched(facts, changed) == matches for facts, matches in expected)


@pytest.mark.parametrize("rule", RULES)
def test_every_part_of_a_policy_is_held_by_an_example(rule: str) -> None:
    """Issue 4, Done when: delete, negate or weaken a policy, and an example fails; but for those that are no weaker."""
    policy = HOUSE.policies.to_pst().static_policies[rule]
    survivors = {mutant.what for mutant in mutants(policy) if survives(mutant)}
    assert survivors == {what for of, what in EQUIVALENT if of == rule}


def test_there_are_mutants_of_every_kind() -> None:
    """Guards the test above: a maker of mutants that makes none would pass it."""
    made = [mutant for rule in RULES for mutant in mutants(HOUSE.policies.to_pst().static_policies[rule])]
    kinds = (
        "deleted",
        "negated",
        "dropped the clause",
        "dropped !",
        "dropped Source",
        "dropped context",
        " became ",
    )
    assert len(made) > 400 and len(set(made)) == len(made)
    for kind in kinds:
        assert any(kind in mutant.what for mutant in made), kind


def test_the_page_tells_how_many_there_are_and_which_decide_the_same() -> None:
    """Issue 16: the list that is checked in; `make proof` holds what opens something to it."""
    text = PAGE.read_text(encoding="utf-8")
    told = read_rows(text)
    assert render(list_rows({row.rule: row.opening for row in told})) in text
