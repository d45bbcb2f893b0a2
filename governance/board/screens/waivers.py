"""Waivers: which are asked for, in force or over, and asking the board for one."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charter.registry import queries as registry
from charter.registry.models import Metric
from charter.registry.screens.page_context import today
from governance.board import queries, services
from governance.board.models import Case
from governance.board.screens.filters import WaiverFilter
from governance.board.screens.forms import WaiverForm
from governance.board.screens.tables import WaiverTable
from governance.board.screens.waiver_standing import with_standing
from governance.board.states import CaseKind
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table

A_PAGE = 25


def waivers(request: PageRequest) -> HttpResponse:
    """All waivers, for everybody: an exception that nobody can see is none that anybody can trust (S143)."""
    everything = with_standing(queries.list_waivers(), today(request))
    narrowed = WaiverFilter(request.GET, queryset=everything)
    table = WaiverTable(narrowed.qs)
    table.caption = _("Waivers")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "board/waivers.html", narrowed, table)


def waivers_csv(request: PageRequest) -> HttpResponseBase:
    """The waivers that the page would list, all of them, as a table to take away."""
    everything = with_standing(queries.list_waivers(), today(request))
    narrowed = WaiverFilter(request.GET, queryset=everything)
    narrowing.check_readable(narrowed)
    return sheets.stream_table("waivers.csv", WaiverTable(narrowed.qs), request)


def ask_waiver(request: PageRequest) -> HttpResponse:
    """Put a waiver to the board. Rules that no one can waive are not on the list, and are refused all the same."""
    metrics = list(Metric.objects.values_list("slug", "name"))
    form = WaiverForm(request.POST or None, rules=registry.list_rules_in_force(), metrics=metrics)
    opened: list[Case] = []
    if request.method == "POST" and form.accepted(lambda: opened.append(_open(request, form))):
        messages.success(request, _("The board will decide on your waiver. Until then the rule holds."))
        return redirect("case", case_id=opened[0].pk)
    return render(request, "board/waiver_ask.html", {"form": form}, status=form.status)


@require_POST
def end_waiver(request: PageRequest, waiver_id: UUID) -> HttpResponse:
    """End a waiver at once, before its last day."""
    waiver = get_object_or_404(queries.list_waivers(), pk=waiver_id)
    services.end_waiver(waiver=waiver, by=request.user)
    messages.success(request, _("The waiver has ended. The rule holds again."))
    return redirect("case", case_id=waiver.case_id)


def _open(request: PageRequest, form: WaiverForm) -> Case:
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
