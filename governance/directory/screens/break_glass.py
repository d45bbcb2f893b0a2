"""Break-glass accounts: seen by administrators and the board, kept and ended by administrators."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from governance.directory import permissions, queries, services
from governance.directory.filters import BreakGlassFilter
from governance.directory.models import BreakGlass
from governance.directory.screens.tables import BreakGlassTable
from governance.people.permissions import can_administer, check_can_administer
from governance.people.requests import PageRequest
from governance.people.screens.fields import AccountField
from governance.ui import narrowing, sheets
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table

A_PAGE = 25


class BreakGlassForm(ServiceForm):
    """Which account is kept."""

    user = AccountField(
        label=gettext_lazy("Account"),
        help_text=gettext_lazy(
            "Its user name. It has a password, and a second step where you can set one up."
        ),
        error_messages={"required": gettext_lazy("Enter the user name of an account")},
    )


def list_break_glass(request: PageRequest) -> HttpResponse:
    """Those that are kept, and a form to keep another."""
    permissions.check_is_there()
    form = BreakGlassForm(request.POST or None)
    if request.method == "POST":
        check_can_administer(request.user)
        if form.accepted(lambda: services.keep_break_glass(by=request.user, **form.cleaned_data)):
            messages.success(request, _("It is kept as break-glass. The board and administrators were told."))
            return redirect("break-glass")
    keeps = can_administer(request.user)
    narrowed = BreakGlassFilter(request.GET, queryset=queries.list_break_glass())
    table = BreakGlassTable(narrowed.qs, exclude=() if keeps else ("end",))
    table.caption = _("Break-glass accounts")
    turn_table(request, table, A_PAGE)
    given: dict[str, Any] = {"asked": form if keeps else None, "status": form.status}
    return narrowing.show(request, "directory/break_glass.html", narrowed, table, **given)


def break_glass_csv(request: PageRequest) -> HttpResponseBase:
    """The accounts that the page would list, all of them, as a table to take away."""
    permissions.check_is_there()
    narrowed = BreakGlassFilter(request.GET, queryset=queries.list_break_glass())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("break-glass.csv", BreakGlassTable(narrowed.qs, exclude=("end",)), request)


@require_POST
def end_break_glass(request: PageRequest, key: UUID) -> HttpResponse:
    """Keep one so no more."""
    permissions.check_is_there()
    kept = get_object_or_404(BreakGlass.objects.select_related("user"), pk=key)
    services.end_break_glass(kept=kept, by=request.user)
    messages.success(request, _("%(name)s is no break-glass account any more.") % {"name": kept.user.name})
    return redirect("break-glass")
