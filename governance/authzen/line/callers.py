"""Who asks by AuthZEN, and for whom: oneself, or whoever a registered enforcement point names."""

from django.http import HttpRequest
from msgspec import Struct

from governance.authzen import permissions, queries
from governance.authzen.models import EnforcementPoint
from governance.authzen.wire.messages import Entity
from governance.people.bearer import find_bearer
from governance.people.models import User
from governance.people.scopes import Scope
from ground.errors import NotFound


class AuthzenCaller(Struct, frozen=True):
    """The account of a token, and its registration where it may ask for others."""

    user: User
    point: EnforcementPoint | None


def find_caller(http: HttpRequest) -> AuthzenCaller:
    """Whoever's token a request brings. Raises Unauthenticated, TooMuch, NotPermitted."""
    user = find_bearer(http, needs=Scope.ASK)
    return AuthzenCaller(user, queries.find_point(user))


def find_subject(subject: Entity, caller: AuthzenCaller) -> User:
    """The account that a question is asked for. Raises NotPermitted, or NotFound to whoever may name others."""
    if queries.names(caller.user, subject.type, subject.id):
        return caller.user
    permissions.check_can_name(caller.user, caller.point, subject=None)
    found = queries.find_account(subject.type, subject.id)
    if found is None:
        raise NotFound("There is no open account of this subject.", field="subject", code="no_such_subject")
    return found
