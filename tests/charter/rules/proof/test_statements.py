"""What must hold for every request: proved of the built-in rules, and each broken by some rulebook (issue 16)."""

from functools import lru_cache

import pytest
from cedarpy import pst

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.engine import judge
from charter.rules.proof.agreement import Twin
from charter.rules.proof.analyses import (
    NEVER_FAILS,
    NEVER_OPENED,
    find_idle,
    find_opening,
    list_invariants,
    prove,
    write_opening,
    write_statements,
)
from charter.rules.proof.problem import SolverText
from charter.rules.proof.realise import list_values
from charter.rules.proof.solvers import Z3Solver
from charter.rules.proof.words import describe_request
from charter.rules.proof.world import WORLD, SideCondition
from charter.rules.rulebook import Rulebook
from tests.spec.mutants import EQUIVALENT, Mutant, builtin_mutants, instead, without

HOUSE = builtin_rulebook()
FORBIDS = [rule.id for rule in HOUSE.rules]
# The rule without which each statement no longer holds.
BROKEN_WITHOUT = {
    "P01": "AR05", "P02": "AR06", "P03": "AR02", "P04": "AR07", "P06": "AR21", "P07": "AR22", "P08": "AR04",
    "P09": "AR18", "P10": "AR10", "P11": "AR25", "P12": "AR03", "P13": "AR17", "P14": "AR09", "P15": "AR13",
    "P16": "AR26", "P17": "AR27", "P18": "AR16", "P19": "AR12", "P20": "AR11", "P21": "AR29", "P23": "AR23",
    "P24": "AR15", "P26": "AR24", "P27": "AR01", "P28": "AR28", "P29": "AR20", NEVER_OPENED: "AR08",
}  # fmt: skip


def opens(rulebook: Rulebook) -> bool:
    """Whether it permits what the built-in rules do not."""
    return bool(Z3Solver(write_opening(HOUSE, rulebook).text(plain=False)).ask("opens").possible)


# The statements that no longer hold without a side condition; the others hold of whatever could be told the engine.
RESTS_ON = {
    "of_persons": {"P22"},
    "level": {"P22"},
    "natures": {"P03", "P08"},
    "group": {"P20"},
    "guarded": {"P04", "P09"},
}


@lru_cache
def broken(rulebook: Rulebook) -> frozenset[str]:
    """The statements that do not hold, without looking for what shows it."""
    solver = Z3Solver(write_statements(rulebook).text(plain=False))
    return frozenset(each.id for each in list_invariants() if solver.ask(each.id).possible is not False)


def opened(rule: str) -> Rulebook:
    """The rulebook with a waiver planted in one rule."""
    policy = HOUSE.policies.to_pst().static_policies[rule]
    waived = pst.Unless(
        pst.BinaryOp("contains", pst.GetAttr(pst.Var("context"), "waived"), pst.StringLit("AR16"))
    )
    return instead(rule, pst.Template(**{**_parts(policy), "clauses": (*policy.clauses, waived)}), of=HOUSE)


def _parts(policy: pst.Template) -> dict[str, object]:
    return {name: getattr(policy, name) for name in policy.__slots__}


def test_every_statement_is_proved_of_the_built_in_rules_within_a_second() -> None:
    report = prove(HOUSE)
    assert report.holds and len(report.checked) == len(list_invariants()) >= 15
    assert report.seconds < 1


def test_something_is_permitted() -> None:
    """Guards the test above: of rules that permit nothing, everything is proved."""
    assert Z3Solver(write_statements(HOUSE).text(plain=False)).ask("now.permitted").possible


@pytest.mark.parametrize("statement", BROKEN_WITHOUT)
def test_each_statement_has_a_rulebook_that_breaks_it(statement: str) -> None:
    assert statement in broken(without(BROKEN_WITHOUT[statement]))


