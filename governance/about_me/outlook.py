"""What a manager could see of somebody, and what nobody can: worked out by the engine that decides, of no manager in particular.

Whose role it is about is made up: somebody who leads the person's team, has acknowledged the rules, took the course and has
looked at nothing yet. So it says the most that the role can see, and nothing of how any real manager stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from charter import rules
from charter.registry import queries as registry
from charter.registry.queries import MetricUses
from charter.rules import Outlook
from charter.rules.facts import ActorFacts, Facts, LookingFacts
from charter.rules.request import Request
from charter.rules.vocabulary import DecisionType, Grain, Outcome, Period, Role, Waivable
from governance.about_me.queries.included import IncludedMetric, list_own_cohorts
from governance.decisions.facts.outlook import Ahead
from governance.decisions.screens.possible_uses import GRAIN_OF, describe_lacking, last_closed_month
from governance.people.models import CohortKind, Person, User
from governance.ui.questions import month_window, name_decision
from ground import data_versions
from ground.errors import Unavailable


class ManagerUse(Struct, frozen=True):
    """One use of a metric for whoever leads the person's team: of the team's values, or of the person's alone."""

    metric: str
    name: str
    decision: str
    of_person: bool
    outcome: str  # as a tag says it: permit, if, refer or deny
    lacks: str
    why: str


class NobodysUse(Struct, frozen=True):
    """What no role can do and nobody can waive: a rule, in its own words."""

    rule: str
    title: str
    text: str


def list_manager_uses(
    user: User, person: Person, included: Sequence[IncludedMetric], on: date
) -> list[ManagerUse]:
    """What the engine says of each use that a charter of these metrics lists; none where no rules are in force."""
    team = next((each for each in list_own_cohorts(person, on) if each.kind == CohortKind.TEAM), None)
    wanted = {metric.slug for metric in included}
    metrics = [each for each in registry.read_uses(data_versions.read()) if each.slug in wanted]
    if not metrics:
        return []
    asked = [_ask(metrics, Grain.PERSON, on, persons=(person.external_id,))]
    asked += [_ask(metrics, GRAIN_OF[CohortKind.TEAM], on, cohorts=(team.slug,))] if team else []
    try:
        ahead = Ahead.read(asked, by=user)
    except Unavailable:
        return []
    return [use for request in asked for use in _foresee(ahead, request, metrics)]


def list_never() -> list[NobodysUse]:
    """The rules that refuse and that nobody can waive."""
    return [
        NobodysUse(rule.id, rule.title, rule.text)
        for rule in registry.list_rules_in_force()
        if rule.waivable is Waivable.NEVER and rule.effect is Outcome.DENY
    ]


def _ask(
    metrics: Sequence[MetricUses],
    grain: Grain,
    on: date,
    cohorts: tuple[str, ...] = (),
    persons: tuple[str, ...] = (),
) -> Request:
    month = last_closed_month(on)
    return Request(
        decision=DecisionType.RETROSPECTIVE,
        metrics=tuple(each.slug for each in metrics),
        grain=grain,
        window=month_window(month, month),
        period=Period.MONTH,
        cohorts=cohorts,
        persons=persons,
    )


def _foresee(ahead: Ahead, asked: Request, metrics: Sequence[MetricUses]) -> Iterator[ManagerUse]:
    names = {each.slug: each.name for each in metrics}
    for metric in metrics:
        for use, grain in metric.list_uses():
            if grain is asked.grain and use.decision in ahead.decisions:
                request = replace(
                    asked, decision=use.decision, metrics=(metric.slug,), view=metric.view or asked.view
                )
                outlook = _foresee_one(ahead, request)
                yield _tell(metric, outlook, names, of_person=grain is Grain.PERSON)


def _foresee_one(ahead: Ahead, request: Request) -> Outlook:
    known = {slug: _as_manager(one) for slug, one in ahead.known(request).items()}
    return rules.foresee(known, request, ahead.rulebook)


def _as_manager(facts: Facts) -> Facts:
    """The facts as they would be if whoever leads the team asked: none are told of who asks now."""
    manager = ActorFacts(
        human=True,
        roles=frozenset({Role.MANAGER}),
        asks_about_self=False,
        acknowledged=True,
        trained=True,
    )
    looking = LookingFacts(persons_limit=facts.looking.persons_limit)
    return replace(
        facts, actor=manager, looking=looking, protected=False, ruled=frozenset(), ruled_against=frozenset()
    )


def _tell(metric: MetricUses, outlook: Outlook, names: Mapping[str, str], *, of_person: bool) -> ManagerUse:
    lacks = describe_lacking(outlook, names) if outlook.permits else ""
    return ManagerUse(
        metric=metric.slug,
        name=metric.name,
        decision=name_decision(outlook.request.decision),
        of_person=of_person,
        outcome=("if" if lacks else "permit") if outlook.permits else outlook.outcome.value,
        lacks=lacks,
        why=outlook.rules[0].title if outlook.rules else "",
    )
