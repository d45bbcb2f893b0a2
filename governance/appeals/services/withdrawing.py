"""Taking an appeal back."""

from django.db import transaction

from audits.ledger import services as ledger
from governance.appeals import permissions
from governance.appeals.events import AppealWithdrawn
from governance.appeals.models import Appeal, AppealHandler
from governance.appeals.services.deciding import lift_now
from governance.appeals.services.moving import actor_of_appellant, lock, move
from governance.appeals.states import AppealState
from governance.people.models import User


@transaction.atomic(durable=True)
def withdraw_appeal(*, appeal: Appeal, by: User) -> Appeal:
    """Take one's own appeal back while it is not decided; what it held is under review no more."""
    appeal = lock(appeal)
    permissions.check_is_appellant(by, appeal)
    return take_back(appeal, actor=actor_of_appellant(appeal, by), by=by)


def take_back(appeal: Appeal, *, actor: str, by: User) -> Appeal:
    """The same of a held appeal, in the caller's transaction."""
    move(appeal, AppealState.WITHDRAWN)
    AppealHandler.objects.filter(content_object=appeal).delete()
    ledger.append(AppealWithdrawn(appeal=appeal.pk, appeal_kind=appeal.kind), by=actor)
    lift_now(appeal, by=by)
    return appeal
