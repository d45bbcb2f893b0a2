"""Certificates of what nobody can learn, held against a million questions put to the engine one by one (issue 16)."""

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from msgspec.structs import replace

from charter.authoring.linting import judge_starters
from charter.registry import catalogue
from charter.registry.known_charters import read_known_charter
from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.engine import judge
from charter.rules.examples.base import PERSON_USE, bend, make_decision_facts
from charter.rules.facts import BesideFacts, CharterFacts, Facts
from charter.rules.proof.certificate import Learner, certify
from charter.rules.proof.known import KnownCharter
from charter.rules.vocabulary import DecisionType, Grain, OrderBy, Role

pytestmark = pytest.mark.proof

HOUSE = builtin_rulebook()
STARTERS = catalogue.read_starter_charters()
YES_NO = (False, True)


def opened(charter: CharterFacts) -> CharterFacts:
    """The charter as if it listed every decision for every role at the level of persons: what rules alone keep."""
    listed = frozenset((decision, Grain.PERSON) for decision in DecisionType)
    access = frozenset((role, Grain.PERSON) for role in Role)
    return replace(charter, listed=listed, access=access, needs_beside=frozenset(), data_from=None)


def ways() -> Iterator[dict[str, object]]:
    """768 ways of asking of somebody else: by how, by whom and with what."""
    for export, percentile, compare, trained, human in product(*[YES_NO] * 5):
        for persons, order, role, evidence in product(
            (("p-001",), ("p-001", "p-002")),
            (None, OrderBy.VALUE),
            (Role.MANAGER, Role.HR, Role.LEADERSHIP),
            (0, 1),
        ):
            yield {
                "export": export, "percentile": percentile, "compare": compare, "trained": trained, "human": human,
                "persons": persons, "order_by": order, "roles": frozenset({role}), "checked_evidence": evidence,
            }  # fmt: skip


def asked_of(charter: CharterFacts, decision: DecisionType, *, audited: bool) -> Facts:
    """A question of somebody else with all that a decision about people needs, in the view of the metric's class."""
    beside = (BesideFacts("other", charter.category, charter.kind, charter.view),)
    facts = bend(PERSON_USE, decision=decision, view=charter.view, metrics=(charter.metric, "other"))
    until = PERSON_USE.at.date() if audited else None
    return replace(facts, charter=charter, beside=beside, fairness_until=until)


@pytest.mark.proof(whole=True)
@pytest.mark.parametrize("slug", sorted(STARTERS))
def test_no_certificate_is_contradicted(slug: str) -> None:
    """Some 34,000 questions a charter, more than a million in all."""
    sources = judge_starters(HOUSE, {}).sources
    known = read_known_charter(STARTERS[slug], number=1, sources=sources, today=date(2026, 4, 14))
    charter = opened(known.of_person)
    every = list(ways())
    for audited, decision in product(YES_NO, DecisionType):
        whole = KnownCharter(charter, charter, audited)
        (found,) = certify(HOUSE, (whole,), make_decision_facts(decision), Learner.ANYONE)
        base = asked_of(charter, decision, audited=audited)
        permitted = any(judge(bend(base, **way), HOUSE).permitted for way in every)
        assert found.possible is not None and not (permitted and found.possible is False)
        assert found.shown is None or judge(found.shown, HOUSE).permitted
        assert not found.possible or found.shown is not None
