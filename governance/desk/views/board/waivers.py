"""Waivers: which are asked for, in force or over, and asking the board for one."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django_tables2 import RequestConfig

from charter.registry import queries as registry
from charter.registry.models import Metric
from governance.board import queries, services
from governance.board.models import Case
from governance.board.states import CaseKind
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.board.forms import WaiverForm
from governance.desk.views.board.tables import WaiverTable
from governance.desk.views.board.waiving import WaiverStanding, with_standing

A_PAGE = 25


class _Narrowing(forms.Form):
    standing = forms.ChoiceField(
        label=gettext_lazy("Standing"),
        choices=[("", gettext_lazy("Any")), *WaiverStanding.choices],
        required=False,
    )


@opens_to(signed_in)
def waivers(request: HttpRequest) -> HttpResponse:
    """All waivers, for everybody: an exception that nobody can see is none that anybody can trust (S143)."""
    everything = with_standing(queries.waivers(), today(request))
    form = _Narrowing(request.GET)
    chosen = form.cleaned_data["standing"] if form.is_valid() else ""
    table = WaiverTable(everything.filter(standing=chosen) if chosen else everything)
    table.caption = _("Waivers")
    RequestConfig(request, paginate={"per_page": A_PAGE}).configure(table)
    given = {"form": form, "table": table, "total": everything.count()}
    return render(request, "desk/board/waivers.html", given, status=200 if form.is_valid() else 400)


@opens_to(signed_in, stored=False)
def ask(request: HttpRequest) -> HttpResponse:
    """Put a waiver to the board. Rules that no one can waive are not on the list, and are refused all the same."""
    metrics = list(Metric.objects.values_list("slug", "name"))
    form = WaiverForm(request.POST or None, rules=registry.rules_in_force(), metrics=metrics)
    opened: list[Case] = []
    if request.method == "POST" and form.accepted(lambda: opened.append(_open(request, form))):
        messages.success(request, _("The board will decide on your waiver. Until then the rule holds."))
        return redirect("case", case_id=opened[0].pk)
    return render(request, "desk/board/waiver_ask.html", {"form": form}, status=form.status)


@opens_to(signed_in, stored=False)
@require_POST
def end(request: HttpRequest, waiver_id: UUID) -> HttpResponse:
    """End a waiver at once, before its last day."""
    waiver = get_object_or_404(queries.waivers(), pk=waiver_id)
    services.end_waiver(waiver=waiver, by=request.user)
    messages.success(request, _("The waiver has ended. The rule holds again."))
    return redirect("case", case_id=waiver.case_id)


def _open(request: HttpRequest, form: WaiverForm) -> Case:
    given = form.cleaned_data
    details = {
        "rule_id": given["rule"],
        "metric": given["metric"],
        "decision": given["decision"],
        "starts_on": given["starts_on"],
        "ends_on": given["last_day"] + timedelta(days=1),
        "reason": given["reason"],
    }
    return services.open_case(
        kind=CaseKind.WAIVER,
        subject=_("Waiver of rule %(rule)s") % {"rule": given["rule"]},
        question=given["reason"],
        details=details,
        by=request.user,
    )
