"""Records of processing as pages and as a sheet."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from governance.desk import permissions, sheets
from governance.desk.context import today
from governance.desk.openings import opens_to, signed_in
from governance.desk.records import COLUMNS, processed, record_of

A_PAGE = 50
A_BATCH = 500


@opens_to(signed_in, stored=False)
def records(request: HttpRequest) -> HttpResponse:
    """The metrics that data are or were processed for, each leading to its record."""
    permissions.check_can_read_records(request.user, today(request))
    word = request.GET.get("name", "").strip()[:100]
    found = processed()
    narrowed = found.filter(metric__name__icontains=word) if word else found
    page = Paginator(narrowed.defer("document"), A_PAGE).get_page(request.GET.get("page"))
    given = {"page": page, "total": found.count() if word else page.paginator.count, "word": word}
    return render(request, "desk/matrix/records.html", given)


@opens_to(signed_in, stored=False)
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """One record, to print."""
    permissions.check_can_read_records(request.user, today(request))
    version = processed().filter(metric__slug=slug).first()
    if version is None:
        raise Http404
    return render(request, "desk/matrix/record.html", {"record": record_of(version)})


@opens_to(signed_in, stored=False)
def records_csv(request: HttpRequest) -> HttpResponse:
    """All records as one table."""
    permissions.check_can_read_records(request.user, today(request))
    header = ["metric", "version", "standing", "in_force", "in_force_from", "in_force_until", *COLUMNS]
    return sheets.streamed("records-of-processing.csv", header, _rows())


def _rows() -> Iterator[list[object]]:
    keys = list(processed().values_list("pk", flat=True))
    for start in range(0, len(keys), A_BATCH):
        for version in processed().filter(pk__in=keys[start : start + A_BATCH]):
            found = record_of(version)
            yield [
                version.metric.slug, version.number, version.standing, found.in_force,
                _date(version.activated_at), _date(version.expires_at), *found.texts.values(),
            ]  # fmt: skip


def _date(moment: object) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
