"""Retention: what would go, what went, and legal holds, placed and ended."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.retention import permissions, queries, services
from governance.people.models import Person, User
from governance.people.requests import PageRequest
from governance.ui.forms import DayField, ServiceForm
from ground import calendar
from ground.errors import BadInput
from ground.paging import ByPlace

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
    given = {
        "due": queries.list_due(),
        "holds": list(queries.list_holds()[:A_PAGE]),
        "places": permissions.can_place_legal_hold(request.user),
        "today": calendar.today(),
        "listed": ByPlace(queries.list_purges(), A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "retention/retention.html", given)


def new_hold(request: PageRequest) -> HttpResponse:
    """Keep something for a legal reason."""
    form = LegalHoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.place_legal_hold(by=request.user, **_read_scope(form.cleaned_data))
    ):
        messages.success(request, _("It is kept until that day, and the hold is on the log."))
        return redirect("retention")
    return render(request, "retention/new_hold.html", {"form": form}, status=form.status)


def end_hold(request: PageRequest, key: UUID) -> HttpResponse:
    """End a hold before its day, after one page that says what follows."""
    hold, form = queries.get_hold(key), EndHoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.accepted(
        lambda: services.end_legal_hold(hold=hold, because=form.cleaned_data["because"], by=request.user)
    ):
        messages.success(request, _("The hold has ended. What it kept goes with the next pass."))
        return redirect("retention")
    return render(request, "retention/end_hold.html", {"hold": hold, "form": form}, status=form.status)


def _read_scope(given: dict[str, Any]) -> dict[str, Any]:
    person = Person.objects.filter(external_id=given["person"].strip()).first()
    if given["person"].strip() and person is None:
        raise BadInput(_("There is nobody with this employee number."), field="person", code="does_not_exist")
    account = User.objects.find(given["account"]) if given["account"].strip() else None
    if given["account"].strip() and account is None:
        raise BadInput(_("There is no account of this name."), field="account", code="does_not_exist")
    return {**given, "person": person, "account": account, "metric": given["metric"].strip()}
