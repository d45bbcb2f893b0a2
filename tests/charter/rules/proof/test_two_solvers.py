"""Two solvers by different makers say the same of the same text (issue 16)."""

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.proof.analyses import list_invariants, write_statements
from tests.proof.cvc import CvcSolver


def test_cvc5_proves_every_statement_too() -> None:
    solver = CvcSolver(write_statements(builtin_rulebook()).text(plain=False))
    asked = [each.id for each in list_invariants()]
    assert {each: solver.ask(each).possible for each in asked} == dict.fromkeys(asked, False)
    assert solver.ask("now.permitted").possible
