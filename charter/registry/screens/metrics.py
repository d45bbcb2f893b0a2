"""The list of metrics."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.registry import queries
from charter.registry.filters import MetricFilter
from charter.registry.models import Metric
from charter.registry.screens.tables import MetricTable
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table

A_PAGE = 25
HEADER = ["metric", "name", "category", "standing", "version", "owner"]
COUNTED = {"category": "current__category", "standing": "current__standing"}


def metrics(request: PageRequest) -> HttpResponse:
    """All metrics, to narrow and to sort. That one exists is no secret, whatever its standing (S85)."""
    everything = queries.list_metrics()
    narrowed = MetricFilter(request.GET, queryset=everything)
    counts = narrowing.count_words(everything, COUNTED)
    narrowing.offer_counted(request, narrowed, counts)
    table = MetricTable(narrowed.qs)
    table.caption = _("Metrics")
    turn_table(request, table, A_PAGE)
    given = {
        "form": narrowed.form,
        "table": table,
        "total": sum(counts["standing"].values()),
        "chips": list(narrowing.list_chips(request, narrowed, COUNTED, reverse("metrics"))),
    }
    return render(request, "registry/metrics.html", given, status=200 if narrowed.form.is_valid() else 400)


def metrics_csv(request: PageRequest) -> HttpResponseBase:
    """The metrics that the page would list, all of them, as a table to take away."""
    narrowed = MetricFilter(request.GET, queryset=queries.list_metrics())
    narrowing.check_readable(narrowed)
    return sheets.stream_csv("metrics.csv", HEADER, (_as_row(metric) for metric in narrowed.qs))


def _as_row(metric: Metric) -> list[object]:
    version = metric.current
    of_version = (
        [version.category, str(version.get_standing_display()), version.number] if version else ["", "", ""]
    )
    return [metric.slug, metric.name, *of_version, metric.owner.name]
