"""Retention: what would go, what went, and legal holds, placed and ended."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.retention import permissions, queries, services
from audits.retention.screens.tables import LegalHoldFilter, LegalHoldTable, PurgeFilter, PurgeTable
from governance.people.models import Person, User
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import DayField, ServiceForm
from governance.ui.lists import turn_table
from ground.errors import BadInput

A_PAGE = 25


class LegalHoldForm(ServiceForm):
    """What is kept until when, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why must it be kept?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Why must it be kept? Say it in a sentence")},
    )
    ends_on = DayField(label=gettext_lazy("Until"), help_text=gettext_lazy("On this day it ends by itself."))
    person = forms.CharField(
        label=gettext_lazy("Of which person"), help_text=gettext_lazy("Employee number. Empty: of all."), required=False, max_length=100,
    )  # fmt: skip
    account = forms.CharField(
        label=gettext_lazy("Asked by which account"), help_text=gettext_lazy("User name. Empty: by all."), required=False, max_length=100,
    )  # fmt: skip
    metric = forms.CharField(
        label=gettext_lazy("Of which metric"), help_text=gettext_lazy("Its short name. Empty: of all."), required=False, max_length=100,
    )  # fmt: skip
    since = DayField(label=gettext_lazy("From which day on"), required=False)
    until = DayField(label=gettext_lazy("To which day"), required=False)


class EndHoldForm(ServiceForm):
    """Why a hold ends before its day."""

    because = forms.CharField(
        label=gettext_lazy("Why does it end now?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Why does it end now? Say it in a sentence")},
    )


def retention(request: PageRequest) -> HttpResponse:
    """What has been kept long enough, what a hold keeps, and what went."""
    narrowed = PurgeFilter(request.GET, queryset=queries.list_purges())
    table = PurgeTable(narrowed.qs)
    table.caption = _("What went")
    turn_table(request, table, A_PAGE)
    given: dict[str, Any] = {
        "due": queries.list_due(),
        "holding": queries.list_holds_in_force().count(),
        "places": permissions.can_place_legal_hold(request.user),
    }
    return narrowing.show(request, "retention/retention.html", narrowed, table, **given)


def retention_csv(request: PageRequest) -> HttpResponseBase:
    """What went, as the page would list it, all of it."""
    narrowed = PurgeFilter(request.GET, queryset=queries.list_purges())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("retention.csv", PurgeTable(narrowed.qs), request)


def holds(request: PageRequest) -> HttpResponse:
    """Legal holds, those that go on first."""
    places = permissions.can_place_legal_hold(request.user)
    narrowed = LegalHoldFilter(request.GET, queryset=queries.list_holds())
    table = LegalHoldTable(narrowed.qs, places=places)
    table.caption = _("Legal holds")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "retention/holds.html", narrowed, table, places=places)


def holds_csv(request: PageRequest) -> HttpResponseBase:
    """The legal holds that the page would list, all of them."""
    narrowed = LegalHoldFilter(request.GET, queryset=queries.list_holds())
    narrowing.check_readable(narrowed)
    return sheets.stream_table("legal-holds.csv", LegalHoldTable(narrowed.qs), request)


def new_hold(request: PageRequest) -> HttpResponse:
    """Keep something for a legal reason."""
    form = LegalHoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.place_legal_hold(by=request.user, **_read_scope(form.cleaned_data))
    ):
        messages.success(request, _("It is kept until that day, and the hold is on the log."))
        return redirect("legal-holds")
    return render(request, "retention/new_hold.html", {"form": form}, status=form.status)


def end_hold(request: PageRequest, key: UUID) -> HttpResponse:
    """End a hold before its day, after one page that says what follows."""
    hold, form = queries.get_hold(key), EndHoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.end_legal_hold(hold=hold, because=form.cleaned_data["because"], by=request.user)
    ):
        messages.success(request, _("The hold has ended. What it kept goes with the next pass."))
        return redirect("legal-holds")
    return render(request, "retention/end_hold.html", {"hold": hold, "form": form}, status=form.status)


def _read_scope(given: dict[str, Any]) -> dict[str, Any]:
    person = Person.objects.filter(external_id=given["person"].strip()).first()
    if given["person"].strip() and person is None:
        raise BadInput(_("There is nobody with this employee number."), field="person", code="does_not_exist")
    account = User.objects.find(given["account"]) if given["account"].strip() else None
    if given["account"].strip() and account is None:
        raise BadInput(_("There is no account of this name."), field="account", code="does_not_exist")
    return {**given, "person": person, "account": account, "metric": given["metric"].strip()}
