"""Searches of the access log under names of one's own."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from audits.access_log import queries, services
from audits.access_log.filters import LogFilter
from audits.access_log.screens.tables import KeptFilter, KeptTable
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table
from ground.errors import BadInput

A_PAGE = 25


class SaveForm(ServiceForm):
    """Naming a search."""

    name = forms.CharField(
        label=gettext_lazy("Name of this search"),
        max_length=80,
        error_messages={"required": gettext_lazy("Name of this search: give it a name")},
    )


def kept(request: PageRequest) -> HttpResponse:
    """The searches that the reader has kept, by name."""
    narrowed = KeptFilter(request.GET, queryset=queries.list_saved_searches(request.user))
    table = KeptTable(narrowed.qs)
    table.caption = _("Searches you have kept")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "access_log/kept.html", narrowed, table)


def kept_csv(request: PageRequest) -> HttpResponseBase:
    """The searches that the page would list, all of them, each with what it narrows by."""
    narrowed = KeptFilter(request.GET, queryset=queries.list_saved_searches(request.user))
    narrowing.check_readable(narrowed)
    table = KeptTable(narrowed.qs, exclude=("change",))
    return sheets.stream_table("searches.csv", table, request)


@require_POST
def save(request: PageRequest) -> HttpResponse:
    """Keep the search of this address."""
    narrowed = LogFilter(request.GET, queryset=queries.list_decisions(), request=request)
    if not narrowed.is_valid():
        raise BadInput(_("These filters are at fault. Go back and look at them."), field="filters")
    search, form = narrowed.search, SaveForm(request.POST)
    if form.accepted(
        lambda: services.save_search(name=form.cleaned_data["name"], search=search, by=request.user)
    ):
        messages.success(request, _("Kept. It stands beside the filters."))
        return redirect(f"{reverse('access-log')}?{search.query}")
    given = {"form": form, "action": request.get_full_path(), "title": _("Keep this search")}
    return render(request, "access_log/search.html", given, status=form.status)


def change(request: PageRequest, search: UUID) -> HttpResponse:
    """Call a kept search something else, or keep it no longer."""
    saved = queries.get_saved_search(search, by=request.user)
    if request.method == "POST" and "delete" in request.POST:
        services.delete_search(saved=saved, by=request.user)
        messages.success(request, _("Deleted. That it was kept stays on the log."))
        return redirect("access-log-kept")
    form = SaveForm(request.POST if request.method == "POST" else None, initial={"name": saved.name})
    if request.method == "POST" and form.accepted(
        lambda: services.rename_search(saved=saved, name=form.cleaned_data["name"], by=request.user)
    ):
        messages.success(request, _("Renamed."))
        return redirect("access-log")
    given = {"form": form, "saved": saved, "action": request.path, "title": _("Change a kept search")}
    return render(request, "access_log/search.html", given, status=form.status)
