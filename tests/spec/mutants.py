"""Rulebooks with one policy taken away or turned round. They skip the checks that would refuse to publish them."""

from dataclasses import replace

from cedarpy import PolicySet, pst

from charter import rules
from charter.rules.rulebook import Rulebook


def without(rule: str, *, negate: bool = False) -> Rulebook:
    """Return the house's rulebook less this policy, or with the policy's conditions negated."""
    house = rules.compile_rulebook(rules.house_files())
    policies = dict(house.policies.to_pst().static_policies)
    policy = policies.pop(rule)
    if negate:
        policies[rule] = replace(policy, clauses=(pst.Unless(_conjunction(policy.clauses)),))
    changed = PolicySet.from_pst(pst.PolicySet({}, policies, ()))
    return replace(house, policies=changed, denials=changed)


def _conjunction(clauses: tuple[pst.Clause, ...]) -> pst.Expr:
    terms = [c.expr if isinstance(c, pst.When) else pst.UnaryOp("not", c.expr) for c in clauses]
    whole = terms[0]
    for term in terms[1:]:
        whole = pst.BinaryOp("and", whole, term)
    return whole
