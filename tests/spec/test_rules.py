"""Every rule by example. `test_mutants` shows that each example proves something."""

import pytest

from charter import rules
from tests.spec.examples import EXAMPLES, SpecExample
from tests.spec.mutants import without

HOUSE = rules.compile_rulebook(rules.builtin_files())
ALL = [(rule, example) for rule, examples in EXAMPLES.items() for example in examples]


@pytest.mark.parametrize(("rule", "example"), ALL, ids=[f"{rule} {example.says}" for rule, example in ALL])
def test_example(rule: str, example: SpecExample) -> None:
    """AR01-AR28: each example gets its verdict, with all the rules that match and a sentence from each."""
    verdict = rules.decide([example.facts], HOUSE)
    assert tuple(match.id for match in verdict.rules) == example.rules
    assert verdict.outcome is example.outcome
    for match in verdict.rules:
        assert match.here.endswith(".") and match.here[0].isupper(), match.here
        assert match.title and match.text and match.why and match.fix


@pytest.mark.parametrize("rule", [rule.id for rule in HOUSE.rules])
def test_every_rule_has_both_kinds_of_example(rule: str) -> None:
    """DESIGN Style: every rule has a permitted and a refused example."""
    examples = EXAMPLES[rule]
    assert any(not example.rules for example in examples)
    assert any(rule in example.rules for example in examples)


@pytest.mark.parametrize("rule", [rule.id for rule in HOUSE.rules])
def test_every_rule_has_a_case_that_it_alone_decides(rule: str) -> None:
    """Issue 16: what another rule always refuses with it proves nothing; AR14, the permit said as a refusal, stands for its words."""
    assert (rule,) in {example.rules for examples in EXAMPLES.values() for example in examples}
    alone = [example for examples in EXAMPLES.values() for example in examples if example.rules == (rule,)]
    permitted = [rules.decide([example.facts], without(rule)).permits for example in alone]
    assert any(permitted) is (rule != "AR14")
