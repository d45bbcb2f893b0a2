"""Files of intended uses: sending one, how far it is, and the file that comes back."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.people.requests import PageRequest
from governance.ui import narrowing
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table
from governance.ui.sheets import stream_csv, stream_table
from governance.use_check import queries, services
from governance.use_check.files import read_upload, respond
from governance.use_check.models import BulkCheck
from governance.use_check.receipts import serialize_bulk_receipt
from governance.use_check.screens.tables import BulkFilter, BulkTable
from governance.use_check.sheets import COLUMNS, LARGEST, MOST_ROWS
from governance.use_check.states import BulkState
from ground.problems import json_response

A_PAGE = 20
EXAMPLE = (
    ("performance_rating", "commit-count", "person", "", "", "", "mentoring: MT-4", "", "Autumn review"),
    ("retrospective", "lead-time-for-changes", "team", "", "", "", "", "", "Autumn review"),
)
MEANINGS = {
    "decision": gettext_lazy("What is decided, such as performance_rating. Needed."),
    "metrics": gettext_lazy("Up to five, parted by semicolons. Needed."),
    "grain": gettext_lazy("Whose values: person, team, value_stream or org. Needed."),
    "cohorts": gettext_lazy("Groups, such as team:payments. Empty for any."),
    "persons": gettext_lazy("Employee numbers, for the grain person. Empty for anybody."),
    "role_family": gettext_lazy("Whose evidence profile is used."),
    "evidence": gettext_lazy("Ids of records, or a kind, a colon and a reference; parted by semicolons."),
    "accountable": gettext_lazy("The user name of who answers for it."),
    "note": gettext_lazy("Your own. It comes back as it is."),
}


class FileForm(ServiceForm):
    file = forms.FileField(
        label=gettext_lazy("Your file, as CSV (UTF-8) or XLSX"),
        error_messages={
            "required": gettext_lazy("Choose a file"),
            "empty": gettext_lazy("This file is empty"),
        },
    )


def files(request: PageRequest) -> HttpResponse:
    """What a file holds, the form that sends one, and those that the reader sent."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        made: list[BulkCheck] = []
        if form.accepted(lambda: made.append(_file(form.cleaned_data["file"], request))):
            messages.success(
                request, _("Your file is here. It is checked by itself; you may leave this page.")
            )
            return redirect("use-check-file", key=made[0].pk)
    narrowed = BulkFilter(request.GET, queryset=queries.list_bulks(request.user))
    table = BulkTable(narrowed.qs)
    table.caption = _("Your files")
    turn_table(request, table, A_PAGE)
    given: dict[str, Any] = {
        "asked": form,
        "status": form.status,
        "columns": [(name, MEANINGS[name]) for name in COLUMNS],
        "most_rows": MOST_ROWS,
        "kilobytes": LARGEST // 1_000,
    }
    return narrowing.show(request, "use_check/files.html", narrowed, table, **given)


def files_csv(request: PageRequest) -> HttpResponseBase:
    """The files that the page would list, all of them; what stands in them comes with each."""
    narrowed = BulkFilter(request.GET, queryset=queries.list_bulks(request.user))
    narrowing.check_readable(narrowed)
    return stream_table("files.csv", BulkTable(narrowed.qs), request)


def file(request: PageRequest, key: UUID) -> HttpResponse:
    """How far one file is; once it is done, its answers in numbers, the file that comes back, and its receipt."""
    bulk = queries.get_bulk(key, by=request.user)
    judged = queries.count_judged(bulk)["rows"]
    given: dict[str, Any] = {
        "bulk": bulk,
        "judged": judged,
        "waits": bulk.state == BulkState.WAITING,
        "done": bulk.state == BulkState.DONE,
        "answers": services.count_answers(services.read_answers(bulk))
        if bulk.state == BulkState.DONE
        else {},
    }
    return render(request, "use_check/file.html", given)


def result(request: PageRequest, key: UUID) -> HttpResponseBase:
    """The file as it comes back."""
    return respond(queries.get_bulk(key, by=request.user))


def receipt(request: PageRequest, key: UUID) -> HttpResponseBase:
    """The receipt of a file with its proof, to keep beside it."""
    return json_response(serialize_bulk_receipt(queries.get_bulk(key, by=request.user)))


def example(request: PageRequest) -> HttpResponseBase:
    """A file to begin with."""
    return stream_csv("intended-uses.csv", tuple(COLUMNS), EXAMPLE)


def _file(upload: UploadedFile, request: PageRequest) -> BulkCheck:
    return services.file_bulk(name=upload.name or "", body=read_upload(upload), by=request.user)
