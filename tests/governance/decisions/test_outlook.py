"""May I, and with what? Home, metric page, form and refusal say before asking what asking says (issue 11)."""

import random

import pytest
from msgspec.structs import replace

from charter.rules.request import Evidence, Request
from charter.rules.vocabulary import DecisionType, EvidenceKind, Grain, Outcome, Period, View
from governance.decisions.facts import coverage
from governance.decisions.facts.outlook import Ahead
from governance.decisions.models import Door
from governance.decisions.services import answer
from governance.people.models import GrantedRole, Team, User
from governance.training import services as training
from governance.ui.questions import month_window
from tests import factories, snapshots
from tests.governance.decisions.looks import BY_PERSON
from tests.governance.decisions.people import DELIVERY, HEALTH

WINDOW = month_window("2026-01", "2026-03")
COMPANIONS = ("change-failure-rate", "slo-compliance")
READINESS = Request(
    decision=DecisionType.RELEASE_READINESS,
    metrics=("lead-time-for-changes",),
    grain=Grain.TEAM,
    window=WINDOW,
    period=Period.MONTH,
    cohorts=("team:payments",),
)


def foresee(request: Request, by: User):
    return Ahead.read([request], by=by).foresee(request, thorough=True)


def ask(request: Request, by: User, *, rows: bool = False):
    return answer(request=request, by=by, door=Door.API, rows=rows)


@snapshots.fixture
def with_companions(governed) -> None:
    for slug in ("deployment-frequency", *COMPANIONS):
        factories.an_active_charter(slug)


@pytest.fixture
def companions(house, with_companions):
    """Beside lead time, which informs release readiness together with two others, these and one more that wants one."""
    return house


def test_what_a_use_wants_beside_it_is_named_and_permitted(companions):
    """Issue 11: release readiness wants two metrics; with them it is permitted, without them refused."""
    found = foresee(READINESS, companions.manager)
    assert found.permits and set(found.adds) == set(COMPANIONS)
    assert ask(READINESS, companions.manager).verdict.outcome is Outcome.DENY
    assert found.affirms and not ask(found.request, companions.manager).verdict.permits
    asked = replace(found.request, affirms=found.affirms)
    assert ask(asked, companions.manager, rows=True).verdict.permits


def test_adding_what_a_refusal_names_is_never_a_hop(companions):
    """Issue 11, AR13: the site's own link locked the asker out; what it names is free, and so is the next decision."""
    manager = companions.manager
    assert not ask(READINESS, manager, rows=True).verdict.permits
    found = foresee(READINESS, manager)
    asked = replace(found.request, affirms=found.affirms)
    assert ask(asked, manager, rows=True).verdict.permits
    retrospective = replace(READINESS, decision=DecisionType.RETROSPECTIVE)
    assert ask(retrospective, manager, rows=True).verdict.permits  # nothing was gone round


def test_another_decision_after_a_refusal_is_foreseen_to_be_the_boards(companions):
    """AR13: as asking would say, and with the day on which it no longer counts."""
    ask(READINESS, companions.manager, rows=True)
    retrospective = replace(READINESS, decision=DecisionType.RETROSPECTIVE)
    found = foresee(retrospective, companions.manager)
    assert found.outcome is Outcome.REFER and [match.id for match in found.rules] == ["AR13"]
    (here,) = (match.here for match in found.rules)
    assert "was not allowed for release readiness on 14 April 2026" in here
    assert "Until 22 April 2026" in here and "ask for release readiness again" in here
    assert ask(retrospective, companions.manager, rows=True).verdict.outcome is Outcome.REFER


# ── whatever it says, asking says ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def around(around_payments, with_people, with_judged, companions, monkeypatch):
    """Accounts of every kind, and charters of every kind: for teams, for people, of both classes, needing others."""
    monkeypatch.setattr(coverage, "compute_own_rows", lambda **_: ())
    accounts = [each for each in around_payments.values() if each.is_active]
    several = around_payments["colleague"]  # of payments, and what follows
    factories.a_role(several, GrantedRole.MANAGER, team=Team.objects.get(slug="search"))
    factories.a_role(several, GrantedRole.LEADERSHIP)
    for account in accounts:
        if account is not around_payments["stranger"]:
            training.acknowledge(rulebook_version=factories.the_rules(), by=account)
    return accounts


METRICS = (
    "lead-time-for-changes",
    "commit-count",
    "deployment-frequency",
    *COMPANIONS,
    BY_PERSON,
    DELIVERY,
    HEALTH,
)
WHOSE = (
    (Grain.TEAM, ("team:payments",), ()),
    (Grain.TEAM, ("team:search",), ()),
    (Grain.TEAM, ("team:payments", "team:search"), ()),
    (Grain.VALUE_STREAM, ("value_stream:commerce",), ()),
    (Grain.ORG, ("org:all",), ()),
    (Grain.PERSON, (), ("payments-2",)),
    (Grain.PERSON, (), ("payments-3", "payments-4")),
)  # fmt: skip


# Those that charters here list are drawn as often as all of them, else next to nothing would be permitted.
LISTED = (
    DecisionType.RETROSPECTIVE,
    DecisionType.RELEASE_READINESS,
    DecisionType.RELIABILITY_TRADEOFF,
    DecisionType.CALIBRATION_INPUT,
    DecisionType.TEAM_COACHING,
)


def draw(dice: random.Random) -> Request:
    grain, cohorts, persons = dice.choice((WHOSE[0], dice.choice(WHOSE)))
    return Request(
        decision=dice.choice((dice.choice(LISTED), dice.choice(list(DecisionType)))),
        metrics=tuple(dice.sample(METRICS, dice.choice((1, 1, 1, 2, 3)))),
        grain=grain,
        cohorts=cohorts,
        persons=persons,
        window=WINDOW,
        period=dice.choice(list(Period)),
        view=dice.choice((View.DIAGNOSTIC, dice.choice(list(View)))),
        export=dice.random() < 0.1,
    )


def complete(found, by: User) -> Request:
    """The question with what it was said to lack."""
    pieces = tuple(Evidence(EvidenceKind.MENTORING, f"M-{n}") for n in range(found.evidence))
    affirmed = (*found.request.affirms, *found.affirms)
    request = replace(found.request, evidence=(*found.request.evidence, *pieces), affirms=affirmed)
    return replace(request, accountable=by.username) if found.accountable else request


def differs(request: Request, by: User) -> str:
    """How what was foreseen differs from what asking says; empty where it does not."""
    found = foresee(request, by)
    given = ask(complete(found, by), by)
    if given.verdict.outcome is not found.outcome:
        return f"{by} {found} {given.verdict}"
    if not found.permits and ask(request, by).verdict.permits:
        return f"{by} {request} is permitted and was said not to be"
    return ""


@pytest.mark.proof(alone=True)
def test_whatever_is_said_is_what_asking_says(around):
    """Issue 11: allowed with what is named is permitted, not allowed is refused; for random roles, uses and metrics."""
    dice, seen = random.Random(11), set()  # noqa: S311  # the same each time
    for _ in range(300):
        by, request = dice.choice(around), draw(dice)
        assert differs(request, by) == ""
        found = foresee(request, by)
        seen.add((found.outcome, found.lacks))
    assert seen >= {(Outcome.PERMIT, False), (Outcome.PERMIT, True), (Outcome.DENY, False)}
