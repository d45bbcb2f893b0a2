"""Roles that follow groups: given while a confirmed mapping names a group of the account, ended when none does."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from audits.ledger import services as ledger
from governance.directory.events import RoleFollowed
from governance.directory.models import FollowedRole, GroupMapping
from governance.directory.queries import list_in_force
from governance.directory.states import GroupSource
from governance.people import services as people
from governance.people.models import GrantedRole, User
from ground import calendar, records

Over = tuple[str, UUID | None, UUID | None]  # a role, and over what it is held


@transaction.atomic(durable=True)
def follow_groups(*, user: User, groups: Collection[str], source: GroupSource, by: User) -> int:
    """Bring the roles of an account that came from this source to what its groups give; gives how many changed.

    A group that no mapping names gives nothing. A mapping gives nothing to whoever proposed or confirmed it, and nothing
    that the account holds already by somebody's hand. What a group gave ends today, and tomorrow where it began today.
    """
    return _follow(user=user, groups=groups, source=source, by=by)


def follow_groups_beside(*, user: User, groups: Collection[str], source: GroupSource, by: User) -> int:
    """The same in the caller's transaction."""
    with transaction.atomic():
        return _follow(user=user, groups=groups, source=source, by=by)


def _follow(*, user: User, groups: Collection[str], source: GroupSource, by: User) -> int:
    User.objects.select_for_update().get(pk=user.pk)  # two sign-ins at once wait for each other
    given = _list_given(user, source)
    wanted = {_over(each): each for each in _list_wanted(user, groups)} if user.is_active else {}
    ended = [each for each in given if _over(each.grant) not in wanted]
    for each in ended:
        _end(each, by)
    held = {_over(grant) for grant in user.role_grants.filter(_goes_on())}
    new = [mapping for over, mapping in wanted.items() if over not in held]
    for mapping in new:
        _give(user, mapping, source, by)
    return len(ended) + len(new)


def end_followed(mapping: GroupMapping) -> int:
    """End all that came of a mapping, as the system does when a group goes; gives how many."""
    lasting = FollowedRole.objects.filter(mapping=mapping, grant__valid_to__isnull=True).select_related(
        "grant"
    )
    by = people.get_system_account()
    for each in lasting:
        _end(each, by)
    return len(lasting)


def _end(followed: FollowedRole, by: User) -> None:
    grant = followed.grant
    first_without = max(calendar.today(), grant.valid_from + timedelta(days=1))
    people.end_role_beside(grant=grant, valid_to=first_without, by=by)


def _give(user: User, mapping: GroupMapping, source: GroupSource, by: User) -> None:
    grant = people.grant_role_beside(
        user=user,
        role=GrantedRole(mapping.role),
        team=mapping.team,
        value_stream=mapping.value_stream,
        valid_from=calendar.today(),
        by=by,
    )
    given = records.insert(FollowedRole(grant=grant, mapping=mapping, source=source))
    ledger.append(RoleFollowed(given=given.pk, grant=grant.pk, mapping=mapping.pk), by=by.actor)


def _list_given(user: User, source: GroupSource) -> list[FollowedRole]:
    """What this source gave and nobody has ended."""
    lasting = FollowedRole.objects.filter(grant__user=user, source=source, grant__valid_to__isnull=True)
    return list(lasting.select_related("grant"))


def _list_wanted(user: User, groups: Collection[str]) -> list[GroupMapping]:
    found = list_in_force().filter(group__in=list(groups))
    return list(
        found.exclude(Q(proposed_by=user) | Q(confirmed_by=user)).select_related("team", "value_stream")
    )


def _goes_on() -> Q:
    """Roles that are held today or from a later day on, so that a second one beside them would overlap."""
    return Q(valid_to__isnull=True) | Q(valid_to__gt=calendar.today())


def _over(role: object) -> Over:
    return role.role, role.team_id, role.value_stream_id  # type: ignore[attr-defined]
