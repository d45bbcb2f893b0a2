"""The text means what Cedar does: each operator on its own, and what is not covered raises (issue 16)."""

import cedarpy
import pytest

from charter import rules
from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.proof.analyses import NEVER_FAILS, prove
from charter.rules.proof.problem import SolverText, builtin_shape
from charter.rules.proof.schema import NotCoveredError, read_shape
from charter.rules.proof.solvers import Z3Solver
from tests.charter.rules.rulebooks import builtin_with, policy

HEAD = 'forbid (principal, action == Action::"use", resource) when {{ {} }};'
OVERFLOWING = "9223372036854775807 + context.metrics > 0"


def said(condition: str, suffix: str = "matches") -> bool | None:
    """Whether a condition can hold, or with `fails` fail."""
    text = SolverText()
    (policy,) = cedarpy.policies_to_pst(HEAD.format(condition)).static_policies.values()
    text.add_policy("one", policy)
    return Z3Solver(text.text(plain=False)).ask(f"one.{suffix}").possible


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ("context.metrics > 5", False),
        ("context.metrics >= 5", True),
        ("context.subjects == context.cohorts + context.persons", True),
        ("context.subjects != context.cohorts + context.persons", False),
        ("context.cohorts - context.persons == 50 && context.subjects < 50", False),
        ("2 * context.persons > 100", False),
        ("-context.metrics > -1", False),
        ("if context.own then context.cohorts > 0 else false", False),
        ("context.roles.isEmpty() && context.roles.contains(Role::\"hr\")", False),
        ('context.roles.containsAll([Role::"hr"]) && !context.roles.contains(Role::"hr")', False),
        ('resource.roles.containsAny(context.roles) && context.roles.isEmpty()', False),
        ('resource.roles.containsAll(context.roles) && context.roles.contains(Role::"hr") && resource.roles.isEmpty()', False),
        ('context.grain in [Grain::"self", Grain::"person"] && !context.of_persons', False),
        ('[Grain::"team"].contains(context.grain) && context.grain != Grain::"team"', False),
        ('principal is Asker && principal == Asker::"machine"', True),
        ("context has metrics && context.metrics == 3", True),
        ('context.waived.contains("AR16") && context.waived.contains("AR99")', True),
    ],
)  # fmt: skip
def test_a_condition_can_hold_as_cedar_would_have_it(condition: str, possible: bool) -> None:
    assert said(condition) is possible


@pytest.mark.parametrize(
    ("condition", "fails"),
    [
        (OVERFLOWING, True),
        ("context.metrics + context.persons > 0", False),  # counts are bounded
        (f"false && {OVERFLOWING}", False),  # Cedar looks at no more than it needs
        (f"true || {OVERFLOWING}", False),
        (f"{OVERFLOWING} && false", True),
        (f"if true then context.own else {OVERFLOWING}", False),
        ("-(-9223372036854775807 - context.metrics) > 0", True),
    ],
)
def test_a_condition_fails_where_cedar_fails(condition: str, fails: bool) -> None:
    assert said(condition, "fails") is fails


@pytest.mark.parametrize(
    "condition",
    [
        'context.waived.isEmpty()',
        "context.metrics * context.persons > 3",
        'context.roles == resource.roles',
        'resource == Charter::"lead-time@1"',
        '"a" like "a*"',
        "context has nothing",
        '[context.decision].contains(Decision::"retrospective")',
    ],
)  # fmt: skip
def test_what_is_not_covered_raises_and_is_not_proved(condition: str) -> None:
    with pytest.raises(NotCoveredError):
        said(condition)


def test_a_rulebook_that_is_not_covered_is_not_proved() -> None:
    report = prove(builtin_with(policy("when { context.roles == resource.roles }")))
    assert not report.holds and report.not_covered == "equality of sets or texts"


def test_a_rule_that_can_fail_is_shown() -> None:
    """P31: Cedar skips a forbid that fails, and the engine refuses for it; no rule may come to that."""
    report = prove(builtin_with(policy("when { 9223372036854775807 + context.metrics > 0 }")))
    assert [each.invariant.id for each in report.broken] == [NEVER_FAILS]


@pytest.mark.parametrize(
    "schema",
    ["entity Asker;", "entity A enum [\"a\"]; type Use = { of: A? };", "entity A in [B] = { x: Long };", ""],
)  # fmt: skip
def test_a_schema_of_another_form_raises(schema: str) -> None:
    with pytest.raises(NotCoveredError):
        read_shape(schema)


def test_the_shape_is_what_the_engine_is_told() -> None:
    """Every attribute of the schema is one that `project` or `describe_charter` tells, and none besides."""
    shape = builtin_shape()
    assert set(shape.of_context) == set(rules.context.Context.__struct_fields__)
    assert set(shape.of_resource) == set(rules.context.CharterAttributes.__struct_fields__)


def test_the_same_rules_make_the_same_text() -> None:
    texts = []
    for _ in range(2):
        text = SolverText()
        text.add_rulebook("now", builtin_rulebook())
        texts.append(text.text())
    assert texts[0] == texts[1]