@pytest.mark.parametrize(
    ("statement", "dropped"), [("P05", 0), ("P05", 1), ("P22", 3), ("P25", 0), ("P25", 4), ("P25", 5)]
)
def test_a_permit_with_a_condition_less_breaks_one(statement: str, dropped: int) -> None:
    """The permit and AR14 say the same, so it takes both to be weaker."""
    permit = HOUSE.policies.to_pst().static_policies["USE"]
    clauses = tuple(clause for place, clause in enumerate(permit.clauses) if place != dropped)
    weaker = instead("USE", pst.Template(**{**_parts(permit), "clauses": clauses}), of=without("AR14"))
    assert statement in broken(weaker)


def test_every_deletion_that_opens_something_is_noticed() -> None:
    """28 of 28; AR14 stands for its words, and opens nothing."""
    opening = [rule for rule in FORBIDS if opens(without(rule))]
    assert opening == [rule for rule in FORBIDS if rule != "AR14"]
    assert [rule for rule in opening if not broken(without(rule))] == []


@pytest.mark.parametrize(
    "rule", [rule.id for rule in HOUSE.rules if rule.waivable == "never" and rule.id != "AR14"]
)
def test_every_planted_waiver_is_noticed(rule: str) -> None:
    assert broken(opened(rule))


def test_a_broken_statement_is_shown_as_a_request_that_the_engine_permits() -> None:
    """Kept only if `project` and `judge` agree; said in words that somebody can send."""
    weaker = without("AR02")
    report = prove(weaker)
    shown = {each.invariant.id: each.shown for each in report.broken}
    assert "P03" in shown and all(shown.values())
    facts = shown["P03"]
    assert judge(facts, weaker).permitted and not judge(facts, HOUSE).permitted
    told = " ".join(text for _, text in describe_request(facts))
    assert "strain" in told or "survey" in told or "wellness" in told
    assert Twin(weaker).judge(facts)[0]
    assert str(list_values(facts, weaker)["c.decision"]).startswith("Decision.")


def test_a_rulebook_opens_nothing_against_itself_and_something_without_a_rule() -> None:
    assert find_opening(HOUSE, HOUSE).opens is False
    found = find_opening(HOUSE, without("AR12"))
    assert found.opens and found.shown is not None
    assert [rule.id for rule in judge(found.shown, HOUSE).rules] == ["AR12"]


def test_every_rule_decides_something_alone_but_the_one_that_stands_for_its_words() -> None:
    """AR04 and AR14 could never be the only refusal: AR04 can now, and the page of rules says so of AR14."""
    never, shadowed = find_idle(HOUSE)
    assert (never, shadowed) == (frozenset(), frozenset({"AR14"}))


@pytest.mark.parametrize("condition", WORLD, ids=lambda condition: condition.id)
def test_statements_rest_on_as_few_conditions_as_are_said(condition: SideCondition) -> None:
    """What nobody may take for decoration: without it a statement is no longer proved (docs/explanation/what-is-proved.md)."""
    assert broken_without(condition.id) == RESTS_ON.get(condition.id, frozenset())


def broken_without(condition: str) -> frozenset[str]:
    solver = Z3Solver(write_statements(HOUSE, without=frozenset({condition})).text(plain=False))
    return frozenset(each.id for each in list_invariants() if solver.ask(each.id).possible is not False)


def test_no_rule_fails_whatever_counts_are() -> None:
    assert NEVER_FAILS not in broken(HOUSE)


def test_no_part_of_a_rule_is_idle() -> None:
    """Dead clauses: a part that could be dropped or turned and the rule would match the same, of all that can be asked."""
    found = {(each.rule, each.what) for each in builtin_mutants() if each.policy and matches_the_same(each)}
    assert found == set(EQUIVALENT)


def matches_the_same(mutant: Mutant) -> bool:
    text = SolverText()
    text.add_policy("was", HOUSE.policies.to_pst().static_policies[mutant.rule], HOUSE)
    text.add_policy("now", mutant.policy, HOUSE)
    text.name("differs", "(xor was.matches now.matches)")
    return Z3Solver(text.text(plain=False)).ask("differs").possible is False
