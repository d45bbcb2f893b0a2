"""Rulebooks with one policy taken away or turned round. They skip the checks that would refuse to publish them."""

from dataclasses import replace

from cedarpy import PolicySet, pst

from charter import rules
from charter.rules.rulebook import Rulebook


def without(rule: str, *, negate: bool = False, of: Rulebook | None = None) -> Rulebook:
    """Return a rulebook (the house's) less this policy, or with the policy's conditions negated."""
    whole = of or rules.compile_rulebook(rules.house_files())
    return replace(
        whole,
        policies=_less(whole.policies, rule, negate),
        denials=_less(whole.denials, rule, negate),
    )


def _less(handle: PolicySet, rule: str, negate: bool) -> PolicySet:
    policies = dict(handle.to_pst().static_policies)
    policy = policies.pop(rule, None)  # a rule that refers is no denial
    if policy is not None and negate:
        policies[rule] = replace(policy, clauses=(pst.Unless(_conjunction(policy.clauses)),))
    return PolicySet.from_pst(pst.PolicySet({}, policies, ()))


def _conjunction(clauses: tuple[pst.Clause, ...]) -> pst.Expr:
    terms = [c.expr if isinstance(c, pst.When) else pst.UnaryOp("not", c.expr) for c in clauses]
    whole = terms[0]
    for term in terms[1:]:
        whole = pst.BinaryOp("and", whole, term)
    return whole
