"""The smallest change that would have been allowed, from the very facts that decided a request."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from charter import rules
from charter.registry import queries as registry
from charter.registry.models import DecisionKind
from charter.rules.facts import DecisionFacts, Facts
from charter.rules.request import Request
from charter.rules.vocabulary import Decision as Use
from governance.decisions.models import Decision
from governance.people.models import Cohort, CohortKind


def repair(decision: Decision) -> rules.Repair | None:
    """The smallest change to a refused request that the same rules would permit; None where there is none.

    What it proposes is no purpose-hopping (AR13), so that the house never offers what it would then refer.
    """
    return next(_repairs([decision]))


def proposals(keys: Collection[UUID]) -> list[Request]:
    """What the refusals of these decisions proposed to ask instead; three statements, however many."""
    found = Decision.objects.filter(pk__in=keys).only("request", "facts", "rulebook_hash").order_by()
    return [each.request for each in _repairs(list(found)) if each is not None]


def _repairs(refused: Sequence[Decision]) -> Iterator[rules.Repair | None]:
    requests = [msgspec.convert(each.request, Request) for each in refused]
    cohorts, laid_down = _cohorts_of({name for each in requests for name in each.persons}), _laid_down()
    for decision, request in zip(refused, requests, strict=True):
        yield rules.smallest_change(
            [_unhopped(msgspec.convert({**each, "request": request}, Facts)) for each in decision.facts],
            registry.rulebook_of(decision.rulebook_hash),
            cohorts_of_persons=sorted({slug for name in request.persons for slug in cohorts[name]}),
            decisions=laid_down,
        )


def _unhopped(facts: Facts) -> Facts:
    return replace(facts, looking=replace(facts.looking, hopped_from=None))


def _cohorts_of(persons: Collection[str]) -> Mapping[str, Collection[str]]:
    """By person the cohorts in which those asked about are reported on with their team."""
    found: dict[str, set[str]] = defaultdict(set)
    if persons:
        teams = Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True).order_by()
        now = teams.filter(
            teams__memberships__person__external_id__in=persons, teams__memberships__valid_to__isnull=True
        )
        for slug, person in now.values_list("slug", "teams__memberships__person__external_id"):
            found[person].add(slug)
    return found


def _laid_down() -> dict[Use, DecisionFacts]:
    """What the programme demands of each decision."""
    return {Use(kind.slug): registry.decision_facts(kind) for kind in DecisionKind.objects.all()}
