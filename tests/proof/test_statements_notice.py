"""Every rulebook weakened in one place, asked of both solvers: what opens something is noticed by a statement (issue 16)."""

import pytest

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.proof.analyses import list_invariants, write_opening, write_statements
from charter.rules.proof.solvers import Z3Solver
from charter.rules.rulebook import Rulebook
from tests.proof.cvc import CvcSolver
from tests.spec.mutants import builtin_mutants, instead

pytestmark = pytest.mark.proof

HOUSE = builtin_rulebook()
RULES = sorted(HOUSE.by_id)


def said(text: str, names: list[str]) -> list[bool | None]:
    """What z3 says can be; cvc5 says the same of each."""
    mine, theirs = Z3Solver(text), CvcSolver(text)
    answers = [mine.ask(name).possible for name in names]
    assert answers == [theirs.ask(name).possible for name in names]
    return answers


def opens(rulebook: Rulebook) -> bool | None:
    (found,) = said(write_opening(HOUSE, rulebook).text(plain=False), ["opens"])
    return found


@pytest.mark.proof(whole=True)
@pytest.mark.parametrize("rule", RULES)
def test_every_weakening_that_opens_something_breaks_a_statement(rule: str) -> None:
    """Deleted, negated, each clause and each part of it dropped or turned: 228 of the 437 open something."""
    asked = [each.id for each in list_invariants()]
    missed = []
    for mutant in (each for each in builtin_mutants() if each.rule == rule):
        weaker = instead(rule, mutant.policy, of=HOUSE)
        if opens(weaker) and not any(said(write_statements(weaker).text(plain=False), asked)):
            missed.append(mutant.what)
    assert missed == []
