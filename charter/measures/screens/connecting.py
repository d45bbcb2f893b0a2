"""Connecting a warehouse by its parts or its URL, trying it first; and forgetting it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from charter.measures import connections
from charter.measures.connections import WarehouseAddress
from charter.measures.warehouse.connecting import find_connection
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm

SYSTEMS = [("postgresql", "PostgreSQL"), ("mariadb", "MariaDB, MySQL")]


class ConnectForm(ServiceForm):
    """Where the warehouse is. The password is never shown again, not even after a mistake."""

    system = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SYSTEMS, required=False)
    host = forms.CharField(label=gettext_lazy("Host"), max_length=255, required=False)
    port = forms.IntegerField(
        label=gettext_lazy("Port"),
        min_value=1,
        max_value=65535,
        required=False,
        help_text=gettext_lazy("Empty: the usual one."),
    )
    database = forms.CharField(label=gettext_lazy("Database"), max_length=200, required=False)
    user = forms.CharField(
        label=gettext_lazy("Account"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("One that may only read."),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Or its whole address"),
        help_text=gettext_lazy(
            "Such as postgresql://reader:password@host:5432/facts?sslmode=require. It then counts alone."
        ),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = dict(super().clean() or self.cleaned_data)
        if not said.get("url"):
            for name in ("host", "database"):
                if not said.get(name) and name not in self.errors:
                    said_of = {"label": str(self.fields[name].label)}
                    self.add_error(name, _("%(label)s: needed, unless you give the whole address") % said_of)
        return said

    @property
    def address(self) -> str:
        said = dict(self.cleaned_data)
        url = said.pop("url")
        return url or WarehouseAddress(**said).url()


def connect(request: PageRequest) -> HttpResponse:
    """Try a warehouse, or connect it."""
    form = ConnectForm(request.POST if request.method == "POST" else None)
    tables: list[int] = []
    if request.method == "POST" and "try" in request.POST:
        form.accepted(lambda: tables.append(connections.try_warehouse(url=form.address, by=request.user)))
    elif request.method == "POST" and form.accepted(
        lambda: connections.connect_warehouse(url=form.address, by=request.user)
    ):
        messages.success(request, _("The warehouse is connected. Describe its tables."))
        return redirect("warehouse")
    said = ngettext("It can be reached, and has %(count)s table. Give the password again to connect it.", "It can be reached, and has %(count)s tables. Give the password again to connect it.", tables[0]) if tables else ""  # fmt: skip
    given = {
        "form": form,
        "tried": said % {"count": tables[0]} if tables else "",
        "connection": find_connection(),
        "named": bool(settings.WAREHOUSE_URL),
    }
    return render(request, "measures/connect.html", given, status=form.status)


def disconnect(request: PageRequest) -> HttpResponse:
    """Forget how to reach it; asked once more before it is done."""
    if request.method == "POST":
        connections.disconnect_warehouse(by=request.user)
        messages.success(request, _("It is connected no longer. What was published stays."))
        return redirect("warehouse-connect")
    return render(request, "measures/disconnect.html", {"connection": find_connection()})
