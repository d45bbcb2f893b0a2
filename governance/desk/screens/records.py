"""Records of processing as pages and as a sheet."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from charter.registry.models import CharterVersion
from governance.agreements.queries import list_held
from governance.desk.processing_records import COLUMNS, list_processed, read_record
from governance.desk.screens.record_tables import RecordFilter, RecordTable
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.lists import turn_table
from ground import calendar

A_PAGE = 50
A_BATCH = 500


def records(request: PageRequest) -> HttpResponse:
    """The metrics that data are or were processed for, each leading to its record."""
    narrowed = RecordFilter(request.GET, queryset=list_processed().defer("document"))
    table = RecordTable(narrowed.qs)
    table.caption = _("Records of processing by metric")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "desk/records.html", narrowed, table)


def record(request: PageRequest, slug: str) -> HttpResponse:
    """One record, to print."""
    version = list_processed().filter(metric__slug=slug).first()
    if version is None:
        raise Http404
    return render(request, "desk/record.html", {"record": read_record(version)})


def records_csv(request: PageRequest) -> HttpResponseBase:
    """The records that the page would list, each whole, as one table."""
    narrowed = RecordFilter(request.GET, queryset=list_processed())
    narrowing.check_readable(narrowed)
    header = ["metric", "version", "standing", "in_force", "in_force_from", "in_force_until", *COLUMNS]
    return sheets.stream_csv("records-of-processing.csv", header, _rows(narrowed.qs))


def _rows(found: QuerySet[CharterVersion]) -> Iterator[list[object]]:
    keys = list(found.values_list("pk", flat=True))
    held = list_held(calendar.today())
    for start in range(0, len(keys), A_BATCH):
        for version in list_processed().filter(pk__in=keys[start : start + A_BATCH]):
            record = read_record(version, held)
            yield [
                version.metric.slug, version.number, version.standing, record.in_force,
                _date(version.activated_at), _date(version.expires_at), *record.texts.values(),
            ]  # fmt: skip


def _date(moment: object) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""
