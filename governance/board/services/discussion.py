"""What is said about an open case: comments and conditions. Unlike votes it is there for all who see the case."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from audits.ledger import services as ledger
from governance.board import conditions, permissions
from governance.board.models import Case, CaseView, Comment, Condition
from governance.board.services import telling
from governance.board.states import ConditionKind
from governance.people.models import User
from ground import clock, records
from ground.errors import Conflict


@transaction.atomic(durable=True)
def comment(*, case: Case, text: str, by: User) -> Comment:
    """Say something in the discussion of an open case. It stays as it is."""
    permissions.check_can_comment(by, case)
    said = records.insert(Comment(case=case, user=by, text=text.strip()))
    payload = {"case": case.pk, "comment": said.pk, "text": said.text}
    ledger.append(kind="board.comment.made", payload=payload, by=by.actor)
    telling.commented(said, by)
    return said


@transaction.atomic(durable=True)
def propose_condition(*, case: Case, kind: ConditionKind, value: Mapping[str, object], by: User) -> Condition:
    """Bind an approval of this case to a condition, before the first vote; BadInput for a value that narrows nothing.

    `value` is as in `Condition`. One of a kind: withdraw it to propose another.
    """
    case = _locked(case)
    permissions.check_can_set_conditions(by, case)
    value = conditions.checked(ConditionKind(kind), value, case)
    condition = records.insert(Condition(case=case, kind=kind, value=value, proposed_by=by))
    _append("proposed", condition, by)
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
    _append("withdrawn", condition, by)
    return condition


@transaction.atomic(durable=True)
def look_at(*, case: Case, by: User) -> CaseView:
    """Note that the account has looked at a case now, so that it is told what changes afterwards."""
    permissions.check_can_see_case(by, case)
    view = CaseView(case=case, user=by, seen_at=clock.now())
    CaseView.objects.bulk_create(
        [view], update_conflicts=True, unique_fields=["case", "user"], update_fields=["seen_at"]
    )
    payload = {"case": case.pk, "seen_at": view.seen_at}
    ledger.append(kind="board.case.seen", payload=payload, by=by.actor)
    return view


def _locked(case: Case) -> Case:
    """Held, so that no first vote slips between the check and the condition."""
    held = Case.objects.select_for_update(of=("self",)).select_related("charter_version__metric__programme")
    return held.get(pk=case.pk)


def _append(what: str, condition: Condition, by: User) -> None:
    payload = {
        "case": condition.case_id,
        "condition": condition.pk,
        "kind": condition.kind,
        "value": condition.value,
    }
    ledger.append(kind=f"board.condition.{what}", payload=payload, by=by.actor)
