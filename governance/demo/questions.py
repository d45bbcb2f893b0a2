"""Questions that were asked in the demo, so that its auditor finds something: allowed and refused, looks and checks.

Made through the line, each where it is missing. Nobody who is to try the demo as a manager is refused anything here, as a refusal
counts against what is asked next (AR13), and what they look at stands in `looks`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from dateutil.relativedelta import relativedelta

from charter.rules.request import Request, Window
from charter.rules.vocabulary import DecisionType, Grain, OrderBy, Period
from governance.decisions.models import DecisionRecord, Door
from governance.decisions.services import answer
from governance.demo.dataset import DataSet
from governance.people.models import Cohort, User
from ground import calendar
from ground.errors import BadInput

# Who asks which metric, for what, at which level, whether for values, and why.
ASKED: list[tuple[str, str, DecisionType, Grain, bool, str]] = [
    ("manager", "lead-time-for-changes", DecisionType.RETROSPECTIVE, Grain.TEAM, False, "What slowed our changes?"),
    ("manager", "change-failure-rate", DecisionType.RETROSPECTIVE, Grain.TEAM, False, "Did going faster cost us?"),
    ("manager", "deployment-frequency", DecisionType.RETROSPECTIVE, Grain.TEAM, False, "How often we shipped this quarter."),
    ("manager", "pr-size", DecisionType.WORKFLOW_DEBUGGING, Grain.TEAM, False, "Do reviews wait because changes grew?"),
    ("employee", "lead-time-for-changes", DecisionType.RETROSPECTIVE, Grain.TEAM, False, "May I bring this along?"),
    ("hr", "commit-count", DecisionType.PERFORMANCE_RATING, Grain.PERSON, True, "Somebody asked for a list by commits."),
    ("hr", "lines-changed", DecisionType.PROMOTION_EVIDENCE, Grain.PERSON, True, "Wanted as evidence for a promotion."),
    ("hr", "lead-time-for-changes", DecisionType.STAFFING, Grain.TEAM, False, "Can staffing rest on this?"),
    ("owner", "incident-burden", DecisionType.STAFFING, Grain.TEAM, False, "Before the quarterly plan."),
    ("owner", "deployment-frequency", DecisionType.RETROSPECTIVE, Grain.ORG, False, "A look at the whole before the review."),
    ("owner", "slo-compliance", DecisionType.RELEASE_READINESS, Grain.TEAM, False, "Is the release ready?"),
    ("admin", "commit-count", DecisionType.RETROSPECTIVE, Grain.TEAM, True, "To see whether the page works."),
]  # fmt: skip

# Asked of the employee by name some weeks ago, so that findings and sampled reviews show some: refused, each of them.
ASKED_OF_ONE: list[tuple[str, str, DecisionType, Grain, bool, str]] = [
    ("board-product", "commit-count", DecisionType.PERFORMANCE_RATING, Grain.PERSON, True, "Demo: who commits little?"),
    ("board-product", "commit-count", DecisionType.PROMOTION_EVIDENCE, Grain.PERSON, True, "Demo: then for the promotion."),
    ("board-product", "commit-count", DecisionType.COMPENSATION, Grain.PERSON, True, "Demo: or for the bonus."),
    ("board-product", "commit-count", DecisionType.DISCIPLINE, Grain.PERSON, True, "Demo: there must be a way."),
    ("owner", "lead-time-for-changes", DecisionType.ONE_ON_ONE, Grain.PERSON, True, "Demo: to talk about it next week."),
]  # fmt: skip


def ask(
    data: DataSet,
    accounts: Mapping[str, User],
    asked: Sequence[tuple[str, str, DecisionType, Grain, bool, str]],
) -> None:
    """Ask them all, once; what cannot be asked of these data is left out."""
    persons = (data.employee,) if asked is ASKED_OF_ONE else ()
    for username, metric, decision, grain, rows, reason in asked:
        by = accounts.get(username)
        if by is None or DecisionRecord.objects.filter(actor=by, reason=reason).exists():
            continue
        request = _request(data, metric, decision, grain, reason, persons)
        try:
            answer(request=request, by=by, door=Door.SCREEN, rows=rows)
        except BadInput:
            continue  # a group that these data do not have


def _request(
    data: DataSet, metric: str, decision: DecisionType, grain: Grain, reason: str, persons: tuple[str, ...]
) -> Request:
    """The last three whole months, of the manager's team; of people in order of the value, unless they are named."""
    end = calendar.today().replace(day=1)
    ranked: dict[str, Any] = {"order_by": OrderBy.VALUE} if grain is Grain.PERSON and not persons else {}
    request = Request(
        decision=decision,
        metrics=(metric,),
        grain=grain,
        cohorts=() if persons else _cohorts(data, grain),
        persons=persons,
        window=Window(start=_back(end), end=end),
        period=Period.MONTH,
        reason=reason,
        **ranked,
    )
    return msgspec.convert(msgspec.to_builtins(request), Request)


def _back(end: date) -> date:
    return end - relativedelta(months=3)


def _cohorts(data: DataSet, grain: Grain) -> tuple[str, ...]:
    """The team's own group or the one that it was merged into; the whole organisation for its level."""
    if grain is Grain.ORG:
        found = Cohort.objects.filter(slug__startswith="org")
    else:
        found = Cohort.objects.filter(kind="team", teams__slug=data.team)
    return tuple(found.order_by("slug").values_list("slug", flat=True)[:1])
