"""Every metric against every decision, on one page and as a table to take away (S8)."""

from collections.abc import Iterator, Sequence

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from charter.registry import permissions, queries, reviews
from charter.registry.filters import MatrixFilter
from charter.registry.matrix import Cell, Use
from charter.registry.models import DecisionKind, Metric
from charter.registry.queries import MatrixRow
from charter.registry.states import Standing
from governance.desk import narrowing, sheets
from governance.desk.context import programme, today
from governance.desk.openings import opens_to, signed_in
from governance.desk.views.matrix.layout import lay_out
from ground import clock

A_PAGE = 50
A_BATCH = 500
COUNTED = {"category": "current__category", "standing": "current__standing"}
SAID = {
    Use.ALLOWED: "allowed",
    Use.CONDITIONAL: "conditional",
    Use.FORBIDDEN: "forbidden",
    Use.NOT_SET: "not set",
}


@opens_to(signed_in)
def matrix(request: HttpRequest) -> HttpResponse:
    """Which metric may inform which decision, read from the charters in force; there is no place to edit it."""
    everything = queries.list_of_metrics()
    narrowed = MatrixFilter(request.GET, queryset=everything)
    counts = narrowing.counts(everything, COUNTED)
    narrowing.offer(request, narrowed, counts)
    kinds = queries.declared_decisions(narrowed.columns)
    page = Paginator(_by_category(narrowed.qs), A_PAGE).get_page(request.GET.get("page"))
    given = {
        "form": narrowed.form,
        "chips": list(narrowing.chips(request, narrowed, COUNTED, reverse("matrix"))),
        "matrix": lay_out(queries.matrix_rows(list(page), kinds, clock.now()), kinds),
        "page": page,
        "total": sum(counts["standing"].values()),
        **_review(request),
    }
    return render(request, "desk/matrix/matrix.html", given, status=200 if narrowed.form.is_valid() else 400)


@opens_to(signed_in, stored=False)
def matrix_csv(request: HttpRequest) -> HttpResponse:
    """The matrix as filtered, whole: a row a metric, a column a decision."""
    found = MatrixFilter(request.GET, queryset=queries.list_of_metrics())
    if not found.form.is_valid():
        return HttpResponse(_("There is no such filter."), status=400, content_type="text/plain")
    kinds = queries.declared_decisions(found.columns)
    header = [
        "metric",
        "name",
        "category",
        "standing",
        "charter_version",
        "in_force",
        *[kind.slug for kind in kinds],
    ]
    return sheets.streamed("matrix.csv", header, _rows(_by_category(found.qs), kinds))


def _by_category(found: QuerySet[Metric]) -> QuerySet[Metric]:
    return found.order_by("current__category", "name", "pk")


def _review(request: HttpRequest) -> dict[str, object]:
    """When the matrix is due for review, and whether the reader may start it or record a change."""
    found = programme(request)
    return {
        "due": reviews.due(found, today(request)) if found else None,
        "going_on": list(reviews.open_reviews(found)) if found else [],
        "reviews_it": permissions.can_review(request.user),
        "records_changes": permissions.can_record_change(request.user),
    }


def _rows(found: QuerySet[Metric], kinds: Sequence[DecisionKind]) -> Iterator[list[object]]:
    """Rows in batches, so that ten thousand metrics need no more memory than five hundred."""
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), A_BATCH):
        some = queries.list_of_metrics()
        metrics = {metric.pk: metric for metric in some.filter(pk__in=keys[start : start + A_BATCH])}
        there = [metrics[key] for key in keys[start : start + A_BATCH] if key in metrics]
        yield from (_row(row) for row in queries.matrix_rows(there, kinds, clock.now()))


def _row(row: MatrixRow) -> list[object]:
    metric, version = row.metric, row.metric.current
    standing = version.standing if version else Standing.DRAFT.value
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
