"""Outcomes: handed in as a file, and looked at while they wait."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from audits.fairness import permissions, queries, services
from audits.fairness.outcome_rows import read_csv
from audits.fairness.screens.forms import DiscardForm, OutcomesForm
from charter.rules.vocabulary import DecisionType
from governance.people.requests import PageRequest
from governance.ui.questions import name_decision


def hand_in(request: PageRequest) -> HttpResponse:
    """Hand in outcomes as a file."""
    posted = request.method == "POST"
    form = OutcomesForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and form.accepted(lambda: _hand_in(form, request)):
        messages.success(request, _("Handed in. An auditor without a stake in it runs the audit."))
        return redirect("fairness")
    return render(request, "fairness/hand_in.html", {"form": form}, status=form.status)


def _hand_in(form: OutcomesForm, request: PageRequest) -> None:
    given = form.cleaned_data
    services.hand_in_outcomes(
        decision=DecisionType(given["decision"]),
        starts_on=given["starts_on"],
        ends_on=given["ends_on"],
        metrics=given["metrics"],
        rows=read_csv(given["file"]),
        favourable_from=given["favourable_from"],
        by=request.user,
    )


def outcomes(request: PageRequest, key: UUID) -> HttpResponse:
    """Outcomes that wait: an auditor runs their audit, HR may discard them."""
    found = queries.get_outcomes(key, by=request.user)
    form = DiscardForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.discard_outcomes(outcomes=found, reason=form.cleaned_data["reason"], by=request.user)
    ):
        messages.success(request, _("Discarded. What was handed in is erased."))
        return redirect("fairness")
    given = {
        "outcomes": found,
        "decision": name_decision(DecisionType(found.decision)),
        "form": form,
        "audits": permissions.can(permissions.check_audits, request.user),
        "discards": permissions.can(permissions.check_can_hand_in, request.user),
    }
    return render(request, "fairness/outcomes.html", given, status=form.status)
