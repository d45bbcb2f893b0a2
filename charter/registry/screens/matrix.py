"""Every metric against every decision, on one page and as a table to take away (S8)."""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.programme import queries as programme_queries
from charter.programme.models import DecisionKind
from charter.registry import permissions, queries, reviews
from charter.registry.filters import MatrixFilter
from charter.registry.matrix import Cell, Use
from charter.registry.models import Metric
from charter.registry.queries import MatrixRow
from charter.registry.screens.matrix_layout import lay_out
from charter.registry.screens.page_context import programme, today
from charter.registry.states import StandingChoices
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from ground import clock
from ground.paging import ByPlace

A_PAGE = 50
A_BATCH = 500
COUNTED = {"category": "current__category", "standing": "current__standing"}
SAID = {
    Use.ALLOWED: "allowed",
    Use.CONDITIONAL: "conditional",
    Use.FORBIDDEN: "forbidden",
    Use.NOT_SET: "not set",
}


def matrix(request: PageRequest) -> HttpResponse:
    """Which metric may inform which decision, read from the charters in force; there is no place to edit it."""
    everything = queries.list_metrics()
    narrowed = MatrixFilter(request.GET, queryset=everything)
    counts = narrowing.count_words(everything, COUNTED)
    narrowing.offer_counted(request, narrowed, counts)
    kinds = programme_queries.list_declared_decisions(narrowed.columns)
    listed = ByPlace(_by_category(narrowed.qs), A_PAGE).get_page(request.GET.get("page"))
    given = {
        "form": narrowed.form,
        "chips": list(narrowing.list_chips(request, narrowed, COUNTED, reverse("matrix"))),
        "matrix": lay_out(queries.build_matrix_rows(list(listed), kinds, clock.now()), kinds),
        "listed": listed,
        "total": sum(counts["standing"].values()),
        **_review(request),
    }
    return render(request, "registry/matrix.html", given, status=200 if narrowed.form.is_valid() else 400)


def matrix_csv(request: PageRequest) -> HttpResponseBase:
    """The matrix as filtered, whole: a row a metric, a column a decision."""
    found = MatrixFilter(request.GET, queryset=queries.list_metrics())
    if not found.form.is_valid():
        return HttpResponse(_("There is no such filter."), status=400, content_type="text/plain")
    kinds = programme_queries.list_declared_decisions(found.columns)
    header = [
        "metric",
        "name",
        "category",
        "standing",
        "charter_version",
        "in_force",
        *[kind.slug for kind in kinds],
    ]
    return sheets.stream_csv("matrix.csv", header, _rows(_by_category(found.qs), kinds))


def _by_category(found: QuerySet[Metric]) -> QuerySet[Metric]:
    return found.order_by("current__category", "name", "pk")


def _review(request: PageRequest) -> dict[str, object]:
    """When the matrix is due for review, and whether the reader may start it or record a change."""
    found = programme(request)
    return {
        "due": reviews.find_due_review(found, today(request)) if found else None,
        "going_on": list(reviews.list_open_reviews(found)) if found else [],
        "reviews_it": permissions.can_review(request.user),
        "records_changes": permissions.can_record_change(request.user),
    }


def _rows(found: QuerySet[Metric], kinds: Sequence[DecisionKind]) -> Iterator[list[object]]:
    """Rows in batches, so that ten thousand metrics need no more memory than five hundred."""
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), A_BATCH):
        some = queries.list_metrics()
        metrics = {metric.pk: metric for metric in some.filter(pk__in=keys[start : start + A_BATCH])}
        there = [metrics[key] for key in keys[start : start + A_BATCH] if key in metrics]
        yield from (_row(row) for row in queries.build_matrix_rows(there, kinds, clock.now()))


def _row(row: MatrixRow) -> list[object]:
    metric, version = row.metric, row.metric.current
    standing = version.standing if version else StandingChoices.DRAFT.value
    number = version.number if version else ""
    cells = [_said(cell) for cell in row.cells]
    return [
        metric.slug,
        metric.name,
        version.category if version else "",
        standing,
        number,
        row.in_force,
        *cells,
    ]


def _said(cell: Cell) -> str:
    return f"{SAID[cell.use]}: {cell.says}" if cell.says else SAID[cell.use]
