"""What a waiver, a setting or a charter version would permit that is not permitted now (issue 16)."""

import pytest
from msgspec.structs import replace

from charter.rules import rule_table
from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.engine import judge
from charter.rules.examples.base import TEAM_USE, bend, make_decision_facts
from charter.rules.facts import Facts
from charter.rules.proof.analyses import Opening, find_idle, find_opening
from charter.rules.proof.known import KnownCharter
from charter.rules.proof.openings import find_charter_opening, find_need_opening, find_waiver_opening
from charter.rules.proof.words import describe_request, say_request
from charter.rules.vocabulary import DecisionType, Grain, Role, View
from tests.charter.rules.rulebooks import builtin_with, policy

HOUSE = builtin_rulebook()
PROMOTION = make_decision_facts(DecisionType.PROMOTION_EVIDENCE)


def known(facts: Facts) -> KnownCharter:
    return KnownCharter(facts.charter, facts.charter, audited=True)


def between(old: Facts, new: Facts) -> Opening:
    return find_charter_opening(HOUSE, known(old), known(new))


@pytest.mark.parametrize("rule", sorted(HOUSE.waivable))
def test_a_waiver_opens_what_its_rule_alone_refused(rule: str) -> None:
    found = find_waiver_opening(HOUSE, rule)
    assert found.opens and found.shown is not None and found.shown.waived == {rule}
    unwaived = judge(replace(found.shown, waived=frozenset()), HOUSE)
    assert [each.id for each in unwaived.rules] == [rule]


def test_a_waiver_of_what_nobody_can_waive_opens_nothing() -> None:
    assert find_waiver_opening(HOUSE, "AR08").opens is False


def test_a_waiver_for_one_decision_is_shown_by_that_decision() -> None:
    found = find_waiver_opening(HOUSE, "AR26", DecisionType.TEAM_COACHING)
    assert found.shown is not None and found.shown.request.decision is DecisionType.TEAM_COACHING


def test_less_evidence_opens_and_more_does_not() -> None:
    more = replace(PROMOTION, evidence_needed=3)
    found = find_need_opening(HOUSE, more, PROMOTION)
    assert found.shown is not None and found.shown.checked_evidence < 3
    assert judge(found.shown, HOUSE).permitted
    assert not judge(
        replace(found.shown, decision=replace(found.shown.decision, evidence_needed=3)), HOUSE
    ).permitted
    assert find_need_opening(HOUSE, PROMOTION, more).opens is False


def test_a_charter_that_lists_more_opens_that_and_one_that_lists_less_nothing() -> None:
    staffing = frozenset({(DecisionType.STAFFING, Grain.TEAM)})
    wider = bend(TEAM_USE, listed=TEAM_USE.charter.listed | staffing)
    found = between(TEAM_USE, wider)
    assert found.shown is not None and found.shown.request.decision is DecisionType.STAFFING
    assert judge(found.shown, HOUSE).permitted and found.shown.charter.metric == TEAM_USE.charter.metric
    assert between(wider, TEAM_USE).opens is False and between(TEAM_USE, TEAM_USE).opens is False


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("access", TEAM_USE.charter.access | {(Role.HR, Grain.TEAM)}),
        ("data_from", None),
        ("view_of_metric", View.PERFORMANCE),
    ],
)
def test_a_charter_opens_by_its_other_clauses_too(field: str, value: object) -> None:
    assert between(TEAM_USE, bend(TEAM_USE, **{field: value})).opens


def test_a_charter_that_wants_no_other_metric_beside_it_any_more_opens() -> None:
    beside = frozenset({(DecisionType.RETROSPECTIVE, Grain.TEAM, "slo-compliance")})
    wanting = bend(TEAM_USE, needs_beside=beside)
    assert between(wanting, TEAM_USE).opens and between(TEAM_USE, wanting).opens is False
    alone = bend(wanting, listed=frozenset({(DecisionType.RETROSPECTIVE, Grain.TEAM)}))
    found = find_charter_opening(HOUSE, None, known(alone))
    assert found.shown is not None and "slo-compliance" in found.shown.request.metrics


def test_a_rule_of_one_s_own_opens_nothing() -> None:
    assert find_opening(HOUSE, builtin_with(policy("when { context.export }"))).opens is False


def test_what_is_not_covered_is_not_said_to_open_nothing() -> None:
    found = find_opening(HOUSE, builtin_with(policy("when { context.roles == resource.roles }")))
    assert found.opens is None and found.not_covered


def test_a_request_is_said_in_plain_words() -> None:
    said = say_request(bend(TEAM_USE, export=True))
    assert said.startswith(
        "Somebody who is a manager there asks for values of one team at team level, as an export, "
        "for a retrospective"
    )
    told = dict(describe_request(bend(TEAM_USE, export=True, waived=frozenset({"AR26"}))))
    assert told["How"] == "As an export" and told["Where this is so"] == "The board has waived AR26"


def test_the_page_of_rules_names_those_that_stand_for_their_words() -> None:
    """AR14 is the permit said as a refusal; each other rule has a case that it alone decides."""
    never, shadowed = find_idle(HOUSE)
    assert not never and shadowed == {"AR14"}
    assert "AR14 stands for its words" in rule_table.render_rule_table()
