"""Every rule has, through the line on furnished data, a question that it alone refuses and a neighbour that is permitted.

The neighbour is the same question before the world was bent, asked first.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from charter.registry import queries as registry
from charter.registry.models import ClearanceKind, Metric
from charter.registry.models.sources import Source
from charter.registry.services import grant_clearance
from charter.rules.builtin_rules import builtin_rulebook
from charter.rules.vocabulary import SourceKind
from governance.board import services as board
from governance.board.models import Pilot
from governance.board.states import CaseKind, PilotState, SeatKind
from governance.decisions.facts import gathering
from governance.decisions.services import protect
from governance.people.models import GrantedRole, Person, Team
from governance.training.models import Attestation
from ground import calendar, clock
from tests import factories, on_the_log
from tests.governance.decisions.looks import BY_PERSON, look, people
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.governance.decisions.test_answer import ask
from tests.governance.decisions.test_holds import CALIBRATION, RETROSPECTIVE, a_hold, rules_of
from tests.governance.decisions.test_values import NUMBERS, OF_ONE, a_note, own, published

__all__ = ["own", "people"]
pytestmark = [pytest.mark.django_db, pytest.mark.stands_on("with_judged")]
World = dict[str, Any]


@dataclass(frozen=True)
class RuleCase:
    """One rule: the question, its parts that the rule refuses, and what is bent of the world before it is asked."""

    rule: str
    question: dict[str, Any]
    changes: dict[str, Any] = field(default_factory=dict)
    bend: Callable[[World], None] | None = None


def forget() -> None:
    """What is remembered of charters, which never change in life."""
    registry.load_document.cache_clear()
    gathering._charter_facts.cache_clear()


def described_as(kind: SourceKind) -> Callable[[World], None]:
    """The source of both metrics turns out to be of another kind."""
    return lambda world: factories.change(Source.objects.get(slug="changes"), kind=kind)


def bent(*slugs: str, **what: Any) -> Callable[[World], None]:
    """The charters say otherwise, as one would that lint of today had not looked at."""

    def bend(_world: World) -> None:
        for slug in slugs:
            version = Metric.objects.get(slug=slug).current
            document = {**version.document, "what": {**version.document["what"], **what}}
            factories.change(version, document=document)
        forget()

    return bend


def failed_audit(world: World) -> None:
    for slug in (DELIVERY, HEALTH):
        version = Metric.objects.get(slug=slug).current
        until = calendar.today() + timedelta(days=90)
        grant_clearance(
            version=version, kind=ClearanceKind.FAIRNESS_AUDIT, passed=False, valid_until=until, reference="FA-2",
            by=world["auditor"],
        )  # fmt: skip


def piloted(world: World) -> None:
    version = Metric.objects.get(slug=DELIVERY).current
    on_the_log.make(
        Pilot, charter_version=version, case_id=version.case_id, consent=factories.a_consent(version),
        cohort="team:payments", starts_on=date(2026, 1, 15), ends_on=date(2026, 3, 1),
        started_by=world["manager"], state=PilotState.ENDED, ended_at=clock.now(), ended_by=world["manager"],
    )  # fmt: skip


def burning(_world: World) -> None:
    factories.a_submitted_charter("error-budget")
    published("error-budget", 2, **{**NUMBERS, "value": 3.0})


def protected(world: World) -> None:
    person, day = Person.objects.get(external_id="payments-2"), calendar.today()
    protect(
        person=person, account=world["manager"], starts_on=day, ends_on=day + timedelta(days=30),
        by=factories.system(),
    )  # fmt: skip


def suspended(_world: World) -> None:
    board.suspend(
        version=Metric.objects.get(slug=DELIVERY).current, seat_kind=SeatKind.HR, reason="It misleads.",
        by=factories.a_board()[SeatKind.HR],
    )  # fmt: skip


def untrained(world: World) -> None:
    """Their attestation ran out yesterday."""
    yesterday = calendar.today() - timedelta(days=1)
    factories.change(Attestation.objects.get(user=world["manager"]), valid_until=yesterday)


def leading_both(world: World) -> None:
    factories.a_role(world["manager"], GrantedRole.MANAGER, team=Team.objects.get(slug="search"))


def unlike(world: World) -> None:
    leading_both(world)
    factories.change(Team.objects.get(slug="search"), context_class="rescue")


BOTH = (DELIVERY, HEALTH)
TEAMS = {"cohorts": ["team:payments", "team:search"]}
CASES = [
    RuleCase("AR01", RETROSPECTIVE, bend=described_as(SourceKind.SCREEN)),
    RuleCase("AR02", CALIBRATION, bend=described_as(SourceKind.SURVEY)),
    RuleCase("AR03", CALIBRATION, bend=bent(*BOTH, counts_hours=True)),
    RuleCase("AR05", OF_ONE, {"persons": ["payments-2", "payments-3"]}),
    RuleCase("AR06", OF_ONE, {"combine": "mean"}),
    RuleCase("AR07", CALIBRATION, {"evidence": []}),
    RuleCase("AR08", CALIBRATION, bend=bent(*BOTH, type="activity")),
    RuleCase("AR09", CALIBRATION, bend=bent(*BOTH, category="flow")),
    RuleCase("AR10", CALIBRATION, bend=described_as(SourceKind.AI_ASSISTANT)),
    RuleCase("AR11", RETROSPECTIVE, TEAMS, bend=unlike),
    RuleCase(
        "AR12", RETROSPECTIVE, bend=lambda _: factories.settings(minimum_group=10, minimum_group_strain=10)
    ),
    RuleCase("AR13", OF_ONE, bend=lambda _: factories.settings(looks_a_day=0)),
    RuleCase("AR14", RETROSPECTIVE, {"decision": "staffing"}),
    RuleCase("AR15", RETROSPECTIVE, bend=suspended),
    RuleCase("AR16", CALIBRATION, bend=lambda _: a_note(confirmed=False) and None),
    RuleCase("AR17", CALIBRATION, {"limit": 1}),
    RuleCase("AR18", CALIBRATION, {"accountable": None}),
    RuleCase("AR19", CALIBRATION, bend=burning),
    RuleCase("AR20", RETROSPECTIVE, bend=bent(DELIVERY, wellness_signal=True)),
    RuleCase("AR21", CALIBRATION, bend=lambda _: a_hold() and None),
    RuleCase("AR22", CALIBRATION, bend=protected),
    RuleCase("AR23", CALIBRATION, bend=piloted),
    RuleCase("AR24", CALIBRATION, bend=untrained),
    RuleCase("AR25", CALIBRATION, bend=failed_audit),
    RuleCase("AR26", OF_ONE, {"export": True}),
    RuleCase("AR27", OF_ONE, bend=lambda world: world["thin"].add("2026-02")),
    RuleCase("AR28", OF_ONE, {"window": {"from": "2025-01-01", "to": "2025-04-01"}}),
    # Their charters say nothing of rankings; where one forbids them, the board's waiver opens nothing (AR14).
    RuleCase("AR29", RETROSPECTIVE, {**TEAMS, "order_by": "value"}, bend=leading_both),
]


def test_no_rule_is_left_out() -> None:
    """AR04 has a case of its own below, as the charters of these allow no look at one person that is not a decision about people."""
    named = [case.rule for case in CASES]
    assert len(set(named)) == len(named)
    assert {*named, "AR04", builtin_rulebook().permit.id} == set(builtin_rulebook().by_id)


@pytest.fixture(autouse=True)
def documents() -> Iterator[None]:
    """What was bent is remembered by no later test."""
    yield
    forget()


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_a_rule_alone_refuses_what_is_permitted_without_it(own, case) -> None:
    """Issue 16: through `answer()`, on data that stands in the database."""
    manager = own["manager"]
    assert ask(manager, case.question).verdict.permits, "the neighbour"
    if case.bend:
        case.bend(own)
    given = ask(manager, {**case.question, **case.changes})
    assert rules_of(given) == {case.rule} and given.rows == ()


@pytest.mark.stands_on("with_people")
def test_a_look_at_what_one_person_did_is_refused_by_ar04_alone(people) -> None:
    """AR04, issue 16: what is looked at turns out to be activity; the same look at an outcome is permitted."""
    assert look(people.manager, "payments-2").verdict.permits, "the neighbour"
    bent(BY_PERSON, type="activity")({})
    given = look(people.manager, "payments-2")
    assert rules_of(given) == {"AR04"} and given.rows == ()


WAIVED = {each.rule: each for each in CASES if each.rule in ("AR16", "AR19", "AR26", "AR27", "AR29")}


@pytest.mark.parametrize("rule", WAIVED)
def test_what_the_board_may_waive_is_permitted_once_it_has(own, rule) -> None:
    """AR16, AR19, AR26, AR27, AR29: refused, waived by a case for its days, and then permitted."""
    case, manager = WAIVED[rule], own["manager"]
    asked = {**case.question, **case.changes}
    if case.bend:
        case.bend(own)
    assert rules_of(ask(manager, asked)) == {rule}
    details = {
        "rule_id": rule, "decision": asked["decision"], "reason": "A court asks.", "starts_on": calendar.today(),
        "ends_on": calendar.today() + timedelta(days=9),
    }  # fmt: skip
    waiver = board.open_case(
        kind=CaseKind.WAIVER, subject=f"Waiver of {rule}", question="May we?", details=details,
        by=factories.a_board()[SeatKind.ENGINEERING],
    )  # fmt: skip
    factories.a_decided_case(waiver)
    assert ask(manager, asked).verdict.permits
