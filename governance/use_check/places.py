"""Whose values a use check is about where it names none, and at which other levels the same people could be asked about."""

from collections.abc import Collection, Mapping
from typing import Self
from uuid import UUID

from msgspec import Struct, field

from charter.rules.request import ANYBODY, Request
from charter.rules.vocabulary import Grain
from governance.people import queries as people
from governance.people.models import Cohort, CohortKind, Membership, User
from ground import calendar
from ground.errors import BadInput

KIND_OF = {
    Grain.TEAM: CohortKind.TEAM,
    Grain.VALUE_STREAM: CohortKind.VALUE_STREAM,
    Grain.ORG: CohortKind.ORG,
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


class Places(Struct, frozen=True):
    """The registered groups with their teams, and the teams of some persons: read once for many questions."""

    by: User
    groups: Mapping[str, tuple[CohortKind, frozenset[UUID]]]
    teams: Mapping[str, frozenset[UUID]]  # of persons
    _largest: dict[Grain, tuple[str, ...]] = field(default_factory=dict)
    _levels: dict[object, list[tuple[Grain, tuple[str, ...]]]] = field(default_factory=dict)

    @classmethod
    def read(cls, *, by: User, persons: Collection[str]) -> Self:
        """Two statements, however many persons."""
        kinds: dict[str, CohortKind] = {}
        teams: dict[str, set[UUID]] = {}
        rows = Cohort.objects.filter(retired_at__isnull=True).order_by("slug")
        for slug, kind, team in rows.values_list("slug", "kind", "teams"):
            kinds[slug] = CohortKind(kind)
            teams.setdefault(slug, set()).add(team)
        groups = {slug: (kind, frozenset(teams[slug])) for slug, kind in kinds.items()}
        return cls(by, groups, _read_teams(persons))

    def list_other_levels(self, request: Request) -> list[tuple[Grain, tuple[str, ...]]]:
        """Each other level with the groups in which those asked about are reported on, the smallest level first.

        Where nobody is meant yet, the largest group that the account has a role over.
        """
        key = (request.grain, around := self._find_around(request))
        if key not in self._levels:
            self._levels[key] = self._list_levels(request.grain, around)
        return self._levels[key]

    def _list_levels(self, asked: Grain, around: frozenset[UUID]) -> list[tuple[Grain, tuple[str, ...]]]:
        levels = []
        for grain, kind in KIND_OF.items():
            if grain is asked:
                continue
            slugs = tuple(
                slug for slug, (its_kind, teams) in self.groups.items() if its_kind == kind and teams & around
            )
            if slugs := slugs or self._find_largest(grain):
                levels.append((grain, slugs))
        return levels

    def _find_around(self, request: Request) -> frozenset[UUID]:
        """The teams of those asked about."""
        of_groups = (self.groups[slug][1] for slug in request.cohorts if slug in self.groups)
        of_persons = (self.teams.get(name, frozenset()) for name in request.persons if name != ANYBODY)
        return frozenset().union(*of_groups, *of_persons)

    def _find_largest(self, grain: Grain) -> tuple[str, ...]:
        if grain not in self._largest:
            try:
                self._largest[grain] = (find_largest(grain, by=self.by),)
            except BadInput:
                self._largest[grain] = ()
        return self._largest[grain]


def _read_teams(persons: Collection[str]) -> Mapping[str, frozenset[UUID]]:
    named = [name for name in persons if name != ANYBODY]
    if not named:
        return {}
    found: dict[str, set[UUID]] = {}
    rows = Membership.objects.on(calendar.today()).filter(person__external_id__in=named)
    for name, team in rows.values_list("person__external_id", "team"):
        found.setdefault(name, set()).add(team)
    return {name: frozenset(teams) for name, teams in found.items()}
