"""Rulebooks with one policy taken away, turned round, or with one part of its conditions missing or other.

They skip the checks that would refuse to publish some of them: what is to be shown is that examples notice.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from cedarpy import PolicySet, pst

from charter import rules
from charter.rules import examples
from charter.rules.engine import judge
from charter.rules.facts import Facts
from charter.rules.rulebook import Rulebook
from tests.spec.examples import EXAMPLES

SWAPPED = {
    "and": "or",
    "or": "and",
    "less": "less_eq",
    "less_eq": "less",
    "greater": "greater_eq",
    "greater_eq": "greater",
    "eq": "not_eq",
    "not_eq": "eq",
}
# Mutants that decide every question as the policy does, each with the reason. `tests.spec.mutate` lists them.
_SELF = 'context.own && (context.grain == Grain::"self")'
_NOT_OWN = "Somebody else's value at own level fails the next condition, that it be one's own, all the same."
EQUIVALENT = {(rule, f"dropped context.own from {_SELF}"): _NOT_OWN for rule in ("AR14", "USE")}


class Mutant(NamedTuple):
    """One policy as it might have been written by mistake; None where it is taken away."""

    rule: str
    what: str
    policy: pst.Template | None


def mutants(policy: pst.Template) -> Iterator[Mutant]:
    """Yield the policy deleted, negated, and with each clause, each part of a clause, or each word of a list dropped."""
    rule = policy.annotations["id"]
    yield Mutant(rule, "deleted", None)
    yield Mutant(rule, "negated", negated(policy))
    for place, clause in enumerate(policy.clauses):
        head, tail = policy.clauses[:place], policy.clauses[place + 1 :]
        yield Mutant(rule, f"dropped the clause {_said(clause)}", replace(policy, clauses=head + tail))
        for what, expr in _variants(clause.expr):
            changed = replace(clause, expr=expr)
            yield Mutant(rule, what, replace(policy, clauses=(*head, changed, *tail)))


def builtin_mutants() -> Iterator[Mutant]:
    """Yield the mutants of every built-in policy, in the order of the rules' ids."""
    policies = rules.compile_rulebook(rules.builtin_files()).policies.to_pst().static_policies
    for rule in sorted(policies):
        yield from mutants(policies[rule])


@lru_cache
def ground(rule: str) -> tuple[Rulebook, list[tuple[str, Facts, tuple[str, ...]]]]:
    """The rules that a mutant is made of, and what matches there of each example; the permit shows what it lists where AR14 is away.

    The rule's own examples come first, as one of them notices most of its mutants.
    """
    rulebook = without("AR14") if rule == "USE" else rules.compile_rulebook(rules.builtin_files())
    by_rule = sorted(EXAMPLES.items(), key=lambda item: item[0] != rule)
    asked = [(f"{of} {each.says}", each.facts) for of, of_rule in by_rule for each in of_rule]
    asked += [(f"page {each.rule} {each.says}", each.facts) for each in examples.BUILTIN_EXAMPLES]
    return rulebook, [(name, facts, matched(facts, rulebook)) for name, facts in asked]


def find_noticing(mutant: Mutant) -> str:
    """The first example that comes out otherwise; empty where all come out as they did."""
    rulebook, expected = ground(mutant.rule)
    changed = instead(mutant.rule, mutant.policy, of=rulebook)
    noticing = (name for name, facts, matches in expected if matched(facts, changed) != matches)
    return next(noticing, "")


def matched(facts: Facts, rulebook: Rulebook) -> tuple[str, ...]:
    return tuple(rule.id for rule in judge(facts, rulebook).rules)


def negated(policy: pst.Template) -> pst.Template:
    return replace(policy, clauses=(pst.Unless(_conjunction(policy.clauses)),))


def without(rule: str, *, negate: bool = False, of: Rulebook | None = None) -> Rulebook:
    """Return a rulebook (the built-in one) less this policy, or with the policy's conditions negated."""
    whole = of or rules.compile_rulebook(rules.builtin_files())
    policy = whole.policies.to_pst().static_policies.get(rule)
    return instead(rule, negated(policy) if negate and policy else None, of=whole)


def instead(rule: str, policy: pst.Template | None, *, of: Rulebook) -> Rulebook:
    """Return a rulebook with this policy in the rule's place, or none."""
    return replace(of, policies=_put(of.policies, rule, policy), denials=_put(of.denials, rule, policy))


def _put(handle: PolicySet, rule: str, policy: pst.Template | None) -> PolicySet:
    policies = dict(handle.to_pst().static_policies)
    if policies.pop(rule, None) and policy:  # a rule that refers is no denial
        policies[rule] = policy
    return PolicySet.from_pst(pst.PolicySet({}, policies, ()))


def _conjunction(clauses: tuple[pst.Clause, ...]) -> pst.Expr:
    terms = [c.expr if isinstance(c, pst.When) else pst.UnaryOp("not", c.expr) for c in clauses]
    whole = terms[0]
    for term in terms[1:]:
        whole = pst.BinaryOp("and", whole, term)
    return whole


def _variants(expr: pst.Expr) -> Iterator[tuple[str, pst.Expr]]:
    """Yield what a condition would be with one of its parts dropped or one of its operators another."""
    match expr:
        case pst.BinaryOp(op="and" | "or", left=left, right=right):
            yield f"dropped {told(right)} from {told(expr)}", left
            yield f"dropped {told(left)} from {told(expr)}", right
        case pst.UnaryOp(op="not", arg=arg):
            yield f"dropped ! from {told(expr)}", arg
        case pst.Set(elements=elements) if len(elements) > 1:
            for each in elements:
                left_over = tuple(other for other in elements if other != each)
                yield f"dropped {told(each)} from {told(expr)}", replace(expr, elements=left_over)
    if isinstance(expr, pst.BinaryOp) and expr.op in SWAPPED:
        other = replace(expr, op=SWAPPED[expr.op])
        yield f"{told(expr)} became {told(other)}", other
    yield from _within(expr)


def _within(expr: pst.Expr) -> Iterator[tuple[str, pst.Expr]]:
    """Yield the variants of the parts, each put back in its place."""
    for field in fields(expr) if is_dataclass(expr) else ():
        part = getattr(expr, field.name)
        if is_dataclass(part):
            for what, changed in _variants(part):
                yield what, replace(expr, **{field.name: changed})


def _said(clause: pst.Clause) -> str:
    return f"{'when' if isinstance(clause, pst.When) else 'unless'} {told(clause.expr)}"


def told(expr: pst.Expr) -> str:
    """Write a condition as Cedar does, with fewer parentheses."""
    scope = pst.ScopeAny()
    bare = pst.Template("x", "forbid", scope, scope, scope, (pst.When(expr),), {})
    text = str(PolicySet.from_pst(pst.PolicySet({}, {"x": bare}, ())))
    text = re.sub(r"\s+", " ", text.partition("when {")[2].rpartition("}")[0]).strip()
    return re.sub(r"\(((?:context|resource)\.\w+|!?\w+\.\w+)\)", r"\1", text)
