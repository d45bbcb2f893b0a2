"""The rulebook mutated, policy by policy and part by part: what no example notices, no example proves."""

import pytest

from charter import rules
from tests.spec import mutate
from tests.spec.mutants import EQUIVALENT, builtin_mutants, find_noticing, mutants
from tests.spec.mutation_table import PAGE, list_rows, read_rows, render

HOUSE = rules.compile_rulebook(rules.builtin_files())
RULES = sorted(HOUSE.by_id)


@pytest.mark.parametrize("rule", RULES)
def test_every_part_of_a_policy_is_held_by_an_example(rule: str) -> None:
    """Issue 4, Done when: delete, negate or weaken a policy, and an example fails; but for those that are no weaker."""
    policy = HOUSE.policies.to_pst().static_policies[rule]
    survivors = {mutant.what for mutant in mutants(policy) if not find_noticing(mutant)}
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


def test_the_page_lists_each_mutant_and_no_other() -> None:
    """Issue 16: what notices each is held to a run by `make proof`; a new clause, or one that is gone, fails here."""
    rows = mutate.PAGE.read_text(encoding="utf-8").splitlines()
    told = [row.rpartition("` | ")[0] for row in rows if row.startswith("| ") and "` | " in row]
    made = [mutate.describe(mutant) for mutant in builtin_mutants()]
    assert told == made
    survivors = [row for row in rows if row.startswith("- ")]
    assert survivors == [f"- {rule}, `{what}`. {why}" for (rule, what), why in sorted(EQUIVALENT.items())]
