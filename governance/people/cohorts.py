"""The cohorts that may be reported on, and the one place that makes them.

The tree of the organisation is registered so that no combination of its cohorts tells of fewer people than the
minimum: value streams below it are merged with a sibling, then teams within those. What is left is three layers, each
a partition of the one above into parts of at least the minimum, so that any difference of two cohorts is a union of
such parts. Nobody is left out.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, TypedDict

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from psycopg.errors import UniqueViolation

from audits.ledger import services as ledger
from governance.people import permissions
from governance.people.events import CohortChanged, CohortJoined, CohortRegistered, CohortRetired
from governance.people.models import SLUG_LENGTH, Cohort, CohortKind, Membership, Team, User, ValueStream
from ground import clock, records, statements
from ground.errors import BadInput, Conflict

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

ORGANISATION = "org:all"
_PUT_TEAMS = """
INSERT INTO people_cohort_teams (id, cohort_id, team_id)
SELECT gen_random_uuid(), %(cohort)s::uuid, unnest(%(teams)s::uuid[])
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('people.cohorts'))"


@dataclass(frozen=True)
class TreeReport:
    """The cohorts of the tree as it now stands, and in sentences what was merged or left out and why."""

    cohorts: tuple[Cohort, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class CohortPart:
    """Some value streams or teams that are reported together: their slugs in order, and how many people they have."""

    slugs: tuple[str, ...]
    people: int

    def __add__(self, other: "CohortPart") -> "CohortPart":
        return CohortPart(tuple(sorted(self.slugs + other.slugs)), self.people + other.people)


@transaction.atomic(savepoint=False)  # a tree that fails in one cohort fails as a whole
def register(*, slug: str, kind: CohortKind, name: str, teams: Collection[Team], by: User) -> Cohort:
    """Register a cohort, bring it up to date, or reinstate it. Nothing happens where it already is so.

    The ONE place that makes a Cohort: the guard against disclosure stands here, since what is never registered is
    never reported and queries then need no history (AR12, AR13).
    """
    permissions.check_can_administer(by)
    if not _is_there(slug):
        return _make(Cohort(slug=slug, kind=kind, name=name, registered_by=by), teams, by)
    cohort = Cohort.objects.get(slug=slug)
    if _is_so(cohort, name, teams):
        return cohort
    cohort.name, cohort.retired_at, cohort.retired_by = name, None, None
    cohort.save(update_fields=["name", "retired_at", "retired_by"])
    cohort.teams.set(teams)
    return _append(CohortChanged, cohort, teams, by)


@transaction.atomic
def retire(*, cohort: Cohort, by: User) -> Cohort:
    """Let a cohort no longer be reported on; what was published of it stays."""
    permissions.check_can_administer(by)
    cohort.retired_at, cohort.retired_by = clock.now(), by
    cohort.save(update_fields=["retired_at", "retired_by"])
    return _append(CohortRetired, cohort, cohort.teams.all(), by)


@transaction.atomic
def join(*, one: Cohort, other: Cohort, by: User) -> Cohort:
    """Report the teams of two cohorts together, for good: whatever tree is registered later keeps them together.

    The two are retired. Raises BadInput where they are not two teams' cohorts of the same value stream that are reported on.
    """
    permissions.check_can_administer(by)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
    for each in (one, other):
        each.refresh_from_db()
    plan = plan_join(one, other)
    for each in (one, other):
        retire(cohort=each, by=by)
    cohort = register(**plan, by=by)
    cohort.is_joined = True
    cohort.save(update_fields=["is_joined"])
    return _append(CohortJoined, cohort, plan["teams"], by)


def plan_join(one: Cohort, other: Cohort) -> "PlannedCohort":
    """The cohort that two would become. Raises BadInput where they cannot be joined."""
    if one == other:
        raise BadInput(_("Choose two different groups."), field="other")
    for field, each in (("one", one), ("other", other)):
        if each.kind != CohortKind.TEAM or each.retired_at is not None:
            raise BadInput(
                _("“%(name)s” is no group of teams that is reported on now.") % {"name": each.name},
                field=field,
            )
    teams = sorted({*one.teams.all(), *other.teams.all()}, key=lambda team: team.slug)
    if not any(set(teams) <= set(stream.teams.all()) for stream in _list_streams()):
        raise BadInput(
            _(
                "These two are of different value streams. Only teams of the same one can be reported on together."
            ),
            field="other",
        )
    part = CohortPart(tuple(team.slug for team in teams), 0)
    return _plan(CohortKind.TEAM, part, [team.name for team in teams], teams)


def list_joinable() -> QuerySet[Cohort]:
    """The teams' cohorts that are reported on, by name."""
    return Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True).order_by("name", "slug")


