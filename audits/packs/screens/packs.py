"""Evidence packs, asked for and downloaded, and the page of what can be taken along."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from audits.packs import downloads, queries, services
from audits.packs.screens.tables import PackFilter, PackTable
from audits.packs.states import PackState, TakenKind
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import DayField, ServiceForm
from governance.ui.lists import turn_table

A_PAGE = 25


class PackForm(ServiceForm):
    """Of which days."""

    since = DayField(label=gettext_lazy("From"))
    until = DayField(
        label=gettext_lazy("To before"), help_text=gettext_lazy("Of days that are over, three years at most.")
    )


def packs(request: PageRequest) -> HttpResponse:
    """The packs, and asking for another."""
    form = PackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.ask_for_pack(by=request.user, **form.cleaned_data)
    ):
        messages.success(request, _("It is made within some minutes. You are told when it is there."))
        return redirect("packs")
    narrowed = PackFilter(request.GET, queryset=queries.list_packs())
    table = PackTable(narrowed.qs)
    table.caption = _("Packs")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "packs/packs.html", narrowed, table, status=form.status, asked=form)


def packs_csv(request: PageRequest) -> HttpResponseBase:
    """The packs that the page would list, all of them, as a table to take away; what is in them is not in it."""
    narrowed = PackFilter(request.GET, queryset=queries.list_packs())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("packs.csv", PackTable(narrowed.qs), request)


def pack(request: PageRequest, key: UUID) -> HttpResponse:
    """One pack: how far it is, or its hashes and the download."""
    found = queries.get_pack(key, by=request.user)
    return render(request, "packs/pack.html", {"pack": found, "made": found.state == PackState.MADE})


@require_POST
def take(request: PageRequest, key: UUID) -> HttpResponseBase:
    """Download a pack; that is on the log."""
    found = queries.get_pack(key, by=request.user)
    return downloads.give_archive(found, services.take_pack(pack=found, by=request.user))


def take_along(request: PageRequest) -> HttpResponse:
    """What can be taken along."""
    return render(request, "packs/take_along.html", {"kinds": list(TakenKind)})


def rows(request: PageRequest, kind: str, form: str) -> HttpResponseBase:
    """All of a kind that is open to the reader, as a file."""
    return downloads.give_rows(kind, form, by=request.user)
