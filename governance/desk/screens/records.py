"""Records of processing as pages and as a sheet."""

from collections.abc import Iterator

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from governance.agreements.queries import list_held
from governance.desk.processing_records import COLUMNS, list_processed, read_record
from governance.people.requests import PageRequest
from governance.ui import sheets
from ground import calendar
from ground.paging import ByPlace
from ground.parsing import clean_word

A_PAGE = 50
A_BATCH = 500


def records(request: PageRequest) -> HttpResponse:
    """The metrics that data are or were processed for, each leading to its record."""
    word = clean_word(request.GET.get("name", ""))
    found = list_processed()
    narrowed = found.filter(metric__name__icontains=word) if word else found
    listed = ByPlace(narrowed.defer("document"), A_PAGE).get_page(request.GET.get("page"))
    given = {"listed": listed, "total": found.count() if word else listed.paginator.count, "word": word}
    return render(request, "desk/records.html", given)


def record(request: PageRequest, slug: str) -> HttpResponse:
    """One record, to print."""
    version = list_processed().filter(metric__slug=slug).first()
    if version is None:
        raise Http404
    return render(request, "desk/record.html", {"record": read_record(version)})


def records_csv(request: PageRequest) -> HttpResponseBase:
    """All records as one table."""
    header = ["metric", "version", "standing", "in_force", "in_force_from", "in_force_until", *COLUMNS]
    return sheets.stream_csv("records-of-processing.csv", header, _rows())


def _rows() -> Iterator[list[object]]:
    keys = list(list_processed().values_list("pk", flat=True))
    held = list_held(calendar.today())
    for start in range(0, len(keys), A_BATCH):
        for version in list_processed().filter(pk__in=keys[start : start + A_BATCH]):
            found = read_record(version, held)
            yield [
                version.metric.slug, version.number, version.standing, found.in_force,
                _date(version.activated_at), _date(version.expires_at), *found.texts.values(),
            ]  # fmt: skip


def _date(moment: object) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
