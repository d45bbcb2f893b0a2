"""The only writers of enforcement points, and of the log's word that something was searched for."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.authzen import permissions
from governance.authzen.events import EnforcementPointEnded, EnforcementPointRegistered, UsesSearched
from governance.authzen.models import EnforcementPoint
from governance.people.models import User
from ground import clock, records
from ground.errors import Conflict
from ground.parsing import read_prose


@transaction.atomic(durable=True)
def register_point(*, client: User, purpose: str, by: User) -> EnforcementPoint:
    """Let a machine ask for others. Raises NotPermitted, BadInput, and Conflict where it may already."""
    permissions.check_can_register_point(by, client=client)
    purpose = read_prose(purpose, field="purpose")
    if EnforcementPoint.objects.filter(client=client, ended_at__isnull=True).exists():
        raise Conflict(_("This machine is an enforcement point already."))
    point = records.insert(EnforcementPoint(client=client, purpose=purpose, registered_by=by))
    registered = EnforcementPointRegistered(point=point.pk, client=client.pk, purpose=purpose)
    ledger.append(registered, by=by.actor)
    return point


@transaction.atomic(durable=True)
def end_point(*, point: EnforcementPoint, why: str, by: User) -> EnforcementPoint:
    """End a registration at once. Raises NotPermitted, BadInput, and Conflict where it has ended."""
    permissions.check_can_keep_points(by)
    point = EnforcementPoint.objects.select_for_update(of=("self",)).select_related("client").get(pk=point.pk)
    if point.ended_at is not None:
        raise Conflict(_("This registration has ended already."))
    point.ended_at, point.ended_by = clock.now(), by
    point.ended_because = read_prose(why, field="why")
    records.check(point)
    point.save(update_fields=["ended_at", "ended_by", "ended_because"])
    ended = EnforcementPointEnded(point=point.pk, client=point.client_id, why=point.ended_because)
    ledger.append(ended, by=by.actor)
    return point


@transaction.atomic(durable=True)
def note_search(
    *,
    sought: str,
    account: User | None,
    through: User | None,
    decision: str | None,
    metric: str | None,
    asked: dict[str, Any],
    by: User,
) -> UUID:
    """Write that uses were searched; gives the entry. One for a search, however many pages of it are turned."""
    searched = UsesSearched(
        sought=sought,
        account=account.pk if account else None,
        through=through.pk if through else None,
        decision=decision,
        metric=metric,
        asked=asked,
    )
    return ledger.append(searched, by=by.actor).pk
