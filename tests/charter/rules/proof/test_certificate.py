"""Nobody can: proved of every question, or the question that does it with what it needs (issue 16)."""

from itertools import product

import pytest
from msgspec.structs import replace

from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.engine import judge
from charter.rules.examples.base import PERSON_USE, bend, make_decision_facts, one_person
from charter.rules.facts import Facts
from charter.rules.proof.certificate import Learner, MetricCertificate, Precondition, certify
from charter.rules.proof.known import KnownCharter
from charter.rules.vocabulary import Category, DecisionType, Nature, Role, Standing

HOUSE = builtin_rulebook()
RATED = PERSON_USE
LOOKED = one_person()


def certified(base: Facts, learner: Learner = Learner.MANAGER, *, audited: bool = True) -> MetricCertificate:
    known = KnownCharter(base.charter, base.charter, audited)
    (found,) = certify(HOUSE, (known,), base.decision, learner)
    return found


def test_what_can_be_is_shown_and_the_engine_permits_it() -> None:
    found = certified(LOOKED)
    assert found.possible and found.shown is not None and judge(found.shown, HOUSE).permitted
    assert found.shown.charter == LOOKED.charter and not found.shown.actor.asks_about_self
    assert (
        set(found.needs) == {Precondition.ACKNOWLEDGED, Precondition.AUDITED, Precondition.ALONE}
        and not found.waived
    )


def test_a_decision_about_a_person_needs_all_that_is_laid_down_for_it() -> None:
    found = certified(RATED)
    assert found.possible and set(found.needs) == set(Precondition)


@pytest.mark.parametrize(
    ("changed", "audited", "rule"),
    [
        ({}, False, "AR25"),
        ({"nature": frozenset({Nature.ACTIVITY})}, True, "AR04"),
        ({"nature": frozenset({Nature.COMPOSITE})}, True, "AR06"),
        ({"category": Category.FLOW}, True, "AR09"),
        ({"in_force": False}, True, "AR15"),
        ({"standing": Standing.PILOT}, True, "AR23"),
        ({"counts_hours": True}, True, "AR03"),
    ],
)
def test_what_cannot_be_names_a_rule_that_keeps_it(changed, audited: bool, rule: str) -> None:
    found = certified(bend(LOOKED, **changed), audited=audited)
    assert found.possible is False and rule in found.rules and found.shown is None


def test_it_is_said_whether_a_passed_audit_would_open_it() -> None:
    """What is closed for want of an audit alone is not closed for good."""
    assert not certified(LOOKED, audited=False).lasting
    closed = certified(bend(LOOKED, nature=frozenset({Nature.ACTIVITY})), audited=False)
    assert closed.possible is False and closed.lasting and closed.rules == ("AR04",)


def test_hr_learns_nothing_by_a_charter_that_does_not_name_hr() -> None:
    found = certified(LOOKED, Learner.HR)
    assert found.possible is False
    named = bend(LOOKED, access=LOOKED.charter.access | {(Role.HR, LOOKED.request.grain)})
    assert certified(named, Learner.HR).possible and certified(LOOKED, Learner.ANYONE).possible


def test_strain_is_closed_whatever_the_charter_lists() -> None:
    """S70: by no decision there is, for nobody."""
    every = frozenset((decision, LOOKED.request.grain) for decision in DecisionType)
    open_to_all = frozenset((role, LOOKED.request.grain) for role in Role)
    strain = bend(LOOKED, category=Category.STRAIN, listed=every, access=open_to_all).charter
    known = KnownCharter(strain, strain, audited=True)
    for decision in DecisionType:
        (found,) = certify(HOUSE, (known,), make_decision_facts(decision), Learner.ANYONE)
        assert found.possible is False


def test_no_certificate_is_contradicted_by_any_of_many_questions() -> None:
    """Every way of asking that there is of a few charters: what the engine permits was not said to be impossible."""
    shapes = list(_ways_of_asking())
    for base, audited in product((LOOKED, RATED), (True, False)):
        for decision in (DecisionType.RETROSPECTIVE, DecisionType.PROMOTION_EVIDENCE):
            known = KnownCharter(base.charter, base.charter, audited)
            (found,) = certify(HOUSE, (known,), make_decision_facts(decision), Learner.MANAGER)
            asked = replace(base, fairness_until=base.at.date() if audited else None)
            permitted = any(judge(bend(asked, decision=decision, **way), HOUSE).permitted for way in shapes)
            assert found.possible is permitted


def _ways_of_asking():
    yes_no = (False, True)
    for export, percentile, compare, trained, acknowledged, human in product(*[yes_no] * 6):
        for persons in (("p-001",), ("p-001", "p-002")):
            yield {
                "export": export, "percentile": percentile, "compare": compare, "trained": trained,
                "acknowledged": acknowledged, "human": human, "persons": persons,
            }  # fmt: skip
