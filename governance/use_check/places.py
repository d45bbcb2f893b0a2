"""Whose values a use check is about where it names none, and at which other levels the same people could be asked about."""

from collections.abc import Iterable, Sequence

from charter.rules.request import ANYBODY, Request
from charter.rules.vocabulary import Grain
from governance.decisions.facts.repairing import list_cohorts_of
from governance.people import queries as people
from governance.people.models import Cohort, CohortKind, User
from ground import calendar
from ground.errors import BadInput

KIND_OF = {
    Grain.ORG: CohortKind.ORG,
    Grain.VALUE_STREAM: CohortKind.VALUE_STREAM,
    Grain.TEAM: CohortKind.TEAM,
}


def find_largest(grain: Grain, *, by: User) -> str:
    """The largest registered group of a level over which the account has a role, else the largest. Raises BadInput for none."""
    slugs = list(
        Cohort.objects.filter(retired_at__isnull=True, kind=KIND_OF[grain]).values_list("slug", flat=True)
    )
    found = people.read_cohorts_asked(slugs, user=by, on=calendar.today()).values()
    best = min(found, key=lambda each: (not each.roles, -each.people, each.slug), default=None)
    if best is None:
        raise BadInput("No group of this level is registered, so nothing can be asked at it.", field="grain")
    return best.slug


def list_other_levels(request: Request, *, by: User) -> list[tuple[Grain, tuple[str, ...]]]:
    """Each other level with the groups in which those asked about are reported on, the smallest level first.

    Where nobody is meant yet, the largest group that the account has a role over.
    """
    around = _list_around(request)
    levels = []
    for grain in (Grain.TEAM, Grain.VALUE_STREAM, Grain.ORG):
        if grain is request.grain:
            continue
        slugs = tuple(slug for slug, kind in around if kind == KIND_OF[grain]) or _largest(grain, by)
        if slugs:
            levels.append((grain, slugs))
    return levels


def _largest(grain: Grain, by: User) -> tuple[str, ...]:
    try:
        return (find_largest(grain, by=by),)
    except BadInput:
        return ()


def _list_around(request: Request) -> Sequence[tuple[str, CohortKind]]:
    """The registered groups that hold any team of those asked about, by slug."""
    slugs: Iterable[str] = request.cohorts
    if persons := [name for name in request.persons if name != ANYBODY]:
        slugs = [*slugs, *list_cohorts_of(persons)]
    if not slugs:
        return ()
    asked = Cohort.objects.filter(slug__in=list(slugs), retired_at__isnull=True)
    found = Cohort.objects.filter(retired_at__isnull=True, teams__in=asked.values("teams")).distinct()
    return [(slug, CohortKind(kind)) for slug, kind in found.order_by("slug").values_list("slug", "kind")]
