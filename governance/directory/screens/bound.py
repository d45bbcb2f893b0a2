"""Which accounts are bound to the organisation's sign-in, and ending what binds one."""

from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.directory import permissions, queries, services
from governance.directory.filters import BindingFilter
from governance.directory.models import Binding
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.columns import write_day
from governance.ui.lists import turn_table

A_PAGE = 25


class BindingTable(tables.Table):
    """Bound accounts, by what and since when; never what the provider calls them."""

    user = tables.Column(
        verbose_name=gettext_lazy("Account"), accessor="user__name", order_by=("user__name", "pk")
    )
    provider = tables.Column(verbose_name=gettext_lazy("By"))
    bound_at = tables.DateColumn(verbose_name=gettext_lazy("Since"), format="j M Y")
    end = tables.Column(verbose_name=gettext_lazy("Action"), empty_values=(), orderable=False)

    class Meta:
        order_by = "user"
        attrs = {"class": "mc-table mc-stack"}

    def render_user(self, record: Binding) -> str:
        url = reverse("account", args=[record.user_id])
        return format_html('<a class="govuk-link" href="{}">{}</a>', url, record.user.name)

    def value_user(self, record: Binding) -> str:
        return record.user.username

    def value_bound_at(self, record: Binding) -> str:
        return write_day(record.bound_at)

    def render_end(self, record: Any) -> str:
        link = '<a class="govuk-link" href="{}">{}<span class="govuk-visually-hidden">: {}</span></a>'
        return format_html(
            link, reverse("directory-account-end", args=[record.pk]), _("End"), record.user.name
        )


def list_bound(request: PageRequest) -> HttpResponse:
    """Those that are, to narrow and to sort."""
    permissions.check_is_there()
    narrowed = BindingFilter(request.GET, queryset=queries.list_bindings())
    table = BindingTable(narrowed.qs)
    table.caption = _("Accounts that are bound")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "directory/bound.html", narrowed, table)


def bound_csv(request: PageRequest) -> HttpResponseBase:
    """Those that the page would list, all of them, as a table to take away."""
    permissions.check_is_there()
    narrowed = BindingFilter(request.GET, queryset=queries.list_bindings())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("bound.csv", BindingTable(narrowed.qs, exclude=("end",)), request)


def end_bound(request: PageRequest, key: UUID) -> HttpResponse:
    """End what binds an account, after one page that says what follows."""
    permissions.check_is_there()
    binding = get_object_or_404(Binding.objects.select_related("user"), pk=key)
    if request.method == "POST":
        services.end_binding(binding=binding, by=request.user)
        said = _("%(name)s is bound anew at the next sign-in, and signed out.")
        messages.success(request, said % {"name": binding.user.name})
        return redirect("directory-accounts")
    return render(request, "directory/bound_end.html", {"binding": binding})
