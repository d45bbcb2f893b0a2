"""Binding an approval to conditions, before the first vote; all seats then vote on the same text."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry import queries as registry
from charter.registry.screens.allowed_uses import LEVELS
from governance.board import permissions, queries, services
from governance.board.models import Case
from governance.board.screens import case_summary
from governance.board.screens.forms import ConditionForm
from governance.board.states import ConditionKind
from governance.people.models import Cohort, CohortKind
from governance.people.requests import PageRequest
from governance.ui.questions import name_decision
from ground.promises import promised


def propose_condition(request: PageRequest, case_id: UUID) -> HttpResponse:
    """Say what an approval should be bound to."""
    found = queries.get_case(case_id, by=request.user)
    permissions.check_can_set_conditions(request.user, found)
    form = _form(found, request.POST or None)
    if request.method == "POST" and form.accepted(lambda: _propose(request, found, form)):
        messages.success(request, _("The condition stands. An approval is bound to it."))
        return redirect("case", case_id=case_id)
    given = {"case": found, "title": case_summary.name_case(found), "form": form}
    return render(request, "board/condition.html", given, status=form.status)


@require_POST
def withdraw_condition(request: PageRequest, case_id: UUID, condition_id: UUID) -> HttpResponse:
    """Take a condition back."""
    found = queries.get_case(case_id, by=request.user)
    condition = next((each for each in queries.list_conditions(found) if each.pk == condition_id), None)
    if condition is None:
        raise Http404
    services.withdraw_condition(condition=condition, by=request.user)
    messages.success(request, _("The condition is withdrawn."))
    return redirect("case", case_id=case_id)


def _form(case: Case, given: QueryDict | None) -> ConditionForm:
    """The form with what the charter lists: a condition only ever narrows that."""
    allowed = registry.load_approved_document(promised(case.charter_version)).which_decisions.allowed
    grains = dict.fromkeys(grain for use in allowed for grain in use.grains)
    decisions = dict.fromkeys(use.decision for use in allowed)
    teams = Cohort.objects.filter(kind=CohortKind.TEAM, retired_at__isnull=True)
    return ConditionForm(
        given,
        cohorts=list(teams.values_list("slug", "name")),
        grains=[(grain.value, LEVELS[grain].capitalize()) for grain in grains],
        decisions=[(decision.value, name_decision(decision).capitalize()) for decision in decisions],
    )


def _propose(request: PageRequest, case: Case, form: ConditionForm) -> None:
    kind = ConditionKind(form.cleaned_data["kind"])
    services.propose_condition(case=case, kind=kind, value=form.value, by=request.user)
