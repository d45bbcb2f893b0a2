"""An organisation of made-up people of whom outcomes are audited: a planted bias, and a planted null."""

from datetime import date
from itertools import product

import pytest

from audits.fairness import services
from audits.fairness.outcome_rows import OutcomeRow
from audits.fairness.states import HarmAnswer, HarmHypothesis
from charter.rules.vocabulary import DecisionType
from governance.people.models import GrantedRole, Membership, Person, ReportingLine, User
from tests import factories, snapshots
from tests.governance.decisions.conftest import NOON, governed, house, judged, stopped, with_judged
from tests.governance.decisions.people import DELIVERY, HEALTH
from tests.pages import browse, statements

__all__ = ["browse", "governed", "house", "judged", "statements", "stopped", "with_judged"]

PLACES, ARRANGEMENTS, FAMILIES = (
    ("berlin", "porto", "leeds"),
    ("on_site", "remote"),
    ("engineering", "design"),
)
EACH = 20  # people of each place, arrangement and role: 240 in all
METRICS = (DELIVERY, HEALTH)
PERIOD = {"starts_on": date(2025, 10, 1), "ends_on": date(2026, 4, 1)}


@snapshots.fixture(at=NOON)
def with_workforce(with_judged) -> dict[str, User]:
    """240 people in two teams under four managers, and the accounts that hand in, audit and govern."""
    teams = [factories.a_team(slug, people=0) for slug in ("atlas", "borealis")]
    with factories.imported():
        managers = [
            Person.objects.create(
                external_id=f"lead-{at}", name=f"Lead {at}", employed_from=factories.LONG_AGO
            )
            for at in range(4)
        ]
        people = Person.objects.bulk_create(
            Person(
                external_id=f"w-{at:03}", name=f"Worker {at}", location=place, working_arrangement=arrangement,
                role_family=family, employed_from=date(2015 + at % 10, 1, 1),
            )
            for at, (place, arrangement, family, _number) in enumerate(product(PLACES, ARRANGEMENTS, FAMILIES, range(EACH)))
        )  # fmt: skip
        Membership.objects.bulk_create(
            Membership(person=each, team=teams[at % 2], valid_from=factories.LONG_AGO) for at, each in enumerate(people)
        )  # fmt: skip
        ReportingLine.objects.bulk_create(
            ReportingLine(person=each, manager=managers[at % 4], valid_from=factories.LONG_AGO)
            for at, each in enumerate(people)
        )
    made = dict(with_judged)
    made["rated"] = factories.an_account("rated", person=people[0])
    made["lead"] = factories.an_account("lead", person=managers[0])
    for name, role in (
        ("hr", GrantedRole.HR),
        ("hr-two", GrantedRole.HR),
        ("second-auditor", GrantedRole.AUDITOR),
    ):
        made[name] = factories.an_account(name)
        factories.a_role(made[name], role)
    made["board"] = factories.a_board()["legal"]
    return made


@pytest.fixture
def workforce(stopped, with_workforce) -> dict[str, User]:
    """Those accounts, at noon."""
    return with_workforce


def list_workers() -> list[Person]:
    return list(Person.objects.filter(external_id__startswith="w-").order_by("external_id"))


def make_rows(*, bias: bool = False, strict_lead: bool = False, context: bool = False) -> list[OutcomeRow]:
    """Ratings from 1 to 5 that follow the level of evidence; with a planted bias against remote people, with a manager who
    rates a point lower, or with metrics that follow the place."""
    rows = []
    for at, worker in enumerate(list_workers()):
        level = at // 4 % 3
        rating = 2.6 + 0.6 * level + 0.1 * (at * 7 % 5)
        if bias and worker.working_arrangement == "remote":
            rating -= 0.5
        if strict_lead and at % 4 == 0:
            rating -= 1
        place = PLACES.index(worker.location) * 10
        values = {slug: float(place + at % 3 if context else 10 * level + at * 11 % 7) for slug in METRICS}
        rows.append(
            OutcomeRow(
                person=worker.external_id, rating=round(rating, 2), evidence=str(level), manager=f"lead-{at % 4}", values=values
            )
        )  # fmt: skip
    return rows


def hand_in(accounts: dict[str, User], rows=None, **changes):
    """Outcomes of a performance rating, handed in by HR."""
    given = {
        "decision": DecisionType.PERFORMANCE_RATING, "metrics": METRICS, "rows": make_rows() if rows is None else rows,
        "favourable_from": 3.5, "by": accounts["hr"], **PERIOD,
    }  # fmt: skip
    return services.hand_in_outcomes(**{**given, **changes})


def run(accounts: dict[str, User], rows=None, **changes):
    """The same, audited."""
    return services.run_audit(outcomes=hand_in(accounts, rows, **changes), by=accounts["second-auditor"])


def conclude(accounts: dict[str, User], rows=None, *, answer: HarmAnswer = HarmAnswer.UNKNOWN, **changes):
    """The same, judged."""
    audit = run(accounts, rows, **changes)
    for each in HarmHypothesis:
        services.answer_harm(
            audit=audit,
            hypothesis=each,
            answer=answer,
            evidence="Nobody asked yet.",
            by=accounts["second-auditor"],
        )
    return services.conclude_audit(audit=audit, by=accounts["second-auditor"])