def _list_streams() -> QuerySet[Cohort]:
    own = Cohort.objects.filter(kind=CohortKind.VALUE_STREAM, retired_at__isnull=True)
    return own.prefetch_related("teams")


@transaction.atomic(durable=True)
def register_tree(*, on: date, minimum: int, by: User) -> TreeReport:
    """Register organisation, value streams and teams as they are on a day, parts below `minimum` people merged.

    Cohorts of an earlier tree that are no part of this one are retired. The same tree again changes nothing.
    """
    permissions.check_can_administer(by)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)  # two trees at once would leave a mixture of both
    teams = {team.slug: team for team in _teams(on)}
    sizes = {slug: team.people for slug, team in teams.items()}
    streams_of = {slug: team.value_stream.slug for slug, team in teams.items()}
    before = {cohort.slug: cohort for cohort in Cohort.objects.prefetch_related("teams")}
    joined = [{team.slug for team in cohort.teams.all()} for cohort in before.values() if cohort.is_joined]
    streams, parts = build_tree(sizes, streams_of, minimum, joined)
    planned = list(_planned(teams, streams, parts)) if streams else []
    cohorts = tuple(_register_anew(before.get(plan["slug"]), plan, by) for plan in planned)
    for old in before.values():
        if old.retired_at is None and old not in cohorts:
            retire(cohort=old, by=by)
    return TreeReport(cohorts, tuple(_notes(streams, parts, minimum, joined)))


def find_covering_cohort(team_slug: str) -> Cohort | None:
    """The cohort in which a team is reported on, its own or one merged with others; None for an unregistered team."""
    return Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True, teams__slug=team_slug).first()


def find_covering_value_stream(slug: str) -> Cohort | None:
    """The cohort in which a value stream is reported on, its own or one merged with others."""
    own = Cohort.objects.filter(kind=CohortKind.VALUE_STREAM, retired_at__isnull=True)
    return own.filter(teams__value_stream__slug=slug).first()


def build_tree(
    people: dict[str, int],
    streams_of: dict[str, str],
    minimum: int,
    joined: Collection[Collection[str]] = (),
) -> tuple[tuple[CohortPart, ...], tuple[CohortPart, ...]]:
    """The parts of value streams and of teams to report on; none where the whole organisation is below the minimum.

    `people` is the roster's size by team, `streams_of` each team's value stream; teams that were `joined` for good stay
    together as long as they are in one part of value streams. Pure.
    """
    if sum(people.values()) < minimum:
        return (), ()
    teams_of: dict[str, list[str]] = defaultdict(list)
    for team, stream in streams_of.items():
        teams_of[stream].append(team)
    sizes = {stream: sum(people[team] for team in own) for stream, own in teams_of.items()}
    streams = merge_parts((CohortPart((stream,), size) for stream, size in sizes.items()), minimum)
    parts = [
        part
        for stream in streams
        for part in merge_parts(
            _begin_parts([team for slug in stream.slugs for team in teams_of[slug]], people, joined), minimum
        )
    ]
    return tuple(streams), tuple(parts)


def _begin_parts(
    teams: Sequence[str], people: Mapping[str, int], joined: Collection[Collection[str]]
) -> list[CohortPart]:
    """Each team by itself, but those that were joined as one."""
    parts = [CohortPart((team,), people[team]) for team in teams]
    for group in joined:
        inside = [part for part in parts if not set(part.slugs).isdisjoint(group)]
        if len(inside) > 1:
            parts = [part for part in parts if part not in inside] + [reduce(CohortPart.__add__, inside)]
    return parts


def merge_parts(parts: Iterable[CohortPart], minimum: int) -> list[CohortPart]:
    """Merge the smallest part with the next smallest until each has `minimum` people or one is left."""
    left = sorted(parts, key=_smallest_first)
    while len(left) > 1 and left[0].people < minimum:
        left = sorted([left[0] + left[1], *left[2:]], key=_smallest_first)
    return sorted(left, key=lambda part: part.slugs)


def make_cohort_slug(kind: CohortKind, slugs: Sequence[str]) -> str:
    """`team:a+b`; where that is longer than a request may write, the first slug, how many more, and a hash of all."""
    joined = "+".join(slugs)
    if len(kind) + 1 + len(joined) <= SLUG_LENGTH:
        return f"{kind}:{joined}"
    digest = hashlib.sha256(joined.encode()).hexdigest()[:12]
    return f"{kind}:{slugs[0]}+{len(slugs) - 1}-more-{digest}"


def _smallest_first(part: CohortPart) -> tuple[int, tuple[str, ...]]:
    return part.people, part.slugs


