"""Who prepares a case for the board: named when it is opened or later, until somebody else is or the case closes."""

from django.db import transaction

from audits.ledger import services as ledger
from governance.board import permissions
from governance.board.events import HandlerNamed, HandlerReleased
from governance.board.models import HANDLE, Case, CaseHandler
from governance.board.services import notifications
from governance.people.models import User
from governance.people.object_permissions import find_permission
from ground import records


@transaction.atomic(durable=True)
def name_handler(*, case: Case, handler: User, by: User) -> CaseHandler:
    """Name who handles an open case, in place of whoever does; they may see it, take part, and close it once it is heard.

    Raises what `permissions.check_can_name_handler` and `check_can_handle` raise. The same again changes nothing.
    """
    return take_on(_locked(case), handler, by=by)


@transaction.atomic(durable=True)
def release_handler(*, case: Case, by: User) -> None:
    """Let nobody handle the case any more; whoever handles it may step down themself. Nothing happens where nobody does."""
    case = _locked(case)
    permissions.check_can_release_handler(by, case)
    handling = CaseHandler.objects.filter(content_object=case).first()
    if handling is not None:
        handling.delete()
        ledger.append(HandlerReleased(case=case.pk, user=handling.user_id), by=by.actor)


def take_on(case: Case, handler: User, *, by: User) -> CaseHandler:
    """Name who handles a held case, in its transaction."""
    permissions.check_can_name_handler(by, case)
    permissions.check_can_handle(handler, case)
    before: CaseHandler | None = CaseHandler.objects.filter(content_object=case).first()
    if before is not None and before.user_id == handler.pk:
        return before
    if before is not None:
        before.delete()
    given = find_permission(Case, HANDLE)
    handling = records.insert(CaseHandler(content_object=case, user=handler, permission=given, given_by=by))
    named = HandlerNamed(case=case.pk, user=handler.pk, instead_of=before.user_id if before else None)
    ledger.append(named, by=by.actor)
    notifications.notify_handler(handling, by)
    return handling


def _locked(case: Case) -> Case:
    """The case as it is now, held so that it is not closed meanwhile."""
    related = ("charter_version__metric__owner", "charter_version__metric__programme", "rulebook_version")
    return Case.objects.select_for_update(of=("self",)).select_related(*related).get(pk=case.pk)
