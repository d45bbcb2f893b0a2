"""The examples that people read: each runs, and each rule has both kinds."""

import pytest

from charter import rules
from charter.rules import examples
from charter.rules.examples import RuleExample
from tests.charter.rules.rulebooks import builtin_with, policy
from tests.spec.mutants import without

HOUSE = rules.compile_rulebook(rules.builtin_files())
IDS = [rule.id for rule in HOUSE.rules]


@pytest.mark.parametrize("example", examples.BUILTIN_EXAMPLES, ids=lambda each: f"{each.rule} {each.says}")
def test_an_example_gets_what_it_says(example: RuleExample) -> None:
    """AR01-AR28: each example that the rule pages show gets its verdict from the engine, and says it in a sentence."""
    tried = examples.run(example, HOUSE)
    assert tried.matches
    assert example.says.endswith(".") and example.says[0].isupper()
    assert example.permitted or tried.own_match


@pytest.mark.parametrize("rule", IDS)
def test_every_rule_has_both_kinds(rule: str) -> None:
    """DESIGN Style: every rule has a permitted and a refused example, the permitted ones first."""
    kinds = [example.permitted for example in examples.list_examples(rule)]
    assert kinds == sorted(kinds, reverse=True) and set(kinds) == {True, False}


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_taken_away_or_turned_round_is_noticed(rule: str) -> None:
    """Issue 4, Done when: delete or negate a policy, and an example of that very rule fails."""
    for mutant in (without(rule), without(rule, negate=True)):
        assert not all(examples.run(each, mutant).matches for each in examples.list_examples(rule))


def test_added_rules_may_refuse_more_but_never_less() -> None:
    """DESIGN Invariants: an organisation adds rules beside the built-in ones; what those stop stays stopped."""
    stricter = builtin_with(policy("when { true }"))
    assert not examples.find_failing(stricter)
    assert not any(tried.verdict.permits for tried in examples.run_all(stricter))
    assert {tried.example.rule for tried in examples.find_failing(without("AR17"))} == {"AR17"}
    files = rules.builtin_files()
    weaker = rules.compile_rulebook({name: text for name, text in files.items() if name != "appeals.cedar"})
    assert {tried.example.rule for tried in examples.find_failing(weaker)} == {"AR21", "AR22"}