class _Size(TypedDict):
    people: int


def _teams(on: date) -> Iterable["WithAnnotations[Team, _Size]"]:
    """The teams of a day with the size of their roster."""
    employed = Q(person__employed_to__isnull=True) | Q(person__employed_to__gt=on)
    roster = Q(memberships__in=Membership.objects.on(on).filter(employed, person__employed_from__lte=on))
    return (
        Team.objects.on(on)
        .select_related("value_stream")
        .annotate(people=Count("memberships", filter=roster))
    )


class PlannedCohort(TypedDict):
    """What `register` is given."""

    slug: str
    kind: CohortKind
    name: str
    teams: list[Team]


def _planned(
    teams: Mapping[str, Team], streams: Sequence[CohortPart], parts: Sequence[CohortPart]
) -> Iterator[PlannedCohort]:
    """What to register, widest first."""
    yield {
        "slug": ORGANISATION,
        "kind": CohortKind.ORG,
        "name": _("The whole organisation"),
        "teams": list(teams.values()),
    }
    stream_names = dict(ValueStream.objects.values_list("slug", "name"))
    for part in streams:
        own = [team for team in teams.values() if team.value_stream.slug in part.slugs]
        yield _plan(CohortKind.VALUE_STREAM, part, [stream_names[slug] for slug in part.slugs], own)
    for part in parts:
        own = [teams[slug] for slug in part.slugs]
        yield _plan(CohortKind.TEAM, part, [team.name for team in own], own)


def _plan(kind: CohortKind, part: CohortPart, names: list[str], teams: list[Team]) -> PlannedCohort:
    return {
        "slug": make_cohort_slug(kind, part.slugs),
        "kind": kind,
        "name": get_text_list(names, _("and")),
        "teams": teams,
    }


def _notes(
    streams: Sequence[CohortPart],
    parts: Sequence[CohortPart],
    minimum: int,
    joined: Collection[Collection[str]],
) -> Iterator[str]:
    if not streams:
        yield _("The organisation has fewer than %(minimum)s people, so nothing is reported.") % {
            "minimum": minimum
        }
    for kind, merged_parts in ((CohortKind.VALUE_STREAM, streams), (CohortKind.TEAM, parts)):
        for part in merged_parts:
            if len(part.slugs) > 1:
                said = {
                    "slugs": get_text_list(list(part.slugs), _("and")),
                    "cohort": make_cohort_slug(kind, part.slugs),
                    "minimum": minimum,
                }
                if (
                    kind is CohortKind.TEAM
                    and len(_begin_parts(part.slugs, dict.fromkeys(part.slugs, 0), joined)) == 1
                ):
                    yield (
                        _("%(slugs)s are reported together as %(cohort)s: they were joined for good.") % said
                    )
                else:
                    yield (
                        _(
                            "%(slugs)s are reported together as %(cohort)s: one of them alone is below %(minimum)s people."
                        )
                        % said
                    )


def _register_anew(before: Cohort | None, plan: PlannedCohort, by: User) -> Cohort:
    """A cohort of the tree, as it stood before where it is the same."""
    if before is not None and _is_so(before, plan["name"], plan["teams"]):
        return before
    return register(**plan, by=by)


def _is_so(cohort: Cohort, name: str, teams: Collection[Team]) -> bool:
    return cohort.retired_at is None and cohort.name == name and set(cohort.teams.all()) == set(teams)


def _is_there(slug: str) -> bool:
    return bool(statements.fetch("SELECT true FROM people_cohort WHERE slug = %(slug)s", {"slug": slug}))


def _make(cohort: Cohort, teams: Collection[Team], by: User) -> Cohort:
    """Write a new cohort, its teams and the entry of the log, sent together: none waits for the one before."""
    records.check_fields(cohort, known=["registered_by"])
    try:
        with statements.together():
            statements.insert(cohort)
            statements.run(_PUT_TEAMS, {"cohort": cohort.pk, "teams": [team.pk for team in teams]})
            _append(CohortRegistered, cohort, teams, by)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise Conflict(
            _("“%(slug)s” was registered at that moment. Look at it again.") % {"slug": cohort.slug}
        ) from error
    cohort._state.adding = False  # so that it may be changed further
    return cohort


def _append(
    event: type[CohortRegistered | CohortChanged | CohortRetired | CohortJoined],
    cohort: Cohort,
    teams: Iterable[Team],
    by: User,
) -> Cohort:
    slugs = sorted(team.slug for team in teams)
    ledger.append(event(cohort=cohort.pk, slug=cohort.slug, teams=slugs), by=by.actor)
    return cohort
