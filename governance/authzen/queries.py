"""Reads worth a name: enforcement points, and the accounts that AuthZEN speaks of."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.authzen import permissions
from governance.authzen.models import EnforcementPoint
from governance.people.models import AccountKind, User
from ground.errors import NotFound

USER, PERSON = "user", "person"


def list_points(*, by: User) -> QuerySet[EnforcementPoint]:
    """All enforcement points, those that ended too, newest first. Raises NotPermitted."""
    permissions.check_can_keep_points(by)
    return EnforcementPoint.objects.select_related("client", "registered_by", "ended_by")


def get_point(key: UUID, *, by: User) -> EnforcementPoint:
    """One of them. Raises NotPermitted, NotFound."""
    found = list_points(by=by).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no enforcement point with this number."))
    return found


def get_client(username: str, *, by: User) -> User:
    """The account that is to become an enforcement point. Raises NotPermitted, NotFound."""
    permissions.check_can_keep_points(by)
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NotFound(_("There is no account with this user name."), field="client")
    return found


def find_point(client: User) -> EnforcementPoint | None:
    """The registration in force of whoever asks; people have none, and cost no statement."""
    if client.kind != AccountKind.MACHINE:
        return None
    return EnforcementPoint.objects.filter(client=client, ended_at__isnull=True).first()


def find_account(kind: str, name: str) -> User | None:
    """The open account of a person: a `user` by user name, a `person` by what the organisation calls them."""
    people = User.objects.filter(kind=AccountKind.HUMAN, is_active=True)
    if kind == USER:
        return people.filter(username=name).first()
    return people.filter(person__external_id=name).first() if kind == PERSON else None


def names(user: User, kind: str, name: str) -> bool:
    """Whether this is how AuthZEN calls the account itself."""
    if kind == USER:
        return user.username == name
    return kind == PERSON and user.person is not None and user.person.external_id == name


def list_accounts_after(name: str, most: int) -> list[User]:
    """Open accounts of people by user name, from behind one on."""
    people = User.objects.filter(kind=AccountKind.HUMAN, is_active=True, username__gt=name)
    return list(people.select_related("person").order_by("username")[:most])
