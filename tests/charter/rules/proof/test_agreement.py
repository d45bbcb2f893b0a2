"""The text that is proved decides as the engine does: requests put to both (issue 16)."""

import pytest
from hypothesis import given, settings

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.engine import judge
from charter.rules.facts import Facts
from charter.rules.proof.agreement import Twin, draw_facts, hold_to_engine
from tests.charter.rules.proof.reachable import reachable
from tests.proof import whole_or_short
from tests.spec.mutants import without
from tests.spec.test_oracle import crossed

HOUSE = builtin_rulebook()
TWIN = Twin(HOUSE)
CROSSED = 32


@pytest.mark.proof
@given(reachable, reachable)
@settings(max_examples=whole_or_short(640, 8), deadline=None)
def test_the_text_says_what_the_engine_says(one: Facts, other: Facts) -> None:
    """20,480 requests in `make proof`, likely and unlikely ones; which rules match is compared as well."""
    for facts in crossed(one, other, 0):
        said = judge(facts, HOUSE)
        named = frozenset(rule.id for rule in said.rules) - {HOUSE.permit.id}
        assert TWIN.judge(facts) == (said.permitted, named)


def test_the_product_holds_itself_to_the_engine() -> None:
    found = hold_to_engine(HOUSE, draw_facts(60))
    assert found.asked == 60 and 0 < found.permitted < 60 and found.differences == ()


def test_a_text_of_other_rules_is_noticed() -> None:
    """Guards the test above: what compares nothing finds no difference."""
    twin = Twin(without("AR12"))
    drawn = list(draw_facts(200))
    assert any(twin.judge(facts) != TWIN.judge(facts) for facts in drawn)


def test_the_same_seed_draws_the_same() -> None:
    assert list(draw_facts(5, seed=3)) == list(draw_facts(5, seed=3)) != list(draw_facts(5, seed=4))
