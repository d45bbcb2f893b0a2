"""Publishing runs, and asking for another."""

from collections.abc import Iterator

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from charter.measures import asking
from charter.measures.models import AskedRun, PublishingRun
from charter.measures.permissions import check_can_publish
from governance.people.requests import PageRequest
from governance.ui import sheets
from ground import calendar
from ground.errors import DomainError
from ground.paging import ByPlace

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
    listed = ByPlace(_list(), A_PAGE).get_page(request.GET.get("page"))
    given = {
        "listed": listed,
        "waiting": asking.find_waiting().first(),
        "last": AskedRun.objects.filter(ended_at__isnull=False).select_related("asked_by").first(),
    }
    return render(request, "measures/runs.html", given)


def runs_csv(request: PageRequest) -> HttpResponseBase:
    """All runs as a table to take away."""
    header = ["begun", "ended", "state", "by", "new", "withheld", "failed", "why"]
    return sheets.stream_csv("publishing-runs.csv", header, _rows())


def _list() -> QuerySet[PublishingRun]:
    return PublishingRun.objects.select_related("started_by").order_by("-started_at", "-pk")


def _rows() -> Iterator[list[object]]:
    for run in _list().iterator(chunk_size=500):
        ended = f"{run.ended_at.astimezone(calendar.find_zone()):%Y-%m-%d %H:%M}" if run.ended_at else ""
        yield [
            f"{run.started_at.astimezone(calendar.find_zone()):%Y-%m-%d %H:%M}", ended, str(run.get_state_display()),
            run.started_by.name, run.values_told, run.values_withheld,
            len(run.metrics_failed), run.error,
        ]  # fmt: skip
