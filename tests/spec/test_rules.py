"""Every rule by example, and the rulebook mutated: an example that no policy moves proves nothing."""

import pytest

from charter import rules
from charter.rules.rulebook import Rulebook
from tests.spec.examples import EXAMPLES, Example
from tests.spec.mutants import without

HOUSE = rules.compile_rulebook(rules.house_files())
ALL = [(rule, example) for rule, examples in EXAMPLES.items() for example in examples]


def bitten(example: Example, rulebook: Rulebook = HOUSE) -> tuple[str, ...]:
    return tuple(bite.id for bite in rules.decide([example.facts], rulebook).rules)


@pytest.mark.parametrize(("rule", "example"), ALL, ids=[f"{rule} {example.says}" for rule, example in ALL])
def test_example(rule: str, example: Example) -> None:
    """AR01-AR28: each example gets its verdict, with all the rules that bite and a sentence from each."""
    verdict = rules.decide([example.facts], HOUSE)
    assert tuple(bite.id for bite in verdict.rules) == example.rules
    assert verdict.outcome is example.outcome
    for bite in verdict.rules:
        assert bite.here.endswith(".") and bite.here[0].isupper(), bite.here
        assert bite.title and bite.text and bite.why and bite.fix


@pytest.mark.parametrize("rule", [rule.id for rule in HOUSE.rules])
def test_every_rule_has_both_kinds_of_example(rule: str) -> None:
    """DESIGN Style: every rule has a permitted and a refused example."""
    examples = EXAMPLES[rule]
    assert any(not example.rules for example in examples)
    assert any(rule in example.rules for example in examples)


POLICIES = [HOUSE.permit.id, *(rule.id for rule in HOUSE.rules)]


@pytest.mark.parametrize("rule", POLICIES)
def test_removing_a_policy_changes_an_example(rule: str) -> None:
    """Issue 2: each policy, deleted, moves some example; were it not so, its examples could not fail."""
    assert moved_by(without(rule))


@pytest.mark.parametrize("rule", POLICIES)
def test_negating_a_policy_changes_an_example(rule: str) -> None:
    """Issue 2: each policy, with its conditions turned round, moves some example."""
    assert moved_by(without(rule, negate=True))


def moved_by(mutant: Rulebook) -> list[str]:
    return [example.says for _, example in ALL if bitten(example, mutant) != example.rules]
