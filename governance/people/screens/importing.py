"""Importing the organisation by upload: what its files would change, and then, with the same files again, the import."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from msgspec import Struct

from governance.people import importing, services
from governance.people.importing.uploads import laid_out
from governance.people.models import Membership, Person, Team
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm
from ground import calendar
from ground.errors import BadInput, DomainError

# Rows that a page shows of each file; the command shows all of them.
MOST_ROWS = 50


class SeveralFiles(forms.FileInput):
    """A choice of several files at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """Several files; at least one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=SeveralFiles(attrs={"accept": ".csv"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        several = (data if isinstance(data, list | tuple) else [data]) or [None]
        return [
            file for each in several if (file := super(FilesField, self).clean(each, initial)) is not None
        ]


class ImportForm(ServiceForm):
    """The files, and whether much may end by them; `shown` is the hash of those whose preview was read."""

    chosen = FilesField(
        label=gettext_lazy("The files, all at once"),
        help_text=gettext_lazy(
            "value_streams.csv, teams.csv, people.csv, memberships.csv and lines.csv; identities.csv and aliases.csv where you "
            "have them. They are read and not kept."
        ),
        error_messages={
            "required": gettext_lazy("Choose the files"),
            "empty": gettext_lazy("One of the files is empty"),
        },
    )
    allow_removals = forms.BooleanField(
        label=gettext_lazy("It is meant that more than a tenth of the memberships or lines end"),
        required=False,
    )
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    called = {"files": "chosen"}


class _Shown(Struct, frozen=True):
    """What a page says of one file."""

    file: str
    counts: str
    lines: list[str]
    more: int


def import_organisation(request: PageRequest) -> HttpResponse:
    """Show what the files would change; import them where they are the ones whose preview was read."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    given: dict[str, Any] = {"form": form, "persons": Person.objects.count(), "teams": Team.objects.count()}
    given["members"] = Membership.objects.on(calendar.today()).count()
    taken = request.method == "POST" and form.accepted(lambda: given.update(_take(form, request)))
    if taken and given.get("imported"):
        messages.success(request, _("The organisation is as the files say."))
        return redirect("organisation-import")
    return render(request, "people/organisation_import.html", given, status=form.status)


def _take(form: ImportForm, request: PageRequest) -> dict[str, Any]:
    """Preview, or import what was previewed. Raises BadInput with the first faults of the files as one sentence each."""
    files, shown = form.cleaned_data["chosen"], form.cleaned_data["shown"]
    allowed = form.cleaned_data["allow_removals"]
    with laid_out(files) as (folder, digest):
        try:
            if shown == digest:
                services.import_organisation(folder=folder, by=request.user, allow_removals=allowed)
                return {"imported": True}
            report = services.preview_import(folder=folder, by=request.user)
            if not allowed:
                importing.check_removals(report)
        except BadInput as error:
            raise _with_problems(error) from error
    if shown:
        messages.warning(
            request, _("These are other files than those that were shown. Read what they would change.")
        )
    form.data = {**form.data.dict(), "shown": digest}  # type: ignore[attr-defined]
    return {
        "shown": [_show(file, each) for file, each in report.differences.items()],
        "changes": report.changed_anything,
    }


def _with_problems(error: BadInput) -> DomainError:
    """The refusal with its first problems in its sentence, as a form has one place for them."""
    problems = [str(each) for each in error.extra.get("problems", ())]
    told = " ".join([error.detail, *problems[:10]])
    return BadInput(told, field="files", code=error.code)


def _show(file: str, difference: Any) -> _Shown:
    lines = [line.strip() for line in difference.lines()]
    return _Shown(file, str(difference.counts), lines[:MOST_ROWS], max(0, len(lines) - MOST_ROWS))
