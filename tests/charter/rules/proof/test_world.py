"""What a proof takes for granted of every request is kept by what gathers facts (issue 16)."""

import importlib

import pytest
from hypothesis import given, settings

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.context import MOST_COUNTED, project
from charter.rules.examples import BUILTIN_EXAMPLES
from charter.rules.examples.base import TEAM_USE, bend
from charter.rules.facts import Facts, LookingFacts, ValueFacts
from charter.rules.proof.agreement import Twin
from charter.rules.proof.world import WORLD
from tests.charter.rules.proof.reachable import as_gathered, reachable
from tests.proof import whole_or_short

TWIN = Twin(builtin_rulebook())


@pytest.mark.proof
@given(reachable)
@settings(max_examples=whole_or_short(5_000, 150), deadline=None)
def test_every_condition_holds_of_whatever_is_gathered(facts: Facts) -> None:
    assert TWIN.find_untrue(facts) == frozenset()


@pytest.mark.parametrize("example", BUILTIN_EXAMPLES, ids=lambda example: example.says[:40])
def test_every_condition_holds_of_the_examples(example) -> None:
    assert TWIN.find_untrue(as_gathered(example.facts)) == frozenset()


@pytest.mark.parametrize("condition", WORLD, ids=lambda condition: condition.id)
def test_every_condition_names_what_keeps_it(condition) -> None:
    """The place is there: a module, and a name in it."""
    path = condition.source.partition(":")[0].split(".")
    for cut in range(len(path), 0, -1):
        try:
            found = importlib.import_module(".".join(path[:cut]))
        except ModuleNotFoundError:
            continue
        for name in path[cut:]:
            found = getattr(found, name)
        return
    pytest.fail(condition.source)


def test_counts_are_bounded() -> None:
    """A sum of counts of 64 bits could overflow, and a rule that fails refuses everybody."""
    facts = bend(
        TEAM_USE,
        values=ValueFacts(held=2**63 - 1, unsettled=2**70, affected=2**63),
        looking=LookingFacts(persons_today=2**65, persons_limit=2**65),
    )
    told = project(facts, frozenset())
    assert {told.held, told.unsettled, told.affected, told.persons_today, told.persons_limit} == {
        MOST_COUNTED
    }
