"""What is said about an open case: comments and conditions. Unlike votes it is there for all who see the case."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.board import conditions, permissions
from governance.board.events import CaseSeen, CommentMade, ConditionProposed, ConditionWithdrawn
from governance.board.models import Case, CaseView, Comment, Condition
from governance.board.services import notifications
from governance.board.states import ConditionKind
from governance.people.models import User
from ground import clock, records
from ground.daily import check_daily
from ground.errors import Conflict


@transaction.atomic(durable=True)
def comment(*, case: Case, text: str, by: User) -> Comment:
    """Say something in the discussion of an open case. It stays as it is."""
    permissions.check_can_comment(by, case)
    commented = Comment.objects.filter(user=by)
    check_daily(commented, "at", account=by.pk, most=settings.COMMENTS_A_DAY)
    said = records.insert(Comment(case=case, user=by, text=text.strip()))
    ledger.append(CommentMade(case=case.pk, comment=said.pk, text=said.text), by=by.actor)
    notifications.notify_comment(said, by)
    return said


@transaction.atomic(durable=True)
def propose_condition(*, case: Case, kind: ConditionKind, value: Mapping[str, object], by: User) -> Condition:
    """Bind an approval of this case to a condition, before the first vote; BadInput for a value that narrows nothing.

    `value` is as in `Condition`. One of a kind: withdraw it to propose another.
    """
    case = _locked(case)
    permissions.check_can_set_conditions(by, case)
    value = conditions.check_condition(ConditionKind(kind), value, case)
    condition = records.insert(Condition(case=case, kind=kind, value=value, proposed_by=by))
    ledger.append(ConditionProposed(**_recorded(condition)), by=by.actor)
    return condition


@transaction.atomic(durable=True)
def withdraw_condition(*, condition: Condition, by: User) -> Condition:
    """Take a condition back, before the first vote."""
    permissions.check_can_set_conditions(by, _locked(condition.case))
    condition = Condition.objects.select_for_update(of=("self",)).get(pk=condition.pk)
    if condition.withdrawn_at is not None:
        raise Conflict(_("This condition is withdrawn already."), code="withdrawn")
    condition.withdrawn_at, condition.withdrawn_by = clock.now(), by
    condition.save(update_fields=["withdrawn_at", "withdrawn_by"])
    ledger.append(ConditionWithdrawn(**_recorded(condition)), by=by.actor)
    return condition


@transaction.atomic(durable=True)
def look_at(*, case: Case, by: User) -> CaseView:
    """Note that the account has looked at a case now, so that it is told what changes afterwards."""
    permissions.check_can_see_case(by, case)
    view = CaseView(case=case, user=by, seen_at=clock.now())
    CaseView.objects.bulk_create(
        [view], update_conflicts=True, unique_fields=["case", "user"], update_fields=["seen_at"]
    )
    ledger.append(CaseSeen(case=case.pk, seen_at=view.seen_at), by=by.actor)
    return view


def _locked(case: Case) -> Case:
    """Held, so that no first vote slips between the check and the condition."""
    held = Case.objects.select_for_update(of=("self",)).select_related("charter_version__metric__programme")
    return held.get(pk=case.pk)


def _recorded(condition: Condition) -> dict[str, Any]:
    return {
        "case": condition.case_id,
        "condition": condition.pk,
        "condition_kind": condition.kind,
        "value": condition.value,
    }
