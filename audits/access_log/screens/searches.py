"""Searches of the access log under names of one's own."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from audits.access_log import queries, services
from audits.access_log.filters import LogFilter
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm
from ground.errors import BadInput


class SaveForm(ServiceForm):
    """Naming a search."""

    name = forms.CharField(
        label=gettext_lazy("Name of this search"),
        max_length=80,
        error_messages={"required": gettext_lazy("Name of this search: give it a name")},
    )


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
        return redirect("access-log")
    form = SaveForm(request.POST if request.method == "POST" else None, initial={"name": saved.name})
    if request.method == "POST" and form.accepted(
        lambda: services.rename_search(saved=saved, name=form.cleaned_data["name"], by=request.user)
    ):
        messages.success(request, _("Renamed."))
        return redirect("access-log")
    given = {"form": form, "saved": saved, "action": request.path, "title": _("Change a kept search")}
    return render(request, "access_log/search.html", given, status=form.status)
