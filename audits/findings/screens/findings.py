"""Findings: the list, what each kind is, and one with its evidence, to be dismissed with a reason or put to the board."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.access_log.telling import Teller
from audits.findings import permissions, queries, services
from audits.findings.definitions import DEFINITIONS
from audits.findings.screens.tables import FindingFilter, FindingTable, name_asker
from audits.findings.states import FindingKind, FindingState
from governance.people.requests import PageRequest
from governance.ui import narrowing, sheets
from governance.ui.forms import ServiceForm
from governance.ui.lists import turn_table
from ground.errors import BadInput

A_PAGE = 25


class SettleForm(ServiceForm):
    """What a human made of a finding."""

    because = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy(
            "To the board it becomes the question of a case, which whoever looked reads and which is published when it is decided: name nobody, and do "
            "not say whether anybody appealed."
        ),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Why? Say it in a sentence")},
    )


def findings(request: PageRequest) -> HttpResponse:
    """What waits for somebody to look, or what was settled; nothing of the reader's own line."""
    over = "over" in request.GET
    narrowed, table = _list(request, over=over)
    table.caption = _("Findings, the latest first")
    turn_table(request, table, A_PAGE)
    return narrowing.show(request, "findings/findings.html", narrowed, table, over=over)


def findings_csv(request: PageRequest) -> HttpResponseBase:
    """The findings that the page would list, all of them."""
    narrowed, table = _list(request, over="over" in request.GET)
    narrowing.check_readable(narrowed)
    return sheets.stream_table("findings.csv", table, request)


def _list(request: PageRequest, *, over: bool) -> tuple[FindingFilter, FindingTable]:
    seen = [each.pk for each in queries.list_seen(request.user, over=over)]
    found = queries.list_findings(over=over).filter(pk__in=seen)
    narrowed = FindingFilter(request.GET, queryset=found)
    return narrowed, FindingTable(narrowed.qs)


def definitions(request: PageRequest) -> HttpResponse:
    """What is noticed, how it is worked out, and how often honest use looks like it."""
    told = [(FindingKind(kind).label, each) for kind, each in DEFINITIONS.items()]
    return render(request, "findings/definitions.html", {"definitions": told})


def finding(request: PageRequest, key: UUID) -> HttpResponse:
    """One finding with its definition, its false-alarm rate and its evidence."""
    found = queries.get_finding(key, by=request.user)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        settle = {"dismiss": services.dismiss, "case": services.open_case}.get(request.POST.get("act", ""))
        if settle is None:
            raise BadInput(_("Say whether it is nothing, or for the board."), field="act")
        if form.accepted(
            lambda: settle(finding=found, because=form.cleaned_data["because"], by=request.user)
        ):
            messages.success(request, _("That is on the log, with your reason."))
            return redirect("findings")
    lines = Teller(reasons=True).tell(queries.list_decisions(found))
    given = {
        "finding": found,
        "who": name_asker(found),
        "definition": DEFINITIONS[FindingKind(found.kind)],
        "numbers": [(name.replace("_", " "), value) for name, value in found.evidence["numbers"].items()],
        "lines": lines,
        "form": form if found.state == FindingState.OPEN else None,
        "puts": permissions.can_put_to_board(request.user, found),
    }
    return render(request, "findings/finding.html", given, status=form.status)
