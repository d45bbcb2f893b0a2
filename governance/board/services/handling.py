"""Who prepares a case for the board: named when it is opened or later, until somebody else is or the case closes."""

from django.db import transaction

from audits.ledger import services as ledger
from governance.board import permissions
from governance.board.models import HANDLE, Case, CaseHandler
from governance.board.services import telling
from governance.people.models import User
from governance.people.object_permissions import permission
from ground import records


@transaction.atomic(durable=True)
def name_handler(*, case: Case, handler: User, by: User) -> CaseHandler:
    """Name who handles an open case, in place of whoever does; they may see it, take part, and close it once it is heard.

    Raises what `permissions.check_can_name_handler` and `check_can_handle` raise. The same again changes nothing.
    """
    return take_on(_locked(case), handler, by)


@transaction.atomic(durable=True)
def release_handler(*, case: Case, by: User) -> None:
    """Let nobody handle the case any more; whoever handles it may step down themself. Nothing happens where nobody does."""
    case = _locked(case)
    permissions.check_can_release_handler(by, case)
    handling = CaseHandler.objects.filter(content_object=case).first()
    if handling is not None:
        handling.delete()
        _append("released", case, handling.user_id, by)


def take_on(case: Case, handler: User, by: User) -> CaseHandler:
    """Name who handles a held case, in its transaction."""
    permissions.check_can_name_handler(by, case)
    permissions.check_can_handle(handler, case)
    before = CaseHandler.objects.filter(content_object=case).first()
    if before is not None and before.user_id == handler.pk:
        return before
    if before is not None:
        before.delete()
    given = permission(Case, HANDLE)
    handling = records.insert(CaseHandler(content_object=case, user=handler, permission=given, given_by=by))
    _append("named", case, handler.pk, by, instead_of=before and before.user_id)
    telling.handler_named(handling, by)
    return handling


def _locked(case: Case) -> Case:
    """The case as it is now, held so that it is not closed meanwhile."""
    related = ("charter_version__metric__owner", "charter_version__metric__programme", "rulebook_version")
    return Case.objects.select_for_update(of=("self",)).select_related(*related).get(pk=case.pk)


def _append(what: str, case: Case, user: object, by: User, **more: object) -> None:
    payload = {"case": case.pk, "user": user, **more}
    ledger.append(kind=f"board.handler.{what}", payload=payload, by=by.actor)
