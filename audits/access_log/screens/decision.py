"""One decision in the access log, who stands behind it, and finding somebody by name: the last two with a reason."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.access_log import queries, services, telling
from audits.access_log.searching import Search
from governance.decisions import permissions as decisions
from governance.decisions.models import DecisionRecord
from governance.decisions.services import ask_for_names
from governance.decisions.services.receipts import list_charters
from governance.people.requests import PageRequest
from governance.ui.forms import ServiceForm

_WHY = gettext_lazy("Why do you need to know?")
_NO_REASON = gettext_lazy("Why do you need to know? Say it in a sentence")


class NamesForm(ServiceForm):
    """Asking who stands behind one decision."""

    reason = forms.CharField(
        label=_WHY,
        help_text=gettext_lazy("Your reason and that you asked are on the log."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _NO_REASON},
    )


class SeekForm(NamesForm):
    """Asking what somebody is called in the access log."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("In full, or the employee number or user name."),
        max_length=200,
        error_messages={"required": gettext_lazy("Name: whom do you look for?")},
    )
    field_order = ("name", "reason")


def decision(request: PageRequest, decision: UUID) -> HttpResponse:
    """A decision as it was asked and decided, in pseudonyms; what is posted asks who stands behind it."""
    found = queries.get_decision(decision, by=request.user)
    form = NamesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        decisions.check_can_ask_for_names(request.user)
        if form.accepted(
            lambda: ask_for_names(decision=found, reason=form.cleaned_data["reason"], by=request.user)
        ):
            messages.success(request, _("For a day you read this decision by name. That is on the log."))
            return redirect(f"{reverse('access-log-decision', args=[found.pk])}#names")
    services.note_decision(decision=found, by=request.user)
    return _show(request, found, form)


def _show(request: PageRequest, found: DecisionRecord, form: NamesForm) -> HttpResponse:
    auditor = decisions.can_ask_for_names(request.user)
    [line] = telling.Teller(reasons=auditor).tell([found])
    given = {
        "line": line,
        "decision": found,
        "form": form,
        "auditor": auditor,
        "names": telling.tell_names(found) if telling.reads_names(request.user, found) else None,
        "charters": list_charters(found).items(),
        "facts": [(each["charter"]["name"], telling.list_facts(each)) for each in telling.tell_facts(found)],
    }
    return render(request, "access_log/decision.html", given, status=form.status)


def seek(request: PageRequest) -> HttpResponse:
    """Find somebody by name, with why: it leads to the search for their pseudonym."""
    form = SeekForm(request.POST if request.method == "POST" else None)
    codes: list[str] = []
    if request.method == "POST" and form.accepted(
        lambda: codes.append(services.seek_person(by=request.user, **form.cleaned_data))
    ):
        return redirect(f"{reverse('access-log')}?{Search(person=codes[0]).query}")
    return render(request, "access_log/seek.html", {"form": form}, status=form.status)
