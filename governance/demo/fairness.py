"""Two fairness audits of made-up ratings: one of a half-year in which nothing is wrong, one with a bias that was planted.

Made through the services, where none stands. Only of made-up people: nobody real is rated here.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from audits.fairness import services
from audits.fairness.models import FairnessAudit, OutcomeSet
from audits.fairness.outcome_rows import OutcomeRow
from audits.fairness.states import FairnessState, HarmAnswer, HarmHypothesis
from charter.rules.vocabulary import DecisionType
from governance.demo.dataset import DataSet
from governance.people.models import ReportingLine, User
from ground import calendar

FAVOURABLE = 3.5
METRIC = "lead-time-for-changes"
RESULTS = (
    "incident-follow-through",
    "lasting-changes",
)  # of class performance: a round of calibration looks at them
AGAINST = "remote"  # whom the planted bias is against
BY_HOW_MUCH = 0.9  # points
_LEVELS = (0, 1, 2)  # of evidence


class Half(Struct, frozen=True):
    """A half-year of ratings: from when until when, by which metrics, and the bias that was planted, in points."""

    starts_on: date
    ends_on: date
    metrics: tuple[str, ...]
    bias: float


def list_halves(data: DataSet) -> tuple[Half, Half]:
    """One in which nothing is wrong, which clears what a round of calibration looks at, and one with a bias."""
    year = data.as_of.year
    return (
        Half(date(year - 1, 7, 1), date(year, 1, 1), (METRIC, *RESULTS), 0.0),
        Half(date(year, 1, 1), date(year, 7, 1), (METRIC,), BY_HOW_MUCH),
    )


def show(data: DataSet, accounts: Mapping[str, User], half: Half) -> None:
    """Hand in, audit and conclude a half-year; the planted bias is flagged."""
    if data.name != "made-up":
        return
    found = OutcomeSet.objects.filter(starts_on=half.starts_on, decision=DecisionType.PERFORMANCE_RATING)
    outcomes = found.first() or services.hand_in_outcomes(
        decision=DecisionType.PERFORMANCE_RATING,
        starts_on=half.starts_on,
        ends_on=half.ends_on,
        metrics=list(half.metrics),
        rows=list(make_ratings(data, accounts, half)),
        favourable_from=FAVOURABLE,
        by=accounts["hr"],
    )
    audit = FairnessAudit.objects.filter(outcomes=outcomes).first()
    audit = audit or services.run_audit(outcomes=outcomes, by=accounts["auditor"])
    judge(audit, accounts["auditor"])


def make_ratings(data: DataSet, accounts: Mapping[str, User], half: Half) -> Iterator[OutcomeRow]:
    """Ratings that follow evidence, less a bias; nobody's who hands in or audits, or stands above whom they rate."""
    bias = half.bias
    drawn = random.Random(f"{data.content_hash} {bias}")
    managers = dict(
        ReportingLine.objects.on(calendar.today()).values_list("person__external_id", "manager__external_id")
    )
    apart = {
        each.person.external_id for name in ("hr", "auditor") if (each := accounts[name]).person is not None
    }
    for person in data.organisation.people:
        level, manager = drawn.choice(_LEVELS), managers.get(person.external_id, "")
        rating = 2.7 + 0.6 * level + drawn.gauss(0, 0.5) - bias * (person.working_arrangement == AGAINST)
        value = 20.0 + 4 * level + drawn.gauss(0, 3)
        if person.external_id not in apart and manager not in apart:
            yield OutcomeRow(
                person.external_id,
                rating=round(min(max(rating, 1.0), 5.0), 1),
                evidence=str(level),
                manager=manager,
                values={metric: round(value, 2) for metric in half.metrics},
            )


def judge(audit: FairnessAudit, auditor: User) -> None:
    """Answer the hypotheses of harm and conclude an audit; one that is concluded stays as it is."""
    if audit.state != FairnessState.OPEN:
        return
    for each in HarmHypothesis:
        services.answer_harm(
            audit=audit,
            hypothesis=each,
            answer=HarmAnswer.UNKNOWN,
            evidence="Demo: these people are made up, so nobody could be asked.",
            by=auditor,
        )
    services.conclude_audit(audit=audit, by=auditor)
