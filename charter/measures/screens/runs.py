"""Publishing runs, and asking for another."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from charter.measures import asking
from charter.measures.models import AskedRun, PublishingRun
from charter.measures.permissions import check_can_publish
from charter.measures.screens.run_tables import RunFilter, RunTable
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground.errors import DomainError

A_PAGE = 25


def runs(request: PageRequest) -> HttpResponse:
    """All runs, the newest first; POST asks for another, which a worker takes up."""
    if request.method == "POST":
        check_can_publish(request.user)
        try:
            asking.ask_for_run(by=request.user)
        except DomainError as refused:
            messages.error(request, refused.detail)
            return redirect("publishing-runs")
        messages.success(
            request, _("It is asked for. A worker begins within seconds; you may leave this page.")
        )
        return redirect("publishing-runs")
    narrowed = RunFilter(request.GET, queryset=_list())
    table = RunTable(narrowed.qs)
    table.caption = _("Publishing runs, newest first")
    turn_table(request, table, A_PAGE)
    given: dict[str, Any] = {
        "waiting": asking.find_waiting().first(),
        "last": AskedRun.objects.filter(ended_at__isnull=False).select_related("asked_by").first(),
    }
    return narrowing.show(request, "measures/runs.html", narrowed, table, **given)


def runs_csv(request: PageRequest) -> HttpResponseBase:
    """The runs that the page would list, all of them, as a table to take away."""
    narrowed = RunFilter(request.GET, queryset=_list())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("publishing-runs.csv", RunTable(narrowed.qs), request)


def _list() -> QuerySet[PublishingRun]:
    return PublishingRun.objects.select_related("started_by").order_by("-started_at", "-pk")
