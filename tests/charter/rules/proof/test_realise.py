"""From what a solver says back to facts: of whatever was gathered, facts of which the engine is told the same (issue 16)."""

import pytest
from hypothesis import given, settings

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.engine import judge
from charter.rules.facts import Facts
from charter.rules.proof.realise import ModelReader, find_differences, list_values, realise
from tests.charter.rules.proof.reachable import reachable
from tests.proof import whole_or_short

HOUSE = builtin_rulebook()


@pytest.mark.proof
@given(reachable)
@settings(max_examples=whole_or_short(5_000, 150), deadline=None)
def test_facts_come_back_as_what_the_engine_was_told(facts: Facts) -> None:
    """A new attribute of the schema that nobody reads back fails here."""
    told = list_values(facts, HOUSE)
    again = ModelReader(told).facts()
    assert find_differences(again, told, HOUSE) == []
    assert judge(again, HOUSE).permitted == judge(facts, HOUSE).permitted


def test_a_model_that_the_engine_is_not_told_makes_no_facts() -> None:
    """Kept only where both agree: persons at team level are of persons, whatever a model says."""
    assert realise({"c.persons": 2, "c.of_persons": False}, HOUSE) is None
    assert realise({"c.from_day": 10**12}, HOUSE) is None
    assert realise({"r.in_force": False}, HOUSE) is None
