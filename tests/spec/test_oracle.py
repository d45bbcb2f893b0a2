"""Cedar and plain Python, asked the same random questions."""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charter import rules
from charter.rules.facts import Facts
from charter.rules.vocabulary import Outcome
from tests.spec import oracle
from tests.spec.strategies import facts, near

HOUSE = rules.compile_rulebook(rules.house_files())
EXAMPLES = int(os.environ.get("RULES_EXAMPLES", "2000"))


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(facts(), near()))
def test_cedar_agrees_with_plain_python(one: Facts) -> None:
    """AR01-AR28: the same rules bite, in the same order; a permit means that none does. No rule errs, none is mute."""
    verdict = rules.decide([one], HOUSE)
    assert tuple(bite.id for bite in verdict.rules) == oracle.bites(one)
    assert verdict.permits is (not verdict.rules)
    assert (verdict.outcome is Outcome.PERMIT) is bool(verdict.obligations)
    assert all(bite.here.strip(" .") for bite in verdict.rules)
