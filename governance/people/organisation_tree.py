"""The organisation on a day: value streams, their teams and who leads them, and who is on one team."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from msgspec import Struct

from governance.people.models import GrantedRole, Membership, ReportingLine, RoleGrant, Team
from ground.errors import NotFound


class TeamOnDay(Struct, frozen=True):
    """A team, how many are on it, and who manages it by their role."""

    slug: str
    name: str
    context: str
    people: int
    managers: tuple[str, ...]


class StreamOnDay(Struct, frozen=True):
    """A value stream with the teams that are there, and who leads it."""

    name: str
    leads: tuple[str, ...]
    teams: tuple[TeamOnDay, ...]

    @property
    def people(self) -> int:
        return sum(team.people for team in self.teams)


def read_organisation(on: date) -> list[StreamOnDay]:
    """The streams that have a team on a day, each with its teams; in three statements."""
    teams = Team.objects.on(on).select_related("value_stream").order_by("value_stream__slug", "slug")
    counted = dict(list_members(on).order_by().values_list("team").annotate(Count("pk")))
    managers, leads = _name_holders(on)
    return [
        StreamOnDay(
            name=stream.name,
            leads=tuple(leads.get(stream.pk, ())),
            teams=tuple(_tell(team, counted.get(team.pk, 0), managers.get(team.pk, ())) for team in found),
        )
        for stream, found in groupby(teams, key=lambda team: team.value_stream)
    ]


def _tell(team: Team, people: int, managers: Sequence[str]) -> TeamOnDay:
    return TeamOnDay(team.slug, team.name, team.get_context_class_display(), people, tuple(managers))


def list_members(on: date) -> QuerySet[Membership]:
    """Who is on which team on a day: employed, and a member."""
    employed = Q(person__employed_from__lte=on) & (
        Q(person__employed_to__isnull=True) | Q(person__employed_to__gt=on)
    )
    return Membership.objects.on(on).filter(employed)


def list_team(team: Team, on: date) -> QuerySet[Membership]:
    """Who is on a team on a day, with the name of whom they report to (`reports_to`, None where to nobody)."""
    lines = ReportingLine.objects.on(on).filter(person=OuterRef("person"))
    found = list_members(on).filter(team=team).select_related("person")
    return found.annotate(
        reports_to=Subquery(lines.values("manager__name")[:1]), name=F("person__name")
    ).order_by("name", "person__external_id")


def get_team(slug: str) -> Team:
    """Raises NotFound."""
    found = Team.objects.select_related("value_stream").filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no team of this name."))
    return found


def _name_holders(on: date) -> tuple[Mapping[UUID, list[str]], Mapping[UUID, list[str]]]:
    """Names of the accounts that manage teams, by team, and of those that lead value streams, by stream."""
    managers: dict[UUID, list[str]] = {}
    leads: dict[UUID, list[str]] = {}
    held = RoleGrant.objects.on(on).filter(user__is_active=True).order_by("user__name", "user__username")
    rows = held.values_list("role", "team", "value_stream", "user__name")
    for role, team, stream, name in rows:
        if role == GrantedRole.MANAGER and team:
            managers.setdefault(team, []).append(name)
        elif role == GrantedRole.VALUE_STREAM_LEAD and stream:
            leads.setdefault(stream, []).append(name)
    return managers, leads
