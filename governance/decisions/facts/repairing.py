"""The smallest change that would have been allowed to a question, with what its charters want beside it."""

from collections.abc import Collection, Iterable

from charter import rules
from charter.rules.outlook import place
from charter.rules.request import Request
from governance.decisions.facts.outlook import Ahead
from governance.people.models import Cohort, CohortKind


def find_repair(ahead: Ahead, request: Request) -> rules.Repair | None:
    """The smallest change to a refused request that the same rules would permit; None where there is none.

    What it is for stays as it is. `ahead` holds the facts of its metrics and of what may be put beside them.
    """
    known = ahead.known(request)
    return rules.smallest_change(
        place(known, request),
        ahead.rulebook,
        cohorts_of_persons=list_cohorts_of(request.persons),
        companions=[known[slug] for slug in sorted(known) if slug not in request.metrics],
    )


def list_cohorts_of(persons: Collection[str]) -> Iterable[str]:
    """The cohorts in which these persons are reported on with their team, by slug."""
    if not persons:
        return []
    teams = Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True).order_by("slug")
    now = teams.filter(
        teams__memberships__person__external_id__in=persons, teams__memberships__valid_to__isnull=True
    )
    return now.values_list("slug", flat=True).distinct()
