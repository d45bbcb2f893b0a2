"""The list of metrics."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.registry import queries
from charter.registry.filters import MetricFilter
from charter.registry.screens.tables import MetricTable
from governance.people.requests import PageRequest
from governance.ui import narrowing
from governance.ui.lists import turn_table

A_PAGE = 25
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
