"""Every rulebook weakened in one place, asked of both solvers: what opens something is noticed by a statement (issue 16)."""

import pytest

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.proof.analyses import list_invariants, write_opening, write_statements
from charter.rules.proof.solvers import Z3Solver
from charter.rules.rulebook import Rulebook
from tests.proof.cvc import CvcSolver
from tests.spec.mutants import builtin_mutants, instead
from tests.spec.mutation_table import PAGE, read_rows

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
    """Deleted, negated, each clause and each part of it dropped or turned; how many open something is on the page."""
    asked = [each.id for each in list_invariants()]
    weaker = {
        each.what: instead(rule, each.policy, of=HOUSE) for each in builtin_mutants() if each.rule == rule
    }
    opening = {what: each for what, each in weaker.items() if opens(each)}
    (told,) = (row for row in read_rows(PAGE.read_text(encoding="utf-8")) if row.rule == rule)
    assert len(opening) == told.opening
    missed = [
        what
        for what, each in opening.items()
        if not any(said(write_statements(each).text(plain=False), asked))
    ]
    assert missed == []
