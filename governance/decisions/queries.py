"""Reads worth a name."""

from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet

from governance.decisions.models import Decision
from governance.decisions.permissions import check_can_see_decision
from governance.people.models import User
from ground import clock
from ground.errors import NotFound


def decision_of_entry(entry: UUID, *, by: User) -> Decision:
    """The decision that a receipt is of, if this account may see it. Raises NotFound."""
    return _seen(Decision.objects.select_related("entry", "actor").filter(entry=entry), by)


def decision(key: UUID, *, by: User) -> Decision:
    """One decision by its id, if this account may see it. Raises NotFound."""
    return _seen(Decision.objects.select_related("entry", "actor").filter(pk=key), by)


def asked_by(user: User) -> QuerySet[Decision]:
    """What an account has asked, newest first, without the facts."""
    found = Decision.objects.filter(actor=user).order_by("-at", "-pk")
    return found.select_related("entry").defer("facts", "entry__leaf")


def asked_lately(user: User, *, days: int) -> int:
    """How many questions an account has asked in the last days."""
    return Decision.objects.filter(actor=user, at__gte=clock.now() - timedelta(days=days)).count()


def _seen(found: QuerySet[Decision], by: User) -> Decision:
    seen = found.first()
    if seen is None:
        raise NotFound("There is no receipt with this id that you may see.", code="receipt_not_found")
    check_can_see_decision(user=by, decision=seen, on=clock.today())
    return seen
