"""Whom there is something to tell of what is measured about them, and what they were told."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from msgspec import Struct

from charter.registry.models import CharterVersion
from charter.registry.states import StandingChoices
from governance.about_me.models import Inclusion
from governance.about_me.queries.included import IncludedMetric, describe_inclusion, list_included_in
from governance.people.models import AccountKind, Cohort, Membership, User
from ground.errors import NotFound

# Whoever joins within so many days is told already, where they have an account by then.
AHEAD_DAYS = 14


class DueTelling(Struct, frozen=True):
    """An account and what it has not been told yet: what counts its person now, and what is before the board."""

    user: UUID
    first: bool
    now: tuple[IncludedMetric, ...]
    coming: tuple[IncludedMetric, ...]

    @property
    def versions(self) -> list[str]:
        return [name_version(each) for each in (*self.now, *self.coming)]

    def __str__(self) -> str:
        return str(self.user)


def name_version(metric: IncludedMetric) -> str:
    """`lead-time-for-changes@3`."""
    return f"{metric.slug}@{metric.version}"


def list_told(user: User) -> QuerySet[Inclusion]:
    """What an account was told, newest first."""
    return Inclusion.objects.filter(user=user)


def get_told(key: UUID, *, by: User) -> Inclusion:
    """One thing that the account was told. Raises NotFound."""
    found = list_told(by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is nothing of this number that you were told."))
    return found


def list_due(on: date) -> Iterator[DueTelling]:
    """Every account of a person who is counted, or is about to be, in something that it was not told of."""
    told = _read_told()
    groups = _read_groups()
    included: dict[tuple[str, ...], tuple[list[IncludedMetric], list[IncludedMetric]]] = {}
    for user, team, day in _list_teams_of_accounts(on):
        cohorts = groups.get(team, ())
        if cohorts not in included:
            included[cohorts] = list_included_in(cohorts, max(on, day)), list(_list_coming(cohorts))
        known = told.get(user, set())
        now, coming = (
            tuple(each for each in some if name_version(each) not in known) for some in included[cohorts]
        )
        if now or coming:
            due = DueTelling(user, user not in told, now, coming)
            told[user] = known | set(due.versions)  # whoever changes teams comes twice
            yield due


def _list_teams_of_accounts(on: date) -> list[tuple[UUID, UUID, date]]:
    """Accounts with the team that their person is on, or comes to within the time ahead, and from when."""
    employed = Q(person__employed_to__isnull=True) | Q(person__employed_to__gt=on)
    lasting = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    active = Q(person__account__is_active=True, person__account__kind=AccountKind.HUMAN)
    soon = {"valid_from__lte": on + timedelta(days=AHEAD_DAYS)}
    found = Membership.objects.filter(employed, lasting, active, **soon).order_by(
        "person__account", "valid_from"
    )
    return list(found.values_list("person__account", "team", "valid_from"))


def _read_told() -> dict[UUID, set[str]]:
    """The versions that each account was told of."""
    told: dict[UUID, set[str]] = defaultdict(set)
    for user, versions in Inclusion.objects.order_by().values_list("user", "versions"):
        told[user].update(versions)
    return dict(told)


def _read_groups() -> Mapping[UUID, tuple[str, ...]]:
    """The registered groups of each team."""
    groups: dict[UUID, list[str]] = defaultdict(list)
    registered = Cohort.objects.filter(retired_at__isnull=True, teams__isnull=False).order_by("kind", "slug")
    for team, slug in registered.values_list("teams", "slug"):
        groups[team].append(slug)
    return {team: tuple(slugs) for team, slugs in groups.items()}


def _list_coming(cohorts: tuple[str, ...]) -> Iterator[IncludedMetric]:
    """What the board may put in force, told while it is before it, so before it takes effect."""
    before = CharterVersion.objects.filter(standing=StandingChoices.IN_REVIEW).select_related("metric")
    for version in before.order_by("metric__name", "pk") if cohorts else ():
        found = describe_inclusion(version.metric, version, cohorts)
        if found is not None:
            yield found
