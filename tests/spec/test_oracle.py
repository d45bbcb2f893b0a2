"""Cedar and plain Python, asked the same random questions."""

import os
from itertools import islice, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from charter import rules
from charter.rules.facts import Facts
from charter.rules.vocabulary import Outcome
from tests.proof import whole_or_short
from tests.spec import oracle
from tests.spec.strategies import facts, near

HOUSE = rules.compile_rulebook(rules.builtin_files())
EXAMPLES = int(os.environ.get("RULES_EXAMPLES", whole_or_short(640, 160)))
CROSSED = 32  # questions that two drawn ones are crossed to: 20,480 in all in `make proof`, and 5,120 in `make test`

PARTS = (
    "request",
    "actor",
    "charter",
    "decision",
    "values",
    "looking",
    "waived",
    "ruled",
    "fairness_until",
    "protected",
)
_MASKS = tuple(islice(product((False, True), repeat=len(PARTS)), 1, 2 ** len(PARTS) - 1))


def crossed(one: Facts, other: Facts, start: int) -> list[Facts]:
    """Questions with some parts of one and the rest of the other: drawing is what costs, asking is cheap."""
    masks = [_MASKS[(start + step * 67) % len(_MASKS)] for step in range(CROSSED - 2)]
    return [one, other, *(_mixed(one, other, mask) for mask in masks)]


def _mixed(one: Facts, other: Facts, mask: tuple[bool, ...]) -> Facts:
    taken = {part: getattr(other, part) for part, take in zip(PARTS, mask, strict=True) if take}
    return replace(one, **taken)


@pytest.mark.proof
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(facts(), near()), st.one_of(facts(), near()), st.integers(0, len(_MASKS) - 1))
def test_cedar_agrees_with_plain_python(one: Facts, other: Facts, start: int) -> None:
    """AR01-AR28, S60: of 20,000 random questions (`make proof`) the same rules match, in the same order; a permit means that none does.

    A rule that refers denies once the board has said no. No rule errs, none is mute.
    """
    for asked in crossed(one, other, start):
        verdict = rules.decide([asked], HOUSE)
        matched = oracle.matches(asked)
        assert tuple(match.id for match in verdict.rules) == matched
        assert verdict.outcome is outcome(matched, asked)
        assert (verdict.outcome is Outcome.PERMIT) is bool(verdict.obligations)
        assert all(match.here.strip(" .") for match in verdict.rules)


def outcome(matched: tuple[str, ...], asked: Facts) -> Outcome:
    """Deny beats refer beats permit; AR13 alone refers, as long as the board has not said no."""
    if not matched:
        return Outcome.PERMIT
    return Outcome.REFER if matched == ("AR13",) and "AR13" not in asked.ruled_against else Outcome.DENY
