"""The smallest change that would have been allowed, from the very facts that decided a request."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from charter import rules
from charter.registry import queries as registry
from charter.registry.models import DecisionKind, RulebookVersion
from charter.rules.facts import DecisionFacts, Facts
from charter.rules.request import Request
from charter.rules.vocabulary import Decision as Use
from governance.decisions.models import Decision
from governance.people.models import Cohort, CohortKind


def repair(decision: Decision) -> rules.Repair | None:
    """The smallest change to a refused request that the same rules would permit; None where there is none.

    What it proposes is no purpose-hopping (AR13), so that the house never offers what it would then refer.
    """
    request = msgspec.convert(decision.request, Request)
    return rules.smallest_change(
        [_unhopped(msgspec.convert({**each, "request": request}, Facts)) for each in decision.facts],
        registry.rulebook(_rulebook(decision.rulebook_hash)),
        cohorts_of_persons=_cohorts_of(request.persons),
        decisions=_laid_down(),
    )


def _unhopped(facts: Facts) -> Facts:
    return replace(facts, looking=replace(facts.looking, hopped_from=None))


def _rulebook(content_hash: str) -> object:
    return RulebookVersion.objects.values_list("pk", flat=True).get(content_hash=content_hash)


def _cohorts_of(persons: Sequence[str]) -> list[str]:
    """The cohorts in which persons asked about are reported on with their team."""
    if not persons:
        return []
    teams = Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True)
    found = teams.filter(
        teams__memberships__person__external_id__in=persons, teams__memberships__valid_to__isnull=True
    )
    return list(found.values_list("slug", flat=True).distinct())


def _laid_down() -> dict[Use, DecisionFacts]:
    """What the programme demands of each decision."""
    return {Use(kind.slug): registry.decision_facts(kind) for kind in DecisionKind.objects.all()}
