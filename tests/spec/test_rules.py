"""Every rule by example. `test_mutants` shows that each example proves something."""

import pytest

from charter import rules
from tests.spec.examples import EXAMPLES, Example

HOUSE = rules.compile_rulebook(rules.house_files())
ALL = [(rule, example) for rule, examples in EXAMPLES.items() for example in examples]


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
